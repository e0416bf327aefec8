/*
 * An arena holds everything that lives as long as one piece of work: a request, its plan, its
 * result. Nobody frees single strings; arena_done releases all at once.
 *
 * An arena has a maximum. Asking for more ends the process, so whoever copies a stranger's bytes
 * into one asks arena_fits first. Each piece counts as what it really takes: rounded up to 16.
 */
#pragma once

#include "base/str.h"
#include <stdbool.h>
#include <stddef.h>

struct arena {
    struct arena_chunk *chunks;
    size_t used, max;
};

void arena_init(struct arena *arena, size_t max);
void arena_done(struct arena *arena);

/* Is there room for arena_alloc of `size`, and for arena_copy of as many with their NUL? */
bool arena_fits(const struct arena *arena, size_t size);

void *arena_alloc(struct arena *arena, size_t size); /* zeroed, aligned for anything */
char *arena_copy(struct arena *arena, const void *from, size_t length); /* a NUL follows */
char *arena_text(struct arena *arena, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

static inline char *arena_string(struct arena *arena, struct str text)
{
    return arena_copy(arena, text.ptr, text.len);
}

#define auto_arena __attribute__((cleanup(arena_done)))
