#include "model/words.h"

#include <string.h>

#include "tests/test.h"

TEST(words_grow_one_by_one_and_end_in_null)
{
    auto_arena struct arena arena;
    arena_init(&arena, 1 << 20);
    struct words words = {};
    for (uint32_t i = 0; i < 1000; i++) {
        words_add(&words, &arena, arena_text(&arena, "%u", i));
        CHECK_INT(words.count, i + 1);
        CHECK(words.list[words.count] == NULL);
    }
    for (uint32_t i = 0; i < 1000; i++)
        CHECK_TEXT(words.list[i], arena_text(&arena, "%u", i));
}

TEST(all_words_of_another_list_follow)
{
    auto_arena struct arena arena;
    arena_init(&arena, 1 << 16);
    const char *more[] = {"b", "c", NULL};
    struct words words = {}, others = {more, 2}, none = {};
    words_add(&words, &arena, "a");
    words_add_all(&words, &arena, &others);
    words_add_all(&words, &arena, &none);
    CHECK_INT(words.count, 3);
    CHECK_TEXT(words.list[2], "c");
    CHECK(words.list[3] == NULL);
}

static void check_kept(const char *const *given, size_t count, const char *want)
{
    auto_arena struct arena arena;
    arena_init(&arena, 1 << 16);
    struct words words = {};
    char got[256] = "";
    for (size_t i = 0; i < count; i++)
        words_add(&words, &arena, given[i]);
    words_keep_last_names(&words);
    for (uint32_t i = 0; i < words.count; i++)
        strncat(strncat(got, words.list[i], 60), ";", 2);
    CHECK(words.list == NULL || words.list[words.count] == NULL);
    CHECK_TEXT(got, want);
}

TEST(of_equal_names_the_last_one_said_stays)
{
    check_kept((const char *[]){"B=1", "A=1", "B=2", "A=2", "B=3"}, 5, "A=2;B=3;");
    check_kept((const char *[]){"A=1"}, 1, "A=1;");
    check_kept(NULL, 0, "");
}

TEST(names_that_begin_alike_are_different_names)
{
    check_kept((const char *[]){"PATH_X=1", "PATH=2", "PAT=3", "PATH=4"}, 4,
               "PAT=3;PATH=4;PATH_X=1;");
    check_kept((const char *[]){"A=B=1", "A=", "AB"}, 3, "A=;AB;");
}
