#include "base/mem.h"

#include <assert.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void *sure(void *memory)
{
    if (memory == NULL) {
        fputs("testudo: out of memory\n", stderr);
        abort();
    }
    return memory;
}

void *mem_alloc(size_t size)
{
    return sure(calloc(1, size > 0 ? size : 1));
}

void *mem_grow(void *old, size_t count, size_t size)
{
    return sure(reallocarray(old, count > 0 ? count : 1, size));
}

char *mem_copy(const void *from, size_t length)
{
    assert(length < SIZE_MAX);
    char *copy = sure(malloc(length + 1));
    if (length > 0)
        memcpy(copy, from, length);
    copy[length] = '\0';
    return copy;
}

char *mem_text(const char *format, ...)
{
    va_list args;
    va_start(args, format);
    char *text = NULL;
    if (vasprintf(&text, format, args) < 0)
        text = NULL;
    va_end(args);
    return sure(text);
}
