#include "cli/env_file.h"

#include <string.h>

#include "base/buf.h"
#include "base/mem.h"
#include "tests/test.h"

static struct arena *test_arena(void)
{
    static struct arena arena;
    if (arena.max == 0)
        arena_init(&arena, 8 << 20);
    return &arena;
}

static void check_read(struct str text, const char *want)
{
    struct error err = {};
    struct words words = {};
    auto_buf struct buf got;
    buf_init(&got, 4096);
    CHECK_OK(env_file_read(text, "f", test_arena(), &words, &err), err);
    for (uint32_t i = 0; i < words.count; i++)
        buf_printf(&got, "%s|", words.list[i]);
    CHECK_TEXT(got.data != NULL ? got.data : "", want);
}

static void check_refused(struct str text, const char *want)
{
    struct error err = {};
    struct words words = {};
    CHECK(!env_file_read(text, "f.env", test_arena(), &words, &err));
    CHECK_INT(err.kind, ERROR_USAGE);
    CHECK_CONTAINS(err.text, want);
    CHECK(err.hint[0] != '\0');
}

TEST(lines_are_names_and_values)
{
    check_read(STR("A=1\nB_2=two words\n"), "A=1|B_2=two words|");
    check_read(STR("A=1\r\nB=2"), "A=1|B=2|");
    check_read(STR("A=\nB=x=y\n"), "A=|B=x=y|");
    check_read(STR(""), "");
    check_read(STR("a.b-c=1\n"), "a.b-c=1|");
}

TEST(comments_empty_lines_blanks_and_export_are_passed_over)
{
    check_read(STR("# head\n\n  \t\n   # more\n  A = 1  \nexport B=2\n  export   C=3\n"),
               "A=1|B=2|C=3|");
    check_read(STR("A=1 # why\nB=a#b\nC=#\nD= # all\n"), "A=1|B=a#b|C=|D=|");
    check_read(STR("export=1\n"), "export=1|");
    check_read(STR("\xef\xbb\xbf"
                   "A=1\n"),
               "A=1|");
}

TEST(quoted_values_keep_what_they_hold)
{
    check_read(STR("A='a # b \\n'\nB=\"x # y\"\n"), "A=a # b \\n|B=x # y|");
    check_read(STR("A=\"1\\n2\\t\\\"3\\\" \\\\ \\$X \\q\"\n"), "A=1\n2\t\"3\" \\ $X \\q|");
    check_read(STR("A=\"two\nlines\" # c\nB='o\nk'\n"), "A=two\nlines|B=o\nk|");
    check_read(STR("A=\"\"\nB=''\nC=it's\n"), "A=|B=|C=it's|");
}

TEST(nothing_is_substituted)
{
    check_read(STR("A=$HOME\nB=`id`\nC=\"$(id)\"\n"), "A=$HOME|B=`id`|C=$(id)|");
}

TEST(what_is_wrong_is_told_with_file_and_line)
{
    check_refused(STR("A=1\nnonsense\n"), "f.env:2: there is no '='");
    check_refused(STR("A=1\n\n=x\n"), "f.env:3: that is no name");
    check_refused(STR("1A=x\n"), "f.env:1: that is no name");
    check_refused(STR("A B=x\n"), "f.env:1: that is no name");
    check_refused(STR("A\x1b=x\n"), "f.env:1: that is no name");
    check_refused(STR("\xc3\xa4=x\n"), "f.env:1: that is no name");
    check_refused(STR("A='x\ny\n"), "f.env:1: a quote is opened and never closed");
    check_refused(STR("A=1\nB=\"x\\\""), "f.env:2: a quote is opened");
    check_refused(STR("A='x'y\n"), "f.env:1: something follows the closing quote");
    check_refused(STR("A=\"1\n2\"\nB\n"), "f.env:3: there is no '='");
    check_refused(STR("A=1\nB=x\0y\n"), "f.env:2: there is a NUL byte");
}

TEST(a_value_larger_than_the_kernel_takes_is_refused)
{
    auto_free char *text = mem_alloc(BOX_WORD_BYTES_MAX + 16);
    memset(text, 'x', BOX_WORD_BYTES_MAX + 8);
    memcpy(text, "A=", 2);
    check_refused(str_of(text, BOX_WORD_BYTES_MAX + 8), "larger than what fits");
    struct error err = {};
    struct words words = {};
    CHECK_OK(env_file_read(str_of(text, BOX_WORD_BYTES_MAX), "f", test_arena(), &words, &err), err);
}

TEST(many_entries_are_read_up_to_what_a_box_takes)
{
    auto_buf struct buf text;
    buf_init(&text, 1 << 20);
    for (int i = 0; i < BOX_WORDS_MAX + 1; i++)
        buf_add_text(&text, "A=\n");
    check_refused(buf_str(&text), "f.env:65537: the environment is larger");
}
