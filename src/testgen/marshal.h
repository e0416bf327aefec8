/*
 * Values as bytes and back: the subset of Python's marshal format, version 2, that
 * docs/guest-protocol.md names. The bytes to read are a stranger's: depth, counts and memory are
 * bounded, text must be UTF-8 (lone surrogates become U+FFFD), nothing may be left over.
 */
#pragma once

#include "base/buf.h"
#include "base/error.h"
#include "testgen/value.h"

void marshal_write(struct buf *out, const struct value *value);
[[nodiscard]] const struct value *marshal_read(struct arena *arena, struct str bytes,
                                               struct error *err);
