#include "base/mem.h"

#include <string.h>

#include "tests/test.h"

TEST(mem_alloc_is_zeroed_and_never_null)
{
    auto_free char *some = mem_alloc(100);
    auto_free char *none = mem_alloc(0);
    CHECK(none != NULL);
    for (int i = 0; i < 100; i++)
        CHECK_INT(some[i], 0);
}

TEST(mem_grow_keeps_what_was_there)
{
    auto_free int *numbers = mem_grow(NULL, 2, sizeof *numbers);
    numbers[0] = 7;
    numbers[1] = 8;
    numbers = mem_grow(numbers, 10000, sizeof *numbers);
    CHECK_INT(numbers[0], 7);
    CHECK_INT(numbers[1], 8);
}

TEST(mem_copy_ends_in_nul)
{
    auto_free char *copy = mem_copy("abcdef", 3);
    auto_free char *empty = mem_copy(NULL, 0);
    CHECK_TEXT(copy, "abc");
    CHECK_TEXT(empty, "");
}

TEST(mem_text_formats)
{
    auto_free char *text = mem_text("%s %d", "box", 3);
    CHECK_TEXT(text, "box 3");
}
