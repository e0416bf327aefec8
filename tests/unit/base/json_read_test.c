#include "base/json_read.h"

#include "base/buf.h"
#include "base/mem.h"
#include "tests/test.h"

static struct arena arena;
static struct error err;

static const struct json_value *read_text(struct str text)
{
    arena_done(&arena);
    arena_init(&arena, 1 << 20);
    err = (struct error){};
    return json_read(&arena, text, &err);
}

static const struct json_value *good(struct str text)
{
    const struct json_value *value = read_text(text);
    CHECK_OK(value != NULL, err);
    return value;
}

static void check_refused(struct str text, enum error_kind kind, const char *message)
{
    CHECK(read_text(text) == NULL);
    CHECK_INT(err.kind, kind);
    CHECK_TEXT(err.text, message);
}

TEST(json_read_makes_a_tree_in_the_order_of_the_text)
{
    const struct json_value *root =
        good(STR(" {\"a\" : [1, true,false ,null],\r\n\t\"b\":{\"c\":\"x\"}, \"\":{}} \n"));
    CHECK_INT(root->kind, JSON_OBJECT);
    CHECK_INT(root->count, 3);
    CHECK(str_is(root->first->key, "a"));
    CHECK(str_is(root->first->next->key, "b"));
    const struct json_value *list = json_get(root, "a");
    CHECK_INT(list->kind, JSON_ARRAY);
    CHECK_INT(list->count, 4);
    CHECK_INT(json_at(list, 0)->integer, 1);
    CHECK(json_at(list, 1)->kind == JSON_BOOL && json_at(list, 1)->truth);
    CHECK(json_at(list, 2)->kind == JSON_BOOL && !json_at(list, 2)->truth);
    CHECK_INT(json_at(list, 3)->kind, JSON_NULL);
    CHECK(str_is(json_get(json_get(root, "b"), "c")->text, "x"));
    CHECK_INT(json_get(root, "")->count, 0);
    CHECK(json_get(root, "")->next == NULL);
}

TEST(json_read_borrows_nothing_from_the_text)
{
    char text[] = "{\"key\":\"value\"}";
    const struct json_value *root = good(str_from(text));
    memset(text, 'x', sizeof text);
    CHECK(str_is(json_get(root, "key")->text, "value"));
    CHECK_INT(json_get(root, "key")->text.ptr[5], 0);
}

TEST(json_accessors_say_null_for_what_is_not_there)
{
    const struct json_value *root = good(STR("{\"a\":[1]}"));
    CHECK(json_get(root, "b") == NULL);
    CHECK(json_get(NULL, "b") == NULL);
    CHECK(json_get(json_get(root, "a"), "b") == NULL);
    CHECK(json_at(root, 0) == NULL);
    CHECK(json_at(NULL, 0) == NULL);
    CHECK(json_at(json_get(root, "a"), 1) == NULL);
}

TEST(json_read_numbers_are_doubles_and_exact_integers_if_they_can_be)
{
    static const struct {
        const char *text;
        double number;
        bool is_integer;
        int64_t integer;
    } numbers[] = {
        {"0", 0, true, 0},
        {"-0", 0, true, 0},
        {"42", 42, true, 42},
        {"-17", -17, true, -17},
        {"9223372036854775807", 0x1p63, true, INT64_MAX},
        {"-9223372036854775808", -0x1p63, true, INT64_MIN},
        {"9223372036854775808", 0x1p63, false, 0},
        {"-9223372036854775809", -0x1p63, false, 0},
        {"9007199254740993", 9007199254740992.0, true, 9007199254740993},
        {"1.5", 1.5, false, 0},
        {"1.0", 1, false, 0},
        {"1e3", 1000, false, 0},
        {"1E+3", 1000, false, 0},
        {"25e-2", 0.25, false, 0},
        {"-0.125", -0.125, false, 0},
        {"1e-999", 0, false, 0},
        {"1.7976931348623157e308", 0x1.fffffffffffffp1023, false, 0},
    };

    for (size_t i = 0; i < COUNT_OF(numbers); i++) {
        const struct json_value *value = good(str_from(numbers[i].text));
        CHECK_INT(value->kind, JSON_NUMBER);
        CHECK(value->number == numbers[i].number);
        CHECK_INT(value->is_integer, numbers[i].is_integer);
        CHECK_INT(value->integer, numbers[i].integer);
    }
}

