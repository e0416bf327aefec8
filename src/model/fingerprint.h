/*
 * A finding's fingerprint names it across edits: it is made of the rule, the file's name, the text
 * of the line without its blanks, and which of several such it is. Lines that are added or removed
 * elsewhere do not change it. A baseline is a text with a fingerprint at the start of each line;
 * what stands in one is known, and does not count.
 */
#pragma once

#include "base/buf.h"
#include "model/checked.h"

enum { FINGERPRINT_HEX = 33, BASELINE_BYTES_MAX = 64 << 20 };

/* Of finding `number` of the file, as small hexadecimal digits and a NUL. */
void fingerprint_of(const struct checked_file *file, uint32_t number, char ret[FINGERPRINT_HEX]);

/* All that counts, a line each: fingerprint, rule, place. */
void baseline_write(struct buf *out, const struct checked *checked);

/* Marks what stands in the baseline as known. Lines that begin with # are comments. */
[[nodiscard]] bool baseline_apply(struct checked *checked, struct str baseline, struct error *err);
