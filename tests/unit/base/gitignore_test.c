#include "base/gitignore.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/mem.h"
#include "tests/test.h"

static enum gitignore_answer ask(const char *text, const char *path, bool is_folder)
{
    struct gitignore ignore;
    auto_arena struct arena arena;
    arena_init(&arena, 1 << 20);
    gitignore_read(&ignore, str_from(text), &arena);
    return gitignore_ask(&ignore, str_from(path), is_folder);
}

TEST(gitignore_ties_a_pattern_with_a_slash_to_its_folder)
{
    CHECK_INT(ask("build\n", "a/build", true), GITIGNORE_IGNORES);
    CHECK_INT(ask("/build\n", "a/build", true), GITIGNORE_SAYS_NOTHING);
    CHECK_INT(ask("a/*.o\n", "a/x.o", false), GITIGNORE_IGNORES);
    CHECK_INT(ask("a/*.o\n", "a/b/x.o", false), GITIGNORE_SAYS_NOTHING);
    CHECK_INT(ask("b/*.o\n", "a/b/x.o", false), GITIGNORE_SAYS_NOTHING);
}

TEST(gitignore_ties_a_pattern_with_a_slash_at_its_end_to_folders)
{
    CHECK_INT(ask("out/\n", "out", true), GITIGNORE_IGNORES);
    CHECK_INT(ask("out/\n", "out", false), GITIGNORE_SAYS_NOTHING);
}

TEST(gitignore_lets_the_last_pattern_that_matches_decide)
{
    CHECK_INT(ask("*.log\n!keep.log\n", "keep.log", false), GITIGNORE_KEEPS);
    CHECK_INT(ask("!keep.log\n*.log\n", "keep.log", false), GITIGNORE_IGNORES);
}

TEST(gitignore_passes_over_comments_and_blanks)
{
    CHECK_INT(ask("#a\n\n   \n", "#a", false), GITIGNORE_SAYS_NOTHING);
    CHECK_INT(ask("\\#a\n", "#a", false), GITIGNORE_IGNORES);
    CHECK_INT(ask("a  \r\n", "a", false), GITIGNORE_IGNORES);
    CHECK_INT(ask("a\\ \n", "a ", false), GITIGNORE_IGNORES);
    CHECK_INT(ask("\\!a\n", "!a", false), GITIGNORE_IGNORES);
}

TEST(gitignore_takes_no_more_patterns_than_its_limit_and_says_so)
{
    struct gitignore ignore;
    auto_arena struct arena arena;
    auto_buf struct buf text;
    arena_init(&arena, 4 << 20);
    buf_init(&text, GITIGNORE_BYTES_MAX);
    for (int i = 0; i <= GITIGNORE_PATTERNS_MAX; i++)
        buf_add_text(&text, "a\n");
    gitignore_read(&ignore, buf_str(&text), &arena);
    CHECK_INT(ignore.count, GITIGNORE_PATTERNS_MAX);
    CHECK(ignore.cut);
}

TEST(gitignore_gives_up_on_a_pattern_that_takes_too_long)
{
    char path[201];
    memset(path, 'a', 200);
    path[200] = '\0';
    CHECK(!gitignore_matches(STR("*a*a*a*a*a*a*a*a*a*a*a*a*a*a*a*a*a*b"), str_from(path)));
}

/* ---- git's own opinion ----------------------------------------------------------------------- */

static const char *const patterns[] = {
    "a",           "/a",
    "a/",          "a/b",
    "/a/b/",       "*",
    "*.c",         "/*.c",
    "a/*",         "a/**",
    "**/b",        "a/**/b",
    "**/a/b",      "a/*/b",
    "**",          "***",
    "a**b",        "a**",
    "?",           "[ab]",
    "[!a]",        "[^a].c",
    "[a-c]x",      "[]-]",
    "[[:alpha:]]", "[[:digit:]].c",
    "[a",          "\\a",
    "\\*",         "a\\",
    "!a",          "x[/]b",
    "b/../a",      "./a",
    "a//b",        "//a",
    "**/",         "/**",
    "a/**/",       "**/b/**",
    "a\\/b",       "[\\]]",
    "[a\\-c]",     "a ",
    "a\\ ",        " a",
    "#a",          "a?b",
    "a[/]b",       "**b",
    "b**/a",       "*/b",
    "*/*/c",       "[z-a]",
    "[a-]",        "[-a]",
};

static const char *const paths[] = {
    "a",     "b",     "ab",  "a.c",   "ax",    "axb",     "a/b",   "a/a",       "b/a",   "b/b",
    "c/a/b", "a/c/b", "a/c", "a/b/c", "x/y/c", "a/x/y/b", "1.c",   "c.c/d",     "]",     "-",
    "*",     "a ",    " a",  "#a",    "[a",    "a\\",     "b/x/a", "d/e/f/g/b", "a/b.c", "!a",
};

static bool is_prefix_ignored(const struct gitignore *ignore, const char *path)
{
    for (const char *slash = strchr(path, '/'); slash != NULL; slash = strchr(slash + 1, '/'))
        if (gitignore_ask(ignore, str_of(path, (size_t)(slash - path)), true) == GITIGNORE_IGNORES)
            return true;
    return gitignore_ask(ignore, str_from(path), false) == GITIGNORE_IGNORES;
}

static void put(const char *path, const char *text)
{
    FILE *file = fopen(path, "we");
    CHECK(file != NULL && fputs(text, file) >= 0 && fclose(file) == 0);
}

/* What git says of all paths under one pattern: a set of those it ignores. */
static uint32_t set_that_git_ignores(const char *pattern)
{
    uint32_t set = 0;
    char line[256];
    put(".gitignore", pattern);
    CHECK(system("git check-ignore --no-index --stdin -z < paths > ignored 2>errors; "
                 "test $? -le 1") == 0);
    FILE *file = fopen("ignored", "re");
    CHECK(file != NULL);
    for (size_t at = 0; (line[at] = (char)fgetc(file)), !feof(file);) {
        if (line[at++] != '\0')
            continue;
        for (size_t i = 0; i < COUNT_OF(paths); i++)
            set |= (uint32_t)(strcmp(paths[i], line) == 0) << i;
        at = 0;
    }
    fclose(file);
    return set;
}

TEST_LASTING(gitignore_agrees_with_git_itself, 60)
{
    CHECK(chdir(test_folder()) == 0);
    if (system("git init -q . >/dev/null 2>&1") != 0)
        test_skip("git is not here");
    FILE *list = fopen("paths", "we");
    CHECK(list != NULL);
    for (size_t i = 0; i < COUNT_OF(paths); i++)
        fwrite(paths[i], 1, strlen(paths[i]) + 1, list);
    fclose(list);
    for (size_t k = 0; k < COUNT_OF(patterns); k++) {
        struct gitignore ignore;
        auto_arena struct arena arena;
        arena_init(&arena, 1 << 20);
        gitignore_read(&ignore, str_from(patterns[k]), &arena);
        uint32_t theirs = set_that_git_ignores(patterns[k]);
        for (size_t i = 0; i < COUNT_OF(paths); i++)
            if (is_prefix_ignored(&ignore, paths[i]) != (theirs >> i & 1))
                test_check(false, mem_text("%s with %s as git", paths[i], patterns[k]), __FILE__,
                           __LINE__);
    }
}
