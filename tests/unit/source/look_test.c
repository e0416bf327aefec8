#include "source/look.h"

#include <string.h>

#include "base/mem.h"
#include "tests/test.h"

struct kit {
    struct arena arena;
    struct checked_file file;
};

static void look(struct kit *kit, const char *name, struct str bytes)
{
    const struct source_look how = {.parse_ms = 60000};
    arena_init(&kit->arena, SOURCE_ARENA_BYTES);
    source_look_at(&how, name, bytes, &kit->arena, &kit->file);
}

static void check_syntax(const char *name, const char *bytes, uint32_t line, uint32_t column,
                         const char *message)
{
    struct kit kit;
    look(&kit, name, str_from(bytes));
    CHECK_INT(kit.file.state, CHECKED_WHOLE);
    CHECK(kit.file.finding_count > 0);
    CHECK_TEXT(kit.file.findings[0].rule, FINDING_SYNTAX);
    CHECK_CONTAINS(kit.file.findings[0].message, message);
    CHECK_INT(kit.file.findings[0].line, line);
    CHECK_INT(kit.file.findings[0].column, column);
    arena_done(&kit.arena);
}

TEST(look_says_which_bracket_is_never_closed)
{
    check_syntax("a.py", "x = 1\ny = (1,\n", 2, 5, "this '(' is never closed");
    check_syntax("a.py", "x = 1)\n", 1, 6, "this ')' closes nothing");
}

TEST(look_says_what_is_missing_or_was_not_expected)
{
    check_syntax("a.js", "let x = {a: 1, ;\n", 1, 15, "'}' is missing here");
    check_syntax("a.py", "class\n", 1, 1, "'class' was not expected here");
}

TEST(look_finds_no_syntax_error_in_what_is_well_formed)
{
    static const struct {
        const char *name, *text;
    } good[] = {
        {"a.py", "async def f(*, a: int = 1, **k) -> int:\n    return await g(a)\n"},
        {"a.js", "export const f = async (a, ...b) => ({a, b: [...b]});\n"},
        {"a.ts", "interface A<T> { x?: T }\nconst f = <T,>(a: T): A<T> => ({x: a});\n"},
        {"a.tsx", "const A = () => <p className=\"x\">{1}</p>;\n"},
        {"a.sh", "for i in 1 2; do echo \"$i\" >&2; done\n"},
        {"A.java", "record A(int x) { static <T> T f(T t) { return t; } }\n"},
        {"empty.py", ""},
    };

    for (size_t i = 0; i < COUNT_OF(good); i++) {
        struct kit kit;
        look(&kit, good[i].name, str_from(good[i].text));
        CHECK_INT(kit.file.state, CHECKED_WHOLE);
        CHECK_INT(kit.file.finding_count, 0);
        arena_done(&kit.arena);
    }
}

TEST(look_shows_the_part_of_a_long_line_that_is_meant)
{
    struct kit kit;
    auto_buf struct buf bytes;
    buf_init(&bytes, 1 << 20);
    for (int i = 0; i < 10000; i++)
        buf_add_text(&bytes, "a + ");
    buf_add_text(&bytes, ")\n");
    look(&kit, "a.py", buf_str(&bytes));
    CHECK_INT(kit.file.finding_count, 1);
    const struct finding *finding = &kit.file.findings[0];
    CHECK_INT(finding->column, 40001);
    CHECK(strlen(finding->excerpt) <= FINDING_EXCERPT_MAX);
    CHECK_INT(finding->excerpt[finding->excerpt_at], ')');
    arena_done(&kit.arena);
}

/* Far deeper than a recursion could go; the library itself breaks at some 65,000 (worker/crew.h).
 */
TEST_LASTING(look_takes_any_depth_without_a_deep_stack, 60)
{
    enum { DEPTH = 100000, OPEN = 50000 };
    struct kit kit;
    auto_buf struct buf bytes;
    buf_init(&bytes, 1 << 20);
    for (int i = 0; i < OPEN; i++)
        buf_add_byte(&bytes, '(');
    look(&kit, "a.py", buf_str(&bytes));
    CHECK_INT(kit.file.state, CHECKED_WHOLE);
    CHECK(kit.file.finding_count > 0);
    arena_done(&kit.arena);
    for (int i = OPEN; i < DEPTH; i++)
        buf_add_byte(&bytes, '(');
    for (int i = 0; i < DEPTH; i++)
        buf_add_byte(&bytes, ')');
    look(&kit, "b.py", buf_str(&bytes));
    CHECK_INT(kit.file.state, CHECKED_WHOLE);
    CHECK_INT(kit.file.finding_count, 0);
    arena_done(&kit.arena);
}

TEST(look_never_calls_clean_what_it_did_not_see)
{
    struct kit kit;
    look(&kit, "a.py", STR("x = 1\0import os\n"));
    CHECK_INT(kit.file.state, CHECKED_SKIPPED);
    CHECK_CONTAINS(kit.file.why, "NUL");
    arena_done(&kit.arena);
    look(&kit, "notes", STR("just words\n"));
    CHECK_INT(kit.file.state, CHECKED_SKIPPED);
    CHECK_CONTAINS(kit.file.why, "language");
    arena_done(&kit.arena);
}

TEST_LASTING(look_gives_up_when_its_time_is_over, 60)
{
    const struct source_look how = {.parse_ms = 1};
    struct checked_file file;
    auto_arena struct arena arena;
    auto_buf struct buf bytes;
    buf_init(&bytes, 8 << 20);
    while (bytes.len < 4 << 20)
        buf_add_text(&bytes, "x = f(1, [2, 3], {4: 5})\n");
    arena_init(&arena, SOURCE_ARENA_BYTES);
    source_look_at(&how, "a.py", buf_str(&bytes), &arena, &file);
    CHECK_INT(file.state, CHECKED_PARTIAL);
    CHECK_CONTAINS(file.why, "within 1 ms");
}
