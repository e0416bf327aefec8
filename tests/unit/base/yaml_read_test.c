#include "base/yaml_read.h"

#include "base/buf.h"
#include "tests/test.h"

static const struct json_value *read_good(struct arena *arena, const char *text)
{
    struct error err = {};
    arena_init(arena, 1 << 20);
    struct json_value *value = yaml_read(arena, str_from(text), &err);
    CHECK_OK(value != NULL, err);
    return value;
}

static void check_bad(const char *text, const char *part)
{
    struct error err = {};
    auto_arena struct arena arena;
    arena_init(&arena, 1 << 20);
    CHECK(yaml_read(&arena, str_from(text), &err) == NULL);
    CHECK_CONTAINS(err.text, part);
}

TEST(yaml_reads_mappings_lists_and_scalars)
{
    auto_arena struct arena arena;
    const struct json_value *v = read_good(&arena, "# rules\n"
                                                   "- id: a   # first\n"
                                                   "  cwe: 95\n"
                                                   "  on: true\n"
                                                   "  call: [os.system, 'it''s', \"a\\n#\"]\n"
                                                   "  when:\n"
                                                   "  - argument: 0\n"
                                                   "    is: no\n"
                                                   "-\n"
                                                   "  id: b\n");
    CHECK_INT(v->count, 2);
    const struct json_value *a = json_at(v, 0), *call = json_get(a, "call");
    CHECK(str_is(json_get(a, "id")->text, "a"));
    CHECK_INT(json_get(a, "cwe")->integer, 95);
    CHECK(json_get(a, "on")->truth);
    CHECK(str_is(json_at(call, 0)->text, "os.system"));
    CHECK(str_is(json_at(call, 1)->text, "it's"));
    CHECK(str_is(json_at(call, 2)->text, "a\n#"));
    CHECK_INT(json_get(json_at(json_get(a, "when"), 0), "argument")->integer, 0);
    CHECK(str_is(json_get(json_at(json_get(a, "when"), 0), "is")->text, "no"));
    CHECK(str_is(json_get(json_at(v, 1), "id")->text, "b"));
}

TEST(yaml_keeps_the_lines_of_a_literal_text)
{
    auto_arena struct arena arena;
    const struct json_value *v = read_good(&arena, "bad:\n"
                                                   "- |\n"
                                                   "    # not a comment\n"
                                                   "    if x:\n"
                                                   "\n"
                                                   "        y\n"
                                                   "\n"
                                                   "- z\n"
                                                   "next: 1\n");
    CHECK(str_is(json_at(json_get(v, "bad"), 0)->text, "# not a comment\nif x:\n\n    y\n"));
    CHECK(str_is(json_at(json_get(v, "bad"), 1)->text, "z"));
    CHECK_INT(json_get(v, "next")->integer, 1);
}

TEST(yaml_refuses_what_it_does_not_know_and_names_the_line)
{
    check_bad("a: 1\na: 2\n", "line 2: a key that stands there already");
    check_bad("a: &x 1\n", "line 1: a sign");
    check_bad("a: {b: 1}\n", "line 1: a sign");
    check_bad("a: !!str 1\n", "line 1: a sign");
    check_bad("a: >\n  b\n", "line 1: a sign");
    check_bad("a:\n\tb: 1\n", "line 2: a tab");
    check_bad("a: 'b\n", "line 1: a text in quotes");
    check_bad("a: [b\n", "line 1: a list in brackets");
    check_bad("a: [b, [c]]\n", "line 1:");
    check_bad("a:\n", "a value is missing");
    check_bad("a: 1\n  b: 2\n", "line 2:");
    check_bad("- a\nb: 1\n", "line 2:");
    check_bad("just words\n", "line 1: 'key: value'");
    check_bad("", "a value is missing");
    check_bad("a: \xff\n", "UTF-8");
}

TEST(yaml_has_a_limit_of_depth)
{
    auto_buf struct buf text;
    buf_init(&text, 1 << 16);
    for (int i = 0; i < 40; i++)
        buf_printf(&text, "%*sa:\n", i, "");
    check_bad(text.data, "too deep");
}
