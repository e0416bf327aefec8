/*
 * Single fields of a payload: numbers as 8 bytes in the host's order (the border never leaves the
 * machine), strings as a length and bytes.
 */
#pragma once

#include "base/arena.h"
#include "base/buf.h"
#include "base/str.h"
#include <stdint.h>

struct field_reader {
    struct str rest;
    struct arena *arena; /* for strings; may be NULL where there are none */
    bool broken;         /* sticky: whoever reads on gets zeros and empty strings */
};

void field_put_number(struct buf *out, int64_t number);
void field_put_text(struct buf *out, const char *text);

int64_t field_get_number(struct field_reader *reader);

/* A number from 0 to `max`. */
uint32_t field_get_index(struct field_reader *reader, uint32_t max);

/* Ends in NUL and holds no other. */
const char *field_get_text(struct field_reader *reader, size_t max);

/* Was everything there, and nothing more? */
bool field_is_complete(const struct field_reader *reader);
