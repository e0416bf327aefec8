#include "base/arena.h"

#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/test.h"

static bool is_zero(const char *bytes, size_t length)
{
    for (size_t i = 0; i < length; i++)
        if (bytes[i] != 0)
            return false;
    return true;
}

TEST(arena_gives_zeroed_and_aligned_pieces_that_do_not_overlap)
{
    auto_arena struct arena arena;
    arena_init(&arena, 1 << 20);
    char *pieces[200];
    for (size_t i = 0; i < 200; i++) {
        pieces[i] = arena_alloc(&arena, i * 3);
        CHECK_INT((uintptr_t)pieces[i] % _Alignof(max_align_t), 0);
        CHECK(is_zero(pieces[i], i * 3));
        memset(pieces[i], (int)i, i * 3);
    }
    for (size_t i = 0; i < 200; i++)
        for (size_t at = 0; at < i * 3; at++)
            CHECK_INT((unsigned char)pieces[i][at], i);
}

TEST(arena_copies_end_in_nul_and_keep_every_byte)
{
    auto_arena struct arena arena;
    arena_init(&arena, 4096);
    char *copy = arena_copy(&arena, "a\0b", 3);
    CHECK(memcmp(copy, "a\0b\0", 4) == 0);
    CHECK_TEXT(arena_copy(&arena, NULL, 0), "");
    CHECK_TEXT(arena_string(&arena, STR("view")), "view");
    CHECK_TEXT(arena_text(&arena, "%s-%d", "job", 7), "job-7");
}

TEST(arena_holds_pieces_larger_than_its_chunks)
{
    auto_arena struct arena arena;
    arena_init(&arena, 1 << 20);
    char *small = arena_copy(&arena, "small", 5);
    char *large = arena_alloc(&arena, 100000);
    memset(large, 'x', 100000);
    char *after = arena_copy(&arena, "after", 5);
    CHECK_TEXT(small, "small");
    CHECK_TEXT(after, "after");
    CHECK_INT(large[99999], 'x');
}

TEST(arena_that_says_fits_keeps_its_word)
{
    for (size_t max = 0; max < 200; max++) {
        for (size_t size = 0; size < 220; size++) {
            auto_arena struct arena arena;
            arena_init(&arena, max);
            if (arena_fits(&arena, size)) {
                char bytes[220] = {};
                CHECK(arena_copy(&arena, bytes, size) != NULL);
                CHECK(arena.used <= max);
            }
        }
    }
}

TEST(arena_never_counts_past_its_maximum)
{
    auto_arena struct arena arena;
    arena_init(&arena, 1000);
    int pieces = 0;
    while (arena_fits(&arena, 100)) {
        (void)arena_alloc(&arena, 100);
        pieces++;
    }
    CHECK(arena.used <= 1000);
    CHECK_INT(pieces, 8); /* of 112 bytes each */
    CHECK(arena_fits(&arena, 10));
}

TEST(arena_fits_is_not_fooled_by_sizes_that_wrap_around)
{
    auto_arena struct arena arena;
    arena_init(&arena, SIZE_MAX);
    (void)arena_alloc(&arena, 64);
    for (size_t less = 0; less < 70; less++)
        CHECK(!arena_fits(&arena, SIZE_MAX - less));
}

static bool is_aborted(size_t max, size_t size)
{
    pid_t child = fork();
    if (child == 0) {
        (void)!freopen("/dev/null", "w", stderr);
        struct arena arena;
        arena_init(&arena, max);
        (void)arena_alloc(&arena, size);
        _exit(0);
    }
    int status = 0;
    CHECK(waitpid(child, &status, 0) == child);
    return WIFSIGNALED(status) && WTERMSIG(status) == SIGABRT;
}

TEST(arena_asked_for_more_than_it_has_ends_the_process)
{
    CHECK(!is_aborted(4096, 4096));
    CHECK(is_aborted(4096, 4097));
    CHECK(is_aborted(4096, SIZE_MAX));
    CHECK(is_aborted(SIZE_MAX, SIZE_MAX));
}

TEST(arena_done_twice_is_harmless_and_leaves_it_usable)
{
    struct arena arena;
    arena_init(&arena, 4096);
    (void)arena_alloc(&arena, 4000);
    arena_done(&arena);
    arena_done(&arena);
    CHECK(arena_fits(&arena, 4000));
    CHECK_TEXT(arena_copy(&arena, "again", 5), "again");
    arena_done(&arena);
}
