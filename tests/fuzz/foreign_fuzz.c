/*
 * Whatever another tool says becomes findings that can be merged and shown, or a clean error: the
 * first byte chooses the tool, or SARIF.
 */
#include "tests/fuzz/fuzz.h"

#include <assert.h>
#include <string.h>

#include "model/foreign.h"
#include "report/checked.h"

struct hearing {
    struct checked_file file;
    struct arena *arena;
};

static void hear(void *cookie, const char *file, const struct finding *finding)
{
    struct hearing *h = cookie;
    assert(file[0] != '\0' || strlen(file) == 0);
    assert(finding->line >= 1 && finding->end_line >= finding->line);
    assert(finding->severity > SEVERITY_NONE && finding->severity < SEVERITY_COUNT);
    foreign_merge(&h->file, finding, h->arena);
}

static void show(const struct checked_file *file)
{
    struct checked checked = {};
    auto_buf struct buf out;
    buf_init(&out, 64 << 20);
    checked_add(&checked, file);
    checked_write_terminal(&out, &checked, false);
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
    auto_arena struct arena arena;
    struct hearing h = {.file = {.name = "a"}, .arena = &arena};
    arena_init(&arena, 64 << 20);
    if (size == 0 || size > 1 << 16)
        return 0;
    uint8_t choice = data[0] % (FOREIGN_TOOLS + 1);
    struct str text = str_of(data + 1, size - 1);
    bool ok = choice == FOREIGN_TOOLS
                  ? foreign_read_sarif(text, &arena, hear, &h, &err)
                  : foreign_read((enum foreign_tool)choice, text, &arena, hear, &h, &err);
    assert(ok || err.kind == ERROR_INPUT || err.kind == ERROR_LIMIT);
    show(&h.file);
    return 0;
}
