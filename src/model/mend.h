/*
 * Mending what a finding says by a fixed table (mends.def): a text of ours takes the place of
 * another one, within the finding and nowhere else. Where a finding lies was said by whoever read
 * the source, so nothing follows from that but which of our texts is put where.
 */
#pragma once

#include "base/buf.h"
#include "model/checked.h"

/* Mends what can be of the file's findings that count; the whole new text goes to `out`. Returns
 * how many were; 0: `out` holds nothing to be used. */
uint32_t mend_all(const struct checked_file *file, struct str source, struct buf *out);

/* What differs between two texts of as many lines, as a unified diff. */
void mend_write_diff(struct buf *out, const char *name, struct str before, struct str after);