TEST(json_read_refuses_numbers_outside_the_grammar)
{
    static const char *const bad[] = {"01",  "-",     "-01",  "+1",  ".5",  "1.",   "1.e1",
                                      "1e",  "1e+",   "0x10", "1_0", "NaN", "-inf", "1.5.5",
                                      "--1", "1e1.5", "00",   "1 2", "1a",  "- 1",  "\xd9\xa1"};
    for (size_t i = 0; i < COUNT_OF(bad); i++) {
        CHECK(read_text(str_from(bad[i])) == NULL);
        CHECK_INT(err.kind, ERROR_USAGE);
    }
    check_refused(STR("01"), ERROR_USAGE, "line 1, column 1: a number must not begin with 0");
    check_refused(STR("[1e999]"), ERROR_LIMIT, "line 1, column 2: a number that is too large");
    check_refused(STR("-1e999"), ERROR_LIMIT, "line 1, column 1: a number that is too large");
}

TEST(json_read_bounds_the_digits_of_a_number)
{
    char digits[JSON_NUMBER_MAX + 1];
    memset(digits, '0', sizeof digits);
    digits[1] = '.';
    digits[JSON_NUMBER_MAX - 1] = '1';
    CHECK(good(str_of(digits, JSON_NUMBER_MAX))->kind == JSON_NUMBER);
    check_refused(str_of(digits, JSON_NUMBER_MAX + 1), ERROR_LIMIT,
                  "line 1, column 1: a number with too many digits");
}

TEST(json_read_undoes_escapes)
{
    CHECK(str_is(good(STR("\"\\\"\\\\\\/\\b\\f\\n\\r\\t\""))->text, "\"\\/\b\f\n\r\t"));
    CHECK(str_equal(good(STR("\"a\\u0000\\u00e9\\u20AC\\ud83d\\uDE00z\""))->text, STR("a\0é€😀z")));
    CHECK(str_equal(good(STR("\"\\uFFFF\\ud800\\udc00\\udbff\\udfff\""))->text,
                    STR("\uFFFF\U00010000\U0010FFFF")));
    CHECK(str_is(good(STR("\"\x7f é\""))->text, "\x7f é"));
    CHECK(str_is(json_get(good(STR("{\"\\u0061b\":1}")), "ab")->key, "ab"));
}

TEST(json_read_refuses_bad_strings)
{
    check_refused(STR("\"abc"), ERROR_USAGE, "line 1, column 1: a string without an end");
    check_refused(STR("\"abc\\\""), ERROR_USAGE, "line 1, column 1: a string without an end");
    check_refused(STR("\"abc\\"), ERROR_USAGE, "line 1, column 1: a string without an end");
    check_refused(STR("\"a\\x\""), ERROR_USAGE, "line 1, column 4: unknown escape in a string");
    check_refused(STR("\"a\\\0\""), ERROR_USAGE, "line 1, column 4: unknown escape in a string");
    check_refused(STR("\"\\u12\""), ERROR_USAGE,
                  "line 1, column 4: expected four hexadecimal digits");
    check_refused(STR("\"\\u 123\""), ERROR_USAGE,
                  "line 1, column 4: expected four hexadecimal digits");
    check_refused(STR("\"é\t\""), ERROR_USAGE, "line 1, column 3: a control character in a string");
    check_refused(STR("\"a\nb\""), ERROR_USAGE,
                  "line 1, column 3: a control character in a string");
    check_refused(STR("\"a\0b\""), ERROR_USAGE,
                  "line 1, column 3: a control character in a string");
    check_refused(STR("\"\xff\""), ERROR_USAGE, "line 1, column 2: a byte that is not UTF-8");
    check_refused(STR("\"\xc3\""), ERROR_USAGE, "line 1, column 2: a byte that is not UTF-8");
    check_refused(STR("\"\xed\xa0\x80\""), ERROR_USAGE,
                  "line 1, column 2: a byte that is not UTF-8");
}

