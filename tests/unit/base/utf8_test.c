#include "base/utf8.h"

#include "base/mem.h"
#include "tests/test.h"

TEST(utf8_says_every_character_and_reads_it_back)
{
    for (uint32_t point = 0; point <= 0x10FFFF; point++) {
        if (point == 0xD800)
            point = 0xE000;
        char bytes[UTF8_MAX];
        size_t length = utf8_write(point, bytes);
        uint32_t got = 0;
        CHECK_INT(length, point < 0x80 ? 1 : point < 0x800 ? 2 : point < 0x10000 ? 3 : 4);
        CHECK_INT(utf8_read(str_of(bytes, length), &got), length);
        CHECK_INT(got, point);
        for (size_t cut = 0; cut < length; cut++)
            CHECK_INT(utf8_read(str_of(bytes, cut), &got), 0);
    }
}

TEST(utf8_writes_known_bytes)
{
    char bytes[UTF8_MAX];
    CHECK(str_equal(str_of(bytes, utf8_write(0xE9, bytes)), STR("\xC3\xA9")));
    CHECK(str_equal(str_of(bytes, utf8_write(0x20AC, bytes)), STR("\xE2\x82\xAC")));
    CHECK(str_equal(str_of(bytes, utf8_write(0x1F600, bytes)), STR("\xF0\x9F\x98\x80")));
}

TEST(utf8_refuses_what_unicode_calls_ill_formed)
{
    const struct str bad[] = {
        STR(""),
        STR("\x80"),             /* continues nothing */
        STR("\xBF"),             /* the same */
        STR("\xC0\x80"),         /* overlong NUL */
        STR("\xC1\xBF"),         /* overlong DEL */
        STR("\xE0\x80\xAF"),     /* overlong slash */
        STR("\xE0\x9F\xBF"),     /* overlong U+07FF */
        STR("\xF0\x8F\xBF\xBF"), /* overlong U+FFFF */
        STR("\xED\xA0\x80"),     /* U+D800 */
        STR("\xED\xBF\xBF"),     /* U+DFFF */
        STR("\xF4\x90\x80\x80"), /* U+110000 */
        STR("\xF5\x80\x80\x80"),
        STR("\xF8\x88\x80\x80\x80"),
        STR("\xFF"),
        STR("\xC3("), /* a letter where a continuation must stand */
        STR("\xE2\x82("),
        STR("\xF0\x9F\x98("),
    };
    for (size_t i = 0; i < COUNT_OF(bad); i++) {
        uint32_t point = 7;
        CHECK_INT(utf8_read(bad[i], &point), 0);
        CHECK_INT(point, 7);
        CHECK(bad[i].len == 0 || !utf8_is_valid(bad[i]));
    }
}

/* By counting: 128 of one byte, 1920 of two, 61440 of three are well-formed. */
TEST(utf8_accepts_exactly_the_sequences_that_exist)
{
    long two = 0, three = 0;
    uint32_t point;
    for (int a = 0; a < 256; a++) {
        for (int b = 0; b < 256; b++) {
            two += utf8_read(str_of((char[]){(char)a, (char)b}, 2), &point) == 2;
            for (int c = 0; c < 256; c++) {
                char bytes[] = {(char)a, (char)b, (char)c};
                three += utf8_read(str_of(bytes, 3), &point) == 3;
            }
        }
    }
    CHECK_INT(two, 1920);
    CHECK_INT(three, 61440);
}

TEST(utf8_is_valid_looks_at_all_of_it)
{
    CHECK(utf8_is_valid(STR("")));
    CHECK(utf8_is_valid(STR("a\0é€😀")));
    CHECK(!utf8_is_valid(STR("aé\xff")));
    CHECK(!utf8_is_valid(STR("aé\xe2\x82")));
}

TEST(utf8_cut_leaves_whole_characters)
{
    struct str text = STR("aé€😀z");
    static const size_t lengths[] = {0, 1, 1, 3, 3, 3, 6, 6, 6, 6, 10, 11, 11};
    for (size_t max = 0; max < COUNT_OF(lengths); max++)
        CHECK_INT(utf8_cut(text, max).len, lengths[max]);
    /* what is not UTF-8 is cut somewhere near, and not searched for a beginning for ever */
    CHECK_INT(utf8_cut(STR("\x80\x80\x80\x80\x80\x80\x80\x80"), 6).len, 6);
}

TEST(utf8_active_characters_are_controls_and_direction_marks)
{
    static const uint32_t active[] = {0,      7,      0x1B,   0x1F,   0x7F,   0x80,
                                      0x9B,   0x9F,   0x61C,  0x200E, 0x200F, 0x2028,
                                      0x2029, 0x202A, 0x202E, 0x2066, 0x2069};
    static const uint32_t quiet[] = {' ',    '~',    0xA0,   0x200D, 0x2010,
                                     0x2027, 0x202F, 0x2065, 0x206A, 0x1F600};
    for (size_t i = 0; i < COUNT_OF(active); i++)
        CHECK(utf8_is_active(active[i]));
    for (size_t i = 0; i < COUNT_OF(quiet); i++)
        CHECK(!utf8_is_active(quiet[i]));
}
