/* Any bytes as /etc/subuid and as /etc/passwd: what is reported must really stand there. */
#include <assert.h>

#include "sys/idmap_file.h"
#include "tests/fuzz/fuzz.h"

static void check(struct str text, enum idmap_format format)
{
    static const struct idmap_range ours = {2000000000, 32768};
    struct idmap_answer answer = idmap_find_overlap(text, format, ours);
    assert(answer.unreadable >= 0 && (uint64_t)answer.unreadable <= text.len);
    if (!answer.overlaps)
        return;
    const struct idmap_overlap *first = &answer.first;
    assert(first->name.ptr >= text.ptr);
    assert(first->name.ptr + first->name.len <= text.ptr + text.len);
    assert(!str_has(first->name, ':') && !str_has(first->name, '\n'));
    assert(first->line >= 1 && (uint64_t)first->line <= text.len);
    assert(first->range.first < ours.first + ours.count);
    assert(first->range.first + first->range.count > ours.first);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    check(str_of(data, size), IDMAP_RANGES);
    check(str_of(data, size), IDMAP_ACCOUNTS);
    return 0;
}
