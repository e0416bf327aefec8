#include "base/buf.h"

#include <assert.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

void buf_init(struct buf *buf, size_t max)
{
    *buf = (struct buf){.max = max};
}

void buf_done(struct buf *buf)
{
    free(buf->data);
    *buf = (struct buf){.max = buf->max};
}

void buf_clear(struct buf *buf)
{
    buf->len = 0;
    buf->over = false;
    if (buf->data != NULL)
        buf->data[0] = '\0';
}

static size_t room(const struct buf *buf)
{
    return buf->over ? 0 : buf->max - buf->len;
}

/* `length` is within room(), so the memory never exceeds the maximum and its NUL. */
static void reserve(struct buf *buf, size_t length)
{
    size_t need = buf->len + length + 1;
    if (need <= buf->cap)
        return;
    size_t cap = buf->cap * 2 > 256 ? buf->cap * 2 : 256;
    if (cap - 1 > buf->max)
        cap = buf->max + 1;
    buf->cap = cap > need ? cap : need;
    buf->data = mem_grow(buf->data, buf->cap, 1);
}

/* How many of `length` bytes may be added; their memory is there. */
static size_t admit(struct buf *buf, size_t length)
{
    size_t fits = room(buf);
    if (length > fits) {
        length = fits;
        buf->over = true;
    }
    reserve(buf, length);
    return length;
}

bool buf_add(struct buf *buf, const void *bytes, size_t length)
{
    length = admit(buf, length);
    if (length > 0)
        memcpy(buf->data + buf->len, bytes, length);
    buf->len += length;
    buf->data[buf->len] = '\0';
    return !buf->over;
}

bool buf_add_str(struct buf *buf, struct str text)
{
    return buf_add(buf, text.ptr, text.len);
}

bool buf_add_text(struct buf *buf, const char *text)
{
    return buf_add(buf, text, strlen(text));
}

bool buf_add_byte(struct buf *buf, char byte)
{
    return buf_add(buf, &byte, 1);
}

bool buf_printf(struct buf *buf, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    va_list again;
    va_copy(again, args);
    int length = vsnprintf(NULL, 0, format, args);
    va_end(args);
    assert(length >= 0);
    size_t fits = admit(buf, (size_t)length);
    vsnprintf(buf->data + buf->len, fits + 1, format, again);
    va_end(again);
    buf->len += fits;
    return !buf->over;
}

char *buf_extend(struct buf *buf, size_t length)
{
    if (length > room(buf)) {
        buf->over = true;
        return NULL;
    }
    reserve(buf, length);
    char *place = buf->data + buf->len;
    memset(place, 0, length + 1);
    buf->len += length;
    return place;
}
