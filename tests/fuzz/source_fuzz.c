/*
 * Any bytes as a source of any language, which the first byte chooses: the look ends, and whatever
 * it says lies within the text and can be told.
 */
#include "tests/fuzz/fuzz.h"

#include <assert.h>
#include <string.h>

#include "base/json_write.h"
#include "base/mem.h"
#include "source/look.h"

static const char *const names[] = {"a.py", "a.js", "a.ts", "a.tsx", "a.sh", "A.java", "tool"};

static const char all_rules[] =
    "- id: a\n  languages: [python, javascript, typescript, tsx, bash]\n  group: g\n  severity: "
    "high\n  confidence: low\n"
    "  message: '{name}'\n  why: w\n  fix: f\n  bad: [a]\n  good: [b]\n"
    "  call: ['*']\n  passed: true\n  import: ['*']\n  attribute: ['*']\n  dynamic: ['*']\n"
    "  text: '^'\n  assign: '^'\n  compare: '^'\n";

static void check_file(const struct checked_file *file)
{
    struct json_writer json;
    auto_buf struct buf line;
    buf_init(&line, 64 << 20);
    json_start(&json, &line);
    checked_write_file(&json, file);
    assert(!line.over);
    assert(file->state == CHECKED_WHOLE || file->why != NULL);
    for (uint32_t i = 0; i < file->finding_count; i++) {
        const struct finding *finding = &file->findings[i];
        assert(finding->line >= 1 && finding->line <= file->lines + 1);
        assert(finding->end_line >= finding->line && finding->column >= 1);
        assert(strlen(finding->message) <= FINDING_TEXT_MAX);
        assert(finding->excerpt_at <= FINDING_EXCERPT_MAX);
        assert(finding->excerpt_marks >= 1 && finding->excerpt_marks <= FINDING_EXCERPT_MAX);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct error err = {};
    struct source_rules rules;
    struct checked_file file;
    if (size == 0 || size > 1 << 16)
        return 0;
    auto_arena struct arena arena, room;
    arena_init(&room, 1 << 20);
    arena_init(&arena, SOURCE_ARENA_BYTES);
    source_rules_init(&rules, &room);
    bool ok = source_rules_add(&rules, str_from(all_rules), &err);
    assert(ok);
    const struct source_look look = {.rules = &rules, .parse_ms = 2000};
    source_look_at(&look, names[data[0] % COUNT_OF(names)], str_of(data + 1, size - 1), &arena,
                   &file);
    check_file(&file);
    source_rules_done(&rules);
    return 0;
}
