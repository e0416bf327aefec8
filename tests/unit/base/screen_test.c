/* What passes to a caller's terminal, and what never does. */
#include "base/screen.h"

#include "base/mem.h"
#include "tests/test.h"

enum { SHOWN_MAX = 4096 };

static void check_shown(struct str bytes, const char *wanted)
{
    for (size_t cut = 0; cut <= bytes.len; cut++) { /* wherever it comes in two pieces */
        struct screen screen = {};
        auto_buf struct buf out;
        buf_init(&out, SHOWN_MAX);
        screen_show(&screen, str_of(bytes.ptr, cut), &out);
        screen_show(&screen, str_skip(bytes, cut), &out);
        CHECK(!out.over);
        CHECK(str_is(buf_str(&out), wanted));
    }
}

#define PASSES(text) check_shown(STR(text), text)
#define SHOWN(text, wanted) check_shown(STR(text), wanted)

TEST(screen_passes_text_colours_and_cursor)
{
    PASSES("plain\r\n\ttext\b \a");
    PASSES("\xc3\xa4 \xe2\x82\xac \xf0\x9f\x90\xa2");
    PASSES("\x1b[1;31mred\x1b[0m \x1b[38:2::1:2:3mx\x1b[38;5;200m");
    PASSES("\x1b[2J\x1b[H\x1b[K\x1b[10;20H\x1b[3A\x1b[P\x1b[4@\x1b[J");
    PASSES("\x1b"
           "7\x1b"
           "8\x1bM\x1b=\x1b>\x1b(0qx\x1b(B");
    PASSES("\x1b[?25l\x1b[?1049h\x1b[?2004h\x1b[?1000;1006h\x1b[3;10r\x1b[2 q\x1b[!p");
}

TEST(screen_leaves_out_what_makes_a_terminal_answer)
{
    static const struct str asks[] = {
        STR("\x1b[c"),
        STR("\x1b[>c"),
        STR("\x1b[=c"),
        STR("\x1b[6n"),
        STR("\x1b[5n"),
        STR("\x1b[?6n"),
        STR("\x1b[21t"),
        STR("\x1b[18t"),
        STR("\x1b[x"),
        STR("\x1b[?1$p"),
        STR("\x1b[>q"),
        STR("\x1bZ"),
        STR("\x1b[?u"),
        STR("\x05"),
        STR("\x1b[1$w"),
        STR("\x1bP$qm\x1b\\"),
        STR("\x1bP+q544e\x1b\\"),
        STR("\x1b]11;?\a"),
        STR("\x1b]52;c;?\x1b\\"),
        STR("\x1b[1;2;3;4;5*y"),
        STR("\x1b[5i"),
        STR("\x1b[?996n"),
    };
    for (size_t i = 0; i < COUNT_OF(asks); i++)
        check_shown(asks[i], "");
}

TEST(screen_leaves_out_titles_clipboards_and_the_past)
{
    SHOWN("a\x1b]0;title\a b", "a b");
    SHOWN("a\x1b]52;c;Zm9v\x1b\\b", "ab");
    SHOWN("a\x1bPq#0;2;0\x1b\\b", "ab");
    SHOWN("a\x1b_G\x1b\\b\x1b^pm\x1b\\c\x1bXsos\x1b\\d", "abcd");
    SHOWN("\x1b[3J\x1b[2;3J\x1b[?3J\x1b"
          "c.",
          ".");
    SHOWN("\x1b[>4;2m\x1b[=1u\x1b[?69h\x1b[?1000;9999h\x1b[20h.", ".");
    SHOWN("\x1b%@\x1b F\x1b[1;2;3;4;5T\x1b[1;2s.", ".");
    SHOWN("\x1b]unended", "");
}

TEST(screen_replaces_bytes_that_are_no_text)
{
    SHOWN("\xc2\x9b"
          "6n",
          "\xef\xbf\xbd"
          "6n"); /* CSI as one character above ASCII */
    SHOWN("\x9b"
          "6n",
          "\xef\xbf\xbd"
          "6n");
    SHOWN("\xe2\x82.", "\xef\xbf\xbd.");
    SHOWN("\xc3\x1b[c.", "\xef\xbf\xbd.");
    SHOWN("\xe2\x80\xae.", "\xef\xbf\xbd."); /* turns the order of what follows */
    SHOWN("\xc0\x80\xff.", "\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd.");
    SHOWN("\x7f\x01\x11\x13.", ".");
}

TEST(screen_a_sequence_cut_by_a_control_is_none)
{
    SHOWN("\x1b[1\n6n", "\n6n");
    SHOWN("\x1b[\x1b[c.", ".");
    SHOWN("\x1b\x1b[31m", "\x1b[31m");
    SHOWN("\x1b]0;x\x1b[31my", "\x1b[31my");
    SHOWN("\x1b]0;x\x1b\x1b\\y", "y");
}

TEST(screen_an_endless_sequence_is_left_out)
{
    auto_buf struct buf long_one, out;
    struct screen screen = {};
    buf_init(&long_one, SHOWN_MAX);
    buf_init(&out, SHOWN_MAX);
    buf_add_text(&long_one, "\x1b[");
    for (int i = 0; i < 500; i++)
        buf_add_text(&long_one, "1;");
    buf_add_text(&long_one, "mend");
    screen_show(&screen, buf_str(&long_one), &out);
    CHECK(str_is(buf_str(&out), "end"));
}

static void check_restored(const char *text, const char *wanted)
{
    struct screen screen = {};
    auto_buf struct buf out;
    buf_init(&out, SHOWN_MAX);
    screen_show(&screen, str_from(text), &out);
    buf_clear(&out);
    screen_restore(&screen, &out);
    CHECK(str_is(buf_str(&out), wanted));
    buf_clear(&out);
    screen_restore(&screen, &out);
    CHECK(str_is(buf_str(&out), ""));
}

TEST(screen_puts_back_what_was_left_changed)
{
    check_restored("text\n", "");
    check_restored("\x1b[?1049h\x1b[?25l\x1b[31m", "\x1b[?1049l\x1b[?25h\x1b[0m");
    check_restored("\x1b[?1049h\x1b[?1049l\x1b[?25l\x1b[?25h", "");
    check_restored("\x1b[?2004;1000h", "\x1b[?1000l\x1b[?2004l");
    check_restored("\x1b[2;5r\x1b(0", "\x1b"
                                      "7\x1b[r\x1b"
                                      "8\x0f\x1b(B");
    check_restored("\x1b[?1000;9999h", "");
}

TEST(screen_grows_no_more_than_it_says)
{
    auto_buf struct buf out;
    struct screen screen = {};
    char bytes[300];
    memset(bytes, 0xff, sizeof bytes);
    buf_init(&out, sizeof bytes * SCREEN_GROWTH + SCREEN_SEQUENCE_MAX);
    screen_show(&screen, str_of(bytes, sizeof bytes), &out);
    CHECK(!out.over);
    CHECK_INT(out.len, sizeof bytes * 3);
}
