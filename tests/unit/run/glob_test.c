#include "run/glob.h"

#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/clock.h"
#include "base/mem.h"
#include "tests/test.h"

TEST(glob_table)
{
    static const struct {
        const char *pattern, *path;
        bool matches;
    } rows[] = {
        {"", "", true},
        {"", "a", false},
        {"a", "", false},
        {"a", "a", true},
        {"a", "b", false},
        {"a", "aa", false},
        {"?", "a", true},
        {"?", "", false},
        {"?", "/", false},
        {"??", "a", false},
        {"a?c", "abc", true},
        {"a?c", "a/c", false},
        {"*", "", true},
        {"*", "abc", true},
        {"*", ".hidden", true},
        {"*", "a/b", false},
        {"*.png", "a.png", true},
        {"*.png", ".png", true},
        {"*.png", "a.png.txt", false},
        {"*.png", "d/a.png", false},
        {"*.png", "a.pngpng.png", true},
        {"d/*.png", "d/a.png", true},
        {"d/*.png", "d/e/a.png", false},
        {"*/*", "a/b", true},
        {"*/*", "a", false},
        {"*/*", "a/b/c", false},
        {"*a*b*", "xxaxxbxx", true},
        {"*a*b*", "xxbxxaxx", false},
        {"a*b*c", "abbbcbc", true},
        {"**", "a", true},
        {"**", "a/b/c", true},
        {"**", "", true},
        {"**/a", "a", true},
        {"**/a", "x/a", true},
        {"**/a", "x/y/a", true},
        {"**/a", "xa", false},
        {"**/a", "x/ya", false},
        {"**/a", "a/x", false},
        {"**/a", "a/a/x/a", true},
        {"a/**", "a/b", true},
        {"a/**", "a/b/c", true},
        {"a/**", "b/c", false},
        {"a/**", "ab", false},
        {"a/**/b", "a/b", true},
        {"a/**/b", "a/x/b", true},
        {"a/**/b", "a/x/y/b", true},
        {"a/**/b", "a/xb", false},
        {"a/**/b", "ab", false},
        {"**.c", "x/y.c", true},
        {"**.c", "y.c", true},
        {"**.c", "y.c/x", false},
        {"**/*.c", "x/y/z.c", true},
        {"**/*.c", "z.c", true},
        {"**/*.c", "x.c/z", false},
        {"**/x/**/y*", "a/x/b/c/yes", true},
        {"**/x/**/y*", "a/x/b/c/no", false},
        {"**/x*/**", "a/b/xc/d", true},
        {"**x**y", "a/x/b/y", true},
        {"***", "a/b", true},
        {"***", "a/", true},
        {"*a*a***", "aa/**/", true},
        {"**/", "a/", true},
        {"**/", "a", false},
        {"a**/b", "ab", false},
        {"*a**/b", "xaa/y/b", true},
        {"a/**/b", "a/b", true},
        {"[a]", "a", false}, /* no other character is special */
        {"[a]", "[a]", true},
        {"\\*", "\\anything", true},
        {"a\nb", "a\nb", true},
        {"*", "a\nb", true},
        {"?", "\xc3\xa9", true}, /* one character, not one byte */
        {"??", "\xc3\xa9", false},
        {"*??", "\xe2\x82\xac", false},
        {"*?", "\xe2\x82\xac", true},
        {"?\xa9", "\xc3\xa9", false},
        {"*.\xc3\xa9", "\xc3\xa9.\xc3\xa9", true},
        {"?", "\xff", true}, /* a byte that is no character stands for itself */
        {"??", "\xff\xfe", true},
    };

    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        auto_free char *want = mem_text("%s %s %d", rows[i].pattern, rows[i].path, rows[i].matches);
        auto_free char *got = mem_text("%s %s %d", rows[i].pattern, rows[i].path,
                                       glob_match(rows[i].pattern, rows[i].path));
        CHECK_TEXT(got, want);
    }
}

TEST(glob_wildcards_are_known)
{
    CHECK(glob_has_wildcards("*"));
    CHECK(glob_has_wildcards("a?"));
    CHECK(!glob_has_wildcards("a[b]{c}\\"));
}

/* Repeats `part` up to `size` bytes, then `end`. */
static char *repeat(const char *begin, const char *part, size_t size, const char *end)
{
    struct buf text;
    buf_init(&text, size * 2 + 64);
    buf_add_text(&text, begin);
    while (text.len + strlen(part) <= size)
        buf_add_text(&text, part);
    buf_add_text(&text, end);
    return text.data;
}

TEST(glob_takes_no_longer_than_the_product_of_both_lengths)
{
    test_need_native_speed();

    static const struct {
        const char *begin, *part, *end, *path_part;
    } rows[] = {
        {"", "*a", "b", "a"},       {"**", "*a", "b", "a"},      {"", "**a", "b", "a"},
        {"***", "a", "b", "a"},     {"", "**/a", "b", "a/"},     {"**/", "*/", "b", "a/"},
        {"", "*?", "b", "aaa/"},    {"**", "a*a/", "b", "aaa/"}, {"", "**/*a", "b", "aaaa/"},
        {"**/**/*", "a", "b", "a"},
    };

    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        auto_free char *pattern = repeat(rows[i].begin, rows[i].part, 1000, rows[i].end);
        auto_free char *path = repeat("", rows[i].path_part, 4000, "a");
        int64_t begun = clock_now_ns();
        CHECK(!glob_match(pattern, path));
        CHECK(clock_now_ns() - begun < 500000000);
    }
}
