#include "source/text.h"

#include "tests/test.h"

static struct source_place place_of(const char *bytes, uint32_t offset)
{
    struct source_text text;
    auto_arena struct arena arena;
    arena_init(&arena, 1 << 20);
    source_text_init(&text, str_from(bytes), &arena);
    return source_text_place(&text, offset);
}

TEST(text_counts_columns_in_characters)
{
    struct source_place place = place_of("a\n\xc3\xa4\xe2\x82\xac = 1\n", 7);
    CHECK_INT(place.line, 2);
    CHECK_INT(place.column, 3);
}

TEST(text_counts_a_byte_that_is_no_utf8_as_one_column)
{
    CHECK_INT(place_of("\xff\xfe\xfd", 2).column, 3);
}

TEST(text_ends_lines_as_interpreters_do)
{
    struct source_text text;
    auto_arena struct arena arena;
    arena_init(&arena, 1 << 20);
    source_text_init(&text, STR("a\r\nb\rc\n\nd"), &arena);
    CHECK_INT(text.line_count, 5);
    CHECK(str_is(source_text_line(&text, 1), "a"));
    CHECK(str_is(source_text_line(&text, 3), "c"));
    CHECK(str_is(source_text_line(&text, 4), ""));
    CHECK(str_is(source_text_line(&text, 5), "d"));
    CHECK(str_is(source_text_line(&text, 6), ""));
    CHECK(str_is(source_text_line(&text, 0), ""));
}

TEST(text_does_not_count_a_byte_order_mark)
{
    CHECK_INT(place_of("\xef\xbb\xbfx", 1).column, 2);
}

TEST(text_that_is_none_is_refused_with_the_reason)
{
    CHECK(source_text_refusal(STR("x = 1\n")) == NULL);
    CHECK(source_text_refusal(STR("")) == NULL);
    CHECK_CONTAINS(source_text_refusal(STR("a\0b")), "NUL");
    CHECK_CONTAINS(source_text_refusal(STR("\xff\xfe"
                                           "a\0")),
                   "UTF-16");
}
