#include "base/json_write.h"

#include <math.h>

#include "base/mem.h"
#include "tests/test.h"

struct fixture {
    struct buf out;
    struct json_writer json;
};

static void fixture_done(struct fixture *fixture)
{
    buf_done(&fixture->out);
}

#define FIXTURE(name, max)                                                                         \
    __attribute__((cleanup(fixture_done))) struct fixture name;                                    \
    buf_init(&name.out, max);                                                                      \
    json_start(&name.json, &name.out)

TEST(json_write_places_commas_between_what_follows_another)
{
    FIXTURE(f, 1000);
    json_object(&f.json);
    json_key(&f.json, "a");
    json_int(&f.json, 1);
    json_key(&f.json, "b");
    json_array(&f.json);
    json_bool(&f.json, true);
    json_object(&f.json);
    json_object_end(&f.json);
    json_array(&f.json);
    json_array_end(&f.json);
    json_null(&f.json);
    json_array_end(&f.json);
    json_key(&f.json, "c");
    json_object(&f.json);
    json_key(&f.json, "d");
    json_bool(&f.json, false);
    json_object_end(&f.json);
    json_object_end(&f.json);
    CHECK_TEXT(f.out.data, "{\"a\":1,\"b\":[true,{},[],null],\"c\":{\"d\":false}}");
    CHECK(!f.out.over);
}

TEST(json_write_scalars)
{
    FIXTURE(f, 1000);
    json_array(&f.json);
    json_int(&f.json, INT64_MIN);
    json_int(&f.json, INT64_MAX);
    json_ms(&f.json, 1.25);
    json_ms(&f.json, -0.5);
    json_ms(&f.json, NAN);
    json_ms(&f.json, -INFINITY);
    json_text(&f.json, NULL);
    json_text(&f.json, "x");
    json_str(&f.json, (struct str){});
    json_base64(&f.json, STR("foob"));
    json_array_end(&f.json);
    CHECK_TEXT(f.out.data, "[-9223372036854775808,9223372036854775807,1.250,-0.500,null,null,"
                           "null,\"x\",\"\",\"Zm9vYg==\"]");
}

static void check_string(struct str value, const char *want)
{
    FIXTURE(f, 1000);
    json_str(&f.json, value);
    CHECK_TEXT(f.out.data, want);
}

TEST(json_write_escapes_what_json_demands)
{
    check_string(STR("a\"b\\c/"), "\"a\\\"b\\\\c/\"");
    check_string(STR("\b\f\n\r\t"), "\"\\b\\f\\n\\r\\t\"");
    check_string(STR("a\0b\x1f"), "\"a\\u0000b\\u001f\"");
    check_string(STR("é€😀"), "\"é€😀\"");
}

TEST(json_write_escapes_what_could_act_on_a_terminal)
{
    check_string(STR("\x1b[2J\x7f"), "\"\\u001b[2J\\u007f\"");
    check_string(STR("\xc2\x85\xc2\x9b\u202e\u2028\u2069"),
                 "\"\\u0085\\u009b\\u202e\\u2028\\u2069\"");
}

TEST(json_write_replaces_each_byte_that_is_not_utf8)
{
    check_string(STR("a\xff\xfe"
                     "b"),
                 "\"a\uFFFD\uFFFDb\"");
    check_string(STR("\xe2\x82"), "\"\uFFFD\uFFFD\"");
    check_string(STR("\xed\xa0\x80"), "\"\uFFFD\uFFFD\uFFFD\"");
}

TEST(json_write_escapes_keys_like_strings)
{
    FIXTURE(f, 1000);
    json_object(&f.json);
    json_key(&f.json, "a\"\n\xff");
    json_int(&f.json, 1);
    json_object_end(&f.json);
    CHECK_TEXT(f.out.data, "{\"a\\\"\\n\uFFFD\":1}");
}

TEST(json_write_into_a_small_buf_gives_a_beginning_and_says_over)
{
    static const char whole[] = "{\"key\":\"a\\u001bé\",\"b\":[\"Zm9vYg==\"]}";
    for (size_t max = 0; max < sizeof whole + 3; max++) {
        FIXTURE(f, max);
        json_object(&f.json);
        json_key(&f.json, "key");
        json_str(&f.json, STR("a\x1bé"));
        json_key(&f.json, "b");
        json_array(&f.json);
        json_base64(&f.json, STR("foob"));
        json_array_end(&f.json);
        json_object_end(&f.json);
        size_t length = sizeof whole - 1;
        CHECK_INT(f.out.over, max < length);
        CHECK(str_equal(buf_str(&f.out), str_of(whole, max < length ? max : length)));
    }
}

TEST(json_is_text_means_utf8_without_nul)
{
    CHECK(json_is_text(STR("")));
    CHECK(json_is_text(STR("é\x1b\n")));
    CHECK(!json_is_text(STR("a\0")));
    CHECK(!json_is_text(STR("\xff")));
    CHECK(!json_is_text(STR("\xc3")));
}
