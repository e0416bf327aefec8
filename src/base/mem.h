/*
 * Memory for small things: these never return NULL. Out of memory ends the process, because no
 * caller could do better; sizes that a stranger controls go through struct buf or an arena, which
 * have a maximum and report it.
 */
#pragma once

#include <stddef.h>

void *mem_alloc(size_t size);                         /* zeroed */
void *mem_grow(void *old, size_t count, size_t size); /* what is new holds anything */
char *mem_copy(const void *from, size_t length);      /* a NUL follows */
char *mem_text(const char *format, ...) __attribute__((format(printf, 1, 2)));

static inline void mem_free_at(void *place)
{
    __builtin_free(*(void **)place);
}

#define auto_free __attribute__((cleanup(mem_free_at)))

#define COUNT_OF(array) (sizeof(array) / sizeof *(array))