TEST(json_read_wants_every_control_below_the_blank_escaped)
{
    for (int byte = 0; byte < 0x80; byte++) {
        char text[] = {'"', 'a', (char)byte, '"'};
        bool is_allowed = byte >= 0x20 && byte != '"' && byte != '\\';
        CHECK_INT(read_text(str_of(text, sizeof text)) != NULL, is_allowed);
    }
}

TEST(json_read_refuses_halves_of_surrogate_pairs)
{
    static const char *const halves[] = {
        "\"\\ud800\"",        "\"\\udc00\"",        "\"\\ud800x\"",       "\"\\ud800\\n\"",
        "\"\\ud800\\ud800\"", "\"\\ud800\\u0041\"", "\"\\udfff\\ud800\"",
    };
    for (size_t i = 0; i < COUNT_OF(halves); i++)
        check_refused(str_from(halves[i]), ERROR_USAGE,
                      "line 1, column 4: half of a surrogate pair");
}

TEST(json_read_refuses_what_rfc_8259_does_not_know)
{
    static const char *const bad[] = {
        "",
        " ",
        "\n",
        "[",
        "]",
        "{",
        "}",
        "[1,]",
        "[,1]",
        "[1 2]",
        "[1;2]",
        "{,}",
        "{\"a\"}",
        "{\"a\":}",
        "{\"a\":1,}",
        "{a:1}",
        "{'a':1}",
        "'a'",
        "{1:2}",
        "[1}",
        "{\"a\":1]",
        "tru",
        "True",
        "nul",
        "nulll",
        "truefalse",
        "[1]]",
        "1 1",
        "// x\n1",
        "/* */1",
        "[1]x",
        "undefined",
        "\xEF\xBB\xBF"
        "1",
        "\v1",
        "\xc2\xa0"
        "1",
        "{\"a\" 1}",
        "{\"a\"::1}",
        "[[]",
        "{\"a\":{}",
        ",",
        ":",
    };
    for (size_t i = 0; i < COUNT_OF(bad); i++) {
        CHECK(read_text(str_from(bad[i])) == NULL);
        CHECK_INT(err.kind, ERROR_USAGE);
        CHECK_CONTAINS(err.text, "line ");
    }
    CHECK(read_text(STR("1\0")) == NULL);
    CHECK(read_text((struct str){}) == NULL);
}

TEST(json_read_errors_name_line_and_column_in_characters)
{
    check_refused(STR(""), ERROR_USAGE, "line 1, column 1: expected a value");
    check_refused(STR("[1,\n  x]"), ERROR_USAGE, "line 2, column 3: expected a value");
    check_refused(STR("[\"é€😀\" 1]"), ERROR_USAGE, "line 1, column 8: expected ',' or ']'");
    check_refused(STR("{\r\n\"a\":1\r\n;"), ERROR_USAGE, "line 3, column 1: expected ',' or '}'");
    check_refused(STR("{\"a\" 1}"), ERROR_USAGE, "line 1, column 6: expected ':'");
    check_refused(STR("{1:2}"), ERROR_USAGE, "line 1, column 2: expected a key in double quotes");
    check_refused(STR("{}\n{}"), ERROR_USAGE, "line 2, column 1: expected the end after the value");
    check_refused(STR("[1"), ERROR_USAGE, "line 1, column 3: expected ',' or ']'");
}

