/*
 * What a box may use. A limit is a number in the unit of its row in limits.def; which limits the
 * caller named himself is kept, because a named limit that this host cannot enforce is an error,
 * a built-in default only a remark.
 *
 * A profile is a named set of limits; flags override single ones.
 */
#pragma once

#include "base/buf.h"
#include "base/error.h"
#include "base/str.h"
#include <stdbool.h>
#include <stdint.h>

enum limit {

#define LIMIT(name, field, flag, unit, min, max, text) LIMIT_##name,
#include "model/limits.def"
#undef LIMIT
    LIMIT_COUNT
};

enum limit_unit { LIMIT_UNIT_MS, LIMIT_UNIT_BYTES, LIMIT_UNIT_MILLI, LIMIT_UNIT_COUNT };

struct limit_row {
    const char *field, *flag, *text;
    enum limit_unit unit;
    int64_t min, max;
};

extern const struct limit_row limit_rows[LIMIT_COUNT];

struct limits {
    int64_t value[LIMIT_COUNT];
    uint32_t named; /* bit 1 << enum limit: the caller asked for this one */
};

struct profile {
    const char *name, *text;
    bool noexec; /* nothing below /work can be executed directly */
    int64_t value[LIMIT_COUNT];
};

extern const struct profile profiles[];
extern const int profile_count;

const struct profile *profile_find(struct str name);
struct limits limits_of_profile(const struct profile *profile);

/* Reads a value as people type it and marks the limit as named. */
[[nodiscard]] bool limits_set_text(struct limits *limits, enum limit which, struct str text,
                                   struct error *err);
[[nodiscard]] bool limits_set(struct limits *limits, enum limit which, int64_t value,
                              struct error *err);

/* Are all values inside their rows' ranges? The broker asks again, of every request. */
[[nodiscard]] bool limits_check(const struct limits *limits, struct error *err);

/* A value as people read it: "512 MiB", "5 s", "0.5". */
void limit_write(struct buf *out, enum limit which, int64_t value);

/* By flag or field: "memory", "memory_bytes". */
bool limit_find(struct str name, enum limit *ret_limit);
