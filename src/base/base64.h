/*
 * Base64 by RFC 4648, with the alphabet of section 4 and padding. The reader is strict: no line
 * ends, no missing padding, no bits that nobody would have written; one text for each bytes.
 */
#pragma once

#include "base/buf.h"

void base64_write(struct buf *out, struct str bytes);

/* False if `text` is not base64; what came before the fault may have been added to `out`. Whether
 * all fitted, out->over says. */
[[nodiscard]] bool base64_read(struct buf *out, struct str text);
