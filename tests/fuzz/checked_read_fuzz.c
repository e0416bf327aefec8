/*
 * Any bytes become a file that was checked or a clean error; what became one can be summed, shown
 * and written, and what was written is read again.
 */
#include "tests/fuzz/fuzz.h"

#include <assert.h>

#include "report/checked.h"

static void check_shown(const struct checked_file *file)
{
    struct checked checked = {};
    auto_buf struct buf out;
    buf_init(&out, 64 << 20);
    checked_add(&checked, file);
    checked_write_terminal(&out, &checked, false);
    assert(!out.over);
    for (size_t i = 0; i < out.len; i++)
        assert(out.data[i] == '\n' || (unsigned char)out.data[i] >= ' ');
    buf_clear(&out);
    checked_write_json(&out, &checked);
    assert(!out.over && json_is_text(buf_str(&out)));
    checked_done(&checked);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct error err = {};
    struct checked_file file, again;
    struct json_writer json;
    if (size > 1 << 16)
        return 0;
    auto_buf struct buf line;
    auto_arena struct arena arena;
    buf_init(&line, 64 << 20);
    arena_init(&arena, 256 << 20);
    if (!checked_read_file(&arena, str_of(data, size), &file, &err)) {
        assert(err.kind == ERROR_USAGE || err.kind == ERROR_LIMIT);
        return 0;
    }
    check_shown(&file);
    json_start(&json, &line);
    checked_write_file(&json, &file);
    assert(checked_read_file(&arena, buf_str(&line), &again, &err));
    assert(again.finding_count == file.finding_count && again.state == file.state);
    return 0;
}
