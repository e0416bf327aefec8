/*
 * A buf owns bytes and grows up to the maximum that it was made with, never past it.
 *
 * Appending past the maximum keeps what fitted and sets `over`: a writer appends freely and looks
 * once at the end. Once over, nothing more is added, so what is there is always a beginning of what
 * was meant. After the first append a NUL follows the bytes, which does not count; before it `data`
 * may be NULL, which buf_str hides. Bytes to append must not lie in the buf itself.
 */
#pragma once

#include "base/str.h"
#include <stdbool.h>
#include <stddef.h>

struct buf {
    char *data;
    size_t len, cap, max;
    bool over;
};

void buf_init(struct buf *buf, size_t max);
void buf_done(struct buf *buf);
void buf_clear(struct buf *buf); /* empty and not over, but keeps its memory */

/* These return !over, for those who want to know at once. */
bool buf_add(struct buf *buf, const void *bytes, size_t length);
bool buf_add_str(struct buf *buf, struct str text);
bool buf_add_text(struct buf *buf, const char *text);
bool buf_add_byte(struct buf *buf, char byte);
bool buf_printf(struct buf *buf, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* Room for exactly `length` more bytes, zeroed and counted as added; NULL (and over) if they do
 * not fit: then none are added. */
char *buf_extend(struct buf *buf, size_t length);

static inline struct str buf_str(const struct buf *buf)
{
    return str_of(buf->data != NULL ? buf->data : "", buf->len);
}

#define auto_buf __attribute__((cleanup(buf_done)))
