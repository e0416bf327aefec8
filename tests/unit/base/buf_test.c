#include "base/buf.h"

#include <stdint.h>

#include "tests/test.h"

TEST(buf_keeps_what_fitted_and_says_that_it_is_over)
{
    auto_buf struct buf buf;
    buf_init(&buf, 4);
    CHECK(buf_add(&buf, "abc", 3));
    CHECK(!buf_add(&buf, "def", 3));
    CHECK(buf.over);
    CHECK_TEXT(buf.data, "abcd");
    CHECK_INT(buf.len, 4);
}

TEST(buf_may_be_filled_to_its_last_byte)
{
    auto_buf struct buf buf;
    buf_init(&buf, 4);
    CHECK(buf_add_text(&buf, "abcd"));
    CHECK(!buf.over);
    CHECK(buf_add(&buf, "", 0));
    CHECK(!buf_add_byte(&buf, 'e'));
    CHECK_TEXT(buf.data, "abcd");
}

TEST(buf_once_over_adds_nothing_more)
{
    auto_buf struct buf buf;
    buf_init(&buf, 4);
    CHECK(buf_add_text(&buf, "ab"));
    CHECK(buf_extend(&buf, 3) == NULL);
    CHECK(!buf_add_byte(&buf, 'c'));
    CHECK(buf_extend(&buf, 1) == NULL);
    CHECK(!buf_printf(&buf, "%d", 1));
    CHECK_TEXT(buf.data, "ab");
}

TEST(buf_cleared_is_empty_and_takes_bytes_again)
{
    auto_buf struct buf buf;
    buf_init(&buf, 4);
    buf_clear(&buf);
    CHECK(!buf_add_text(&buf, "abcdef"));
    buf_clear(&buf);
    CHECK_INT(buf.len, 0);
    CHECK_TEXT(buf.data, "");
    CHECK(buf_add_text(&buf, "xyz"));
    CHECK_TEXT(buf.data, "xyz");
}

TEST(buf_holds_any_byte_and_a_nul_follows)
{
    auto_buf struct buf buf;
    buf_init(&buf, 100);
    buf_add(&buf, "a\0b", 3);
    buf_add_str(&buf, STR("\0c"));
    CHECK(str_equal(buf_str(&buf), STR("a\0b\0c")));
    CHECK_INT(buf.data[5], 0);
}

TEST(buf_that_was_never_written_has_an_empty_view)
{
    auto_buf struct buf buf;
    buf_init(&buf, 100);
    struct str view = buf_str(&buf);
    CHECK_INT(view.len, 0);
    CHECK_TEXT(view.ptr, "");
}

TEST(buf_with_a_maximum_of_zero_takes_nothing)
{
    auto_buf struct buf buf;
    buf_init(&buf, 0);
    CHECK(buf_add_text(&buf, ""));
    CHECK(!buf_add_text(&buf, "a"));
    CHECK_TEXT(buf.data, "");
}

TEST(buf_printf_is_cut_exactly_at_the_maximum)
{
    auto_buf struct buf buf;
    buf_init(&buf, 1000);
    CHECK(buf_printf(&buf, "%s=%d;", "a", 1));
    CHECK(buf_printf(&buf, "%0900d", 7));
    CHECK_INT(buf.len, 904);
    CHECK_INT(buf.data[903], '7');
    CHECK(!buf_printf(&buf, "%0200d", 7));
    CHECK_INT(buf.len, 1000);
    CHECK_INT(buf.data[999], '0');
    CHECK_INT(buf.data[1000], 0);
}

TEST(buf_extend_gives_zeroed_room_that_counts)
{
    auto_buf struct buf buf;
    buf_init(&buf, 600);
    CHECK(!buf_add(&buf, (char[700]){[0 ... 699] = 'x'}, 700));
    buf_clear(&buf);
    buf_add_text(&buf, "ab");
    char *room = buf_extend(&buf, 3);
    CHECK(room != NULL && memcmp(room, "\0\0\0\0", 4) == 0);
    memcpy(room, "cde", 3);
    CHECK_TEXT(buf.data, "abcde");
    CHECK(buf_extend(&buf, 595) != NULL);
    CHECK(buf_extend(&buf, 0) != NULL);
    CHECK(buf_extend(&buf, 1) == NULL);
    CHECK(buf.over);
}

TEST(buf_extend_refuses_sizes_that_wrap_around)
{
    auto_buf struct buf buf;
    buf_init(&buf, 600);
    buf_add_text(&buf, "abc");
    CHECK(buf_extend(&buf, SIZE_MAX) == NULL);
    CHECK_INT(buf.len, 3);
}

TEST(buf_memory_stays_within_the_maximum_while_growing)
{
    auto_buf struct buf buf;
    buf_init(&buf, 1000);
    for (int i = 0; i < 1000; i++) {
        CHECK(buf_add_byte(&buf, (char)('a' + i % 26)));
        CHECK(buf.cap <= 1001);
    }
    for (int i = 0; i < 1000; i++)
        CHECK_INT(buf.data[i], 'a' + i % 26);
}