TEST(json_read_refuses_a_key_that_stands_twice)
{
    check_refused(STR("{\"a\":1,\n \"b\":2, \"a\":3}"), ERROR_USAGE,
                  "line 2, column 13: the key 'a' stands twice in one object");
    check_refused(STR("{\"a\":1,\"\\u0061\":2}"), ERROR_USAGE,
                  "line 1, column 17: the key 'a' stands twice in one object");
    check_refused(STR("{\"\":1,\"\":2}"), ERROR_USAGE,
                  "line 1, column 10: the key '' stands twice in one object");
    check_refused(STR("[{\"x\\u001b\":1,\"x\\u001b\":2}]"), ERROR_USAGE,
                  "line 1, column 25: the key 'x\\x1b' stands twice in one object");
    good(STR("{\"a\":{\"a\":{\"a\":1}},\"aa\":1,\"A\":2,\"a\\u0000\":3}"));
}

TEST(json_read_depth_ends_at_its_limit)
{
    for (int kind = 0; kind < 2; kind++) {
        auto_buf struct buf text;
        buf_init(&text, 4096);
        for (int i = 0; i < JSON_DEPTH_MAX; i++)
            buf_add_text(&text, kind == 0 ? "[" : "{\"k\":");
        buf_add_text(&text, "1");
        for (int i = 0; i < JSON_DEPTH_MAX; i++)
            buf_add_text(&text, kind == 0 ? "]" : "}");
        good(buf_str(&text));
        auto_buf struct buf deeper;
        buf_init(&deeper, 4096);
        buf_printf(&deeper, "[%s]", text.data);
        CHECK(read_text(buf_str(&deeper)) == NULL);
        CHECK_INT(err.kind, ERROR_LIMIT);
        CHECK_CONTAINS(err.text, "the JSON text is nested too deeply");
    }
    /* depth is not length */
    good(STR("[[],[],[],[],[],[],[],[],[],[],[],[],[],[],[],[],[],[],[],[],[],[],[],[],[],[],[],"
             "[],[],[],[],[],[],[],[],[],[],[],[],[],[],[],[],[],[],[],[],[],[],[],[],[],[],[],"
             "[],[],[],[],[],[],[],[],[],[],[],[],[],[],[],[],[],[],[],[],[],[],[],[],[],[],[]]"));
}

/* Whatever an arena can hold, the reader ends in a value or in a limit, never in an abort. */
TEST(json_read_stays_within_its_arena)
{
    struct str text = STR("{\"a\":[1,\"some text that is long\",{\"b\\n\":null}],\"c\":true}");
    bool was_enough = false;
    for (size_t max = 0; max < 3000; max++) {
        struct arena small;
        arena_init(&small, max);
        bool ok = json_read(&small, text, &err) != NULL;
        CHECK(ok || err.kind == ERROR_LIMIT);
        CHECK(ok || !was_enough);
        was_enough = ok;
        CHECK(small.used <= max);
        arena_done(&small);
    }
    CHECK(was_enough);
}

static void check_wide(const char *beginning)
{
    enum { MEMBERS = 200000 };

    auto_buf struct buf text;
    buf_init(&text, 8 << 20);
    buf_add_text(&text, "{");
    for (int i = 0; i < MEMBERS; i++) {
        buf_add_text(&text, i > 0 ? "," : "");
        buf_printf(&text, "\"%s%d\":0", beginning, (int)(INT64_C(7919) * i % MEMBERS));
    }
    buf_add_text(&text, "}");
    CHECK(!text.over);
    auto_arena struct arena large;
    arena_init(&large, 64 << 20);
    const struct json_value *root = json_read(&large, buf_str(&text), &err);
    CHECK_OK(root != NULL, err);
    CHECK_INT(root->count, MEMBERS);
}

/* The search for equal keys compared each with each would take minutes here. */
TEST(json_read_of_a_very_wide_object_takes_no_square_time)
{
    check_wide("");
    check_wide("the same beginning ");
}

TEST(json_kinds_have_words)
{
    CHECK_TEXT(json_kind_word(JSON_NULL), "null");
    CHECK_TEXT(json_kind_word(JSON_BOOL), "boolean");
    CHECK_TEXT(json_kind_word(JSON_OBJECT), "object");
}

