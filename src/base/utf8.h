/*
 * UTF-8 by the Unicode table of well-formed sequences: nothing overlong, no surrogates, nothing
 * above U+10FFFF.
 */
#pragma once

#include "base/str.h"
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { UTF8_MAX = 4, UTF8_REPLACEMENT = 0xFFFD };

/* Bytes of the character that `text` begins with; 0 if it begins with none. */
size_t utf8_read(struct str text, uint32_t *ret_point);

/* How many bytes of `ret_bytes` are used. The point must be one that UTF-8 can say. */
size_t utf8_write(uint32_t point, char ret_bytes[UTF8_MAX]);

bool utf8_is_valid(struct str text);

/* The longest beginning of at most `max` bytes that cuts no character in two. */
struct str utf8_cut(struct str text, size_t max);

/* Would showing this character act on a terminal or change the order of the text around it?
 * C0 and C1 controls, DEL, line and paragraph separators, direction marks and overrides. */
bool utf8_is_active(uint32_t point);
