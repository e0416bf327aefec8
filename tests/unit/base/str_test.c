#include "base/str.h"

#include "tests/test.h"

static const struct str nothing = {};

TEST(str_compares_bytes_and_lengths)
{
    CHECK(str_equal(STR("a\0b"), STR("a\0b")));
    CHECK(!str_equal(STR("a\0b"), STR("a\0c")));
    CHECK(!str_equal(STR("ab"), STR("abc")));
    CHECK(str_equal(nothing, STR("")));
    CHECK(str_is(STR("abc"), "abc"));
    CHECK(!str_is(STR("abc\0"), "abc"));
}

TEST(str_knows_its_beginning_and_end)
{
    CHECK(str_starts(STR("--wall=5"), "--wall"));
    CHECK(!str_starts(STR("--wa"), "--wall"));
    CHECK(!str_starts(STR("--Wall"), "--wall"));
    CHECK(str_ends(STR("main.c"), ".c"));
    CHECK(!str_ends(STR("c"), ".c"));
    CHECK(str_starts(STR("x"), "") && str_ends(STR("x"), ""));
}

TEST(str_without_memory_is_like_any_empty_one)
{
    CHECK(str_starts(nothing, "") && str_ends(nothing, ""));
    CHECK(!str_starts(nothing, "a") && !str_ends(nothing, "a"));
    CHECK(!str_has(nothing, 'a'));
    CHECK_INT(str_trim(nothing).len, 0);
    struct str rest = nothing, piece = STR("before");
    CHECK(!str_take_until(&rest, ',', &piece));
    CHECK(str_is(piece, "before"));
    CHECK(str_take_prefix(&rest, ""));
    CHECK(str_skip(rest, 0).ptr == NULL);
}

TEST(str_has_finds_any_byte_also_nul)
{
    CHECK(str_has(STR("a\0b"), '\0'));
    CHECK(!str_has(STR("ab"), '\0'));
    CHECK(str_has(STR("a\xff"), '\xff'));
}

TEST(str_trim_cuts_blanks_off_both_ends_only)
{
    CHECK(str_is(str_trim(STR(" \t\r\n a b \n")), "a b"));
    CHECK(str_is(str_trim(STR(" \n ")), ""));
    CHECK(str_is(str_trim(STR("\va")), "\va"));
}

TEST(str_take_until_gives_pieces_and_moves_on)
{
    struct str rest = STR("a,,b,"), piece;
    CHECK(str_take_until(&rest, ',', &piece) && str_is(piece, "a"));
    CHECK(str_take_until(&rest, ',', &piece) && str_is(piece, ""));
    CHECK(str_take_until(&rest, ',', &piece) && str_is(piece, "b"));
    CHECK(!str_take_until(&rest, ',', &piece));
    rest = STR("last");
    CHECK(str_take_until(&rest, ',', &piece) && str_is(piece, "last"));
    CHECK_INT(rest.len, 0);
}

TEST(str_take_line_knows_both_line_ends)
{
    struct str rest = STR("one\r\ntwo\n\n\rthree\r"), line;
    CHECK(str_take_line(&rest, &line) && str_is(line, "one"));
    CHECK(str_take_line(&rest, &line) && str_is(line, "two"));
    CHECK(str_take_line(&rest, &line) && str_is(line, ""));
    CHECK(str_take_line(&rest, &line) && str_is(line, "\rthree"));
    CHECK(!str_take_line(&rest, &line));
}

TEST(str_take_prefix_moves_only_when_it_matches)
{
    struct str rest = STR("cgroup.procs");
    CHECK(!str_take_prefix(&rest, "memory."));
    CHECK(str_is(rest, "cgroup.procs"));
    CHECK(str_take_prefix(&rest, "cgroup."));
    CHECK(str_is(rest, "procs"));
}

TEST(str_of_a_literal_counts_its_inner_nuls)
{
    CHECK_INT(STR("a\0b").len, 3);
    CHECK_INT(str_from("a\0b").len, 1);
    CHECK_INT(str_of("abc", 2).len, 2);
}