TEST(json_check_kind_names_field_and_both_kinds)
{
    const struct json_value *root = good(STR("{\"wall\":\"5s\",\"on\":[null]}"));
    CHECK_OK(json_check_kind(root, JSON_OBJECT, &err), err);
    CHECK(!json_check_kind(root, JSON_ARRAY, &err));
    CHECK_TEXT(err.text, "the value must be an array, not an object");
    CHECK(!json_check_kind(json_get(root, "wall"), JSON_NUMBER, &err));
    CHECK_TEXT(err.text, "field 'wall' must be a number, not a string");
    CHECK(!json_check_kind(json_get(root, "on"), JSON_BOOL, &err));
    CHECK_TEXT(err.text, "field 'on' must be true or false, not an array");
    CHECK(!json_check_kind(json_at(json_get(root, "on"), 0), JSON_STRING, &err));
    CHECK_TEXT(err.text, "the value must be a string, not null");
    CHECK_INT(err.kind, ERROR_USAGE);
}

TEST(json_check_keys_refuses_an_unknown_field_by_its_name)
{
    static const char *const known[] = {"wall", "memory"};
    const struct json_value *root = good(STR("{\"memory\":1,\"wall\":2}"));
    CHECK_OK(json_check_keys(root, known, COUNT_OF(known), &err), err);
    CHECK(!json_check_keys(root, known, 1, &err));
    CHECK_TEXT(err.text, "unknown field 'memory'");
    CHECK_OK(json_check_keys(good(STR("{}")), known, COUNT_OF(known), &err), err);
    CHECK(!json_check_keys(good(STR("[]")), known, COUNT_OF(known), &err));
    CHECK_TEXT(err.text, "the value must be an object, not an array");
    /* a NUL inside does not make it another's equal */
    CHECK(!json_check_keys(good(STR("{\"wall\\u0000\":1}")), known, COUNT_OF(known), &err));
    CHECK_TEXT(err.text, "unknown field 'wall\\x00'");
}

TEST(json_check_keys_shows_a_strangers_key_short_and_harmless)
{
    CHECK(!json_check_keys(good(STR("{\"\\u001b]0;x\\u0007\\u202e\":1}")), NULL, 0, &err));
    CHECK_TEXT(err.text, "unknown field '\\x1b]0;x\\x07\\u{202e}'");
    CHECK(!json_check_keys(good(STR("{\"0123456789012345678901234567890123456789"
                                    "01234567890123456789\":1}")),
                           NULL, 0, &err));
    CHECK_TEXT(err.text, "unknown field "
                         "'012345678901234567890123456789012345678901234567890123456789'");
    CHECK(!json_check_keys(good(STR("{\"0123456789012345678901234567890123456789"
                                    "012345678901234567890\":1}")),
                           NULL, 0, &err));
    CHECK_TEXT(err.text, "unknown field "
                         "'012345678901234567890123456789012345678901234567890123456789...'");
}

TEST(json_check_integer_takes_exact_whole_numbers_in_range)
{
    const struct json_value *root = good(STR("{\"a\":5,\"b\":5.0,\"c\":\"5\",\"d\":1e2}"));
    CHECK_OK(json_check_integer(json_get(root, "a"), 5, 5, &err), err);
    CHECK(!json_check_integer(json_get(root, "a"), 6, 9, &err));
    CHECK_TEXT(err.text, "field 'a' must be a whole number from 6 to 9");
    CHECK(!json_check_integer(json_get(root, "a"), 1, 4, &err));
    CHECK(!json_check_integer(json_get(root, "b"), 1, 9, &err));
    CHECK(!json_check_integer(json_get(root, "d"), 1, 900, &err));
    CHECK(!json_check_integer(json_get(root, "c"), 1, 9, &err));
    CHECK_TEXT(err.text, "field 'c' must be a number, not a string");
}
