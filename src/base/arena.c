#include "base/arena.h"

#include <assert.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

enum { CHUNK_BYTES = 16 * 1024 };

struct arena_chunk {
    struct arena_chunk *next;
    size_t used, size;
    _Alignas(max_align_t) char data[];
};

void arena_init(struct arena *arena, size_t max)
{
    /* no object can be larger, and sums of two sizes below it do not wrap around */
    *arena = (struct arena){.max = max < PTRDIFF_MAX ? max : PTRDIFF_MAX};
}

void arena_done(struct arena *arena)
{
    while (arena->chunks != NULL) {
        struct arena_chunk *chunk = arena->chunks;
        arena->chunks = chunk->next;
        free(chunk);
    }
    arena->used = 0;
}

static size_t aligned(size_t size)
{
    return (size + _Alignof(max_align_t) - 1) & ~(_Alignof(max_align_t) - 1);
}

/* `size` is compared before it is rounded up too: near SIZE_MAX rounding would wrap around to 0. */
static bool has_room(const struct arena *arena, size_t size)
{
    size_t room = arena->max - arena->used;
    return size <= room && aligned(size) <= room;
}

bool arena_fits(const struct arena *arena, size_t size)
{
    return size < SIZE_MAX && has_room(arena, size + 1);
}

/* A piece that fills its chunk alone stands behind the first one, which keeps its free rest. */
static struct arena_chunk *add_chunk(struct arena *arena, size_t size)
{
    size_t room = size > CHUNK_BYTES ? size : CHUNK_BYTES;
    struct arena_chunk *chunk = mem_alloc(sizeof *chunk + room);
    chunk->size = room;
    bool alone = size >= CHUNK_BYTES && arena->chunks != NULL;
    struct arena_chunk **place = alone ? &arena->chunks->next : &arena->chunks;
    chunk->next = *place;
    *place = chunk;
    return chunk;
}

void *arena_alloc(struct arena *arena, size_t size)
{
    size = size > 0 ? size : 1;
    assert(has_room(arena, size));
    size = aligned(size);
    struct arena_chunk *chunk = arena->chunks;
    if (chunk == NULL || chunk->size - chunk->used < size)
        chunk = add_chunk(arena, size);
    void *place = chunk->data + chunk->used;
    chunk->used += size;
    arena->used += size;
    return place;
}

char *arena_copy(struct arena *arena, const void *from, size_t length)
{
    assert(length < SIZE_MAX);
    char *copy = arena_alloc(arena, length + 1);
    if (length > 0)
        memcpy(copy, from, length);
    return copy;
}

char *arena_text(struct arena *arena, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    va_list again;
    va_copy(again, args);
    int length = vsnprintf(NULL, 0, format, args);
    va_end(args);
    assert(length >= 0);
    char *text = arena_alloc(arena, (size_t)length + 1);
    vsnprintf(text, (size_t)length + 1, format, again);
    va_end(again);
    return text;
}
