/*
 * Reading and writing the small texts that people type: sizes, durations, counts, names; and
 * showing strangers' bytes on a terminal without letting them act.
 */
#pragma once

#include "base/buf.h"
#include "base/str.h"
#include <stdbool.h>
#include <stdint.h>

/*
 * The readers take the whole text or return false: no sign, no blank, no exponent, and nothing that
 * does not fit an int64_t. A fraction needs a digit on both sides of its point and 18 at most; what
 * the result cannot hold is cut off ("1.3K" is 1331), but never so that something becomes 0.
 */

/* "256M", "1G", "4096", "64KiB", "1.5G": powers of 1024. Bytes cannot be parts: not "1.5". */
[[nodiscard]] bool text_read_bytes(struct str text, int64_t *ret_bytes);

/* "5s", "500ms", "2m", "1h", "1.5s"; a bare number means seconds. Milliseconds result. */
[[nodiscard]] bool text_read_ms(struct str text, int64_t *ret_ms);

[[nodiscard]] bool text_read_count(struct str text, int64_t *ret_count);

/* "0.5", "2": thousandths result. */
[[nodiscard]] bool text_read_milli(struct str text, int64_t *ret_milli);

/* "256 MiB", "1.5 KiB", "17 bytes": two decimals at most, cut off. */
void text_write_bytes(struct buf *out, int64_t bytes);

/* "5 s", "1.25 ms", "10 min", "24 h": three decimals at most; min and h only if whole. */
void text_write_ms(struct buf *out, double ms);

/*
 * What could act on a terminal (utf8_is_active: controls, ESC, direction overrides) comes out as
 * \n \t \x1b \u{202e}, bytes that are not UTF-8 as \xff; nothing that could move a cursor or set a
 * clipboard survives. keep_lines leaves newlines and tabs alone.
 *
 * This is for showing, not for reading back: a backslash stays a single one. If `out` is full, the
 * last character or escape that fitted is a whole one.
 */
void text_escape(struct buf *out, struct str bytes, bool keep_lines);
