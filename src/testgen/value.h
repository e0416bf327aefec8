/*
 * A value of the language under test, as the engine sees it: plain data, and specials (a word and
 * items) for what plain data cannot say; docs/guest-protocol.md lists them.
 *
 * Values are immutable and live in an arena, so they are shared freely. Equal values have equal
 * bytes when marshalled, except for the order of sets and dicts, which stays as it was made.
 */
#pragma once

#include "base/arena.h"
#include "base/str.h"
#include <stdbool.h>
#include <stdint.h>

#define VALUE_KINDS(X)                                                                             \
    X(NONE)                                                                                        \
    X(BOOL)                                                                                        \
    X(INT)                                                                                         \
    X(BIG)                                                                                         \
    X(FLOAT)                                                                                       \
    X(TEXT)                                                                                        \
    X(BYTES)                                                                                       \
    X(TUPLE)                                                                                       \
    X(LIST)                                                                                        \
    X(SET)                                                                                         \
    X(FROZENSET)                                                                                   \
    X(DICT)                                                                                        \
    X(SPECIAL)

enum value_kind {

#define X(name) VALUE_##name,
    VALUE_KINDS(X)
#undef X
};

enum { VALUE_DEPTH_MAX = 40 };

struct value {
    enum value_kind kind;
    bool truth;
    int64_t integer; /* INT */
    double number;   /* FLOAT */
    struct str text; /* TEXT (UTF-8), BYTES; BIG: decimal digits; SPECIAL: its word */
    const struct value *const *items; /* DICT: key, value, key, value … */
    size_t count;                     /* of items; a dict has twice as many as entries */
};

const struct value *value_none(void);
const struct value *value_bool(bool truth);
const struct value *value_int(struct arena *arena, int64_t integer);
const struct value *value_float(struct arena *arena, double number);
const struct value *value_text(struct arena *arena, struct str text);
const struct value *value_bytes(struct arena *arena, struct str bytes);

/* The items are copied (the array, not what it points to). */
const struct value *value_many(struct arena *arena, enum value_kind kind,
                               const struct value *const *items, size_t count);
const struct value *value_special(struct arena *arena, const char *word,
                                  const struct value *const *items, size_t count);
const struct value *value_var(struct arena *arena, uint32_t index);

bool value_is_special(const struct value *value, const char *word);
bool value_equal(const struct value *a, const struct value *b); /* same kind, same content */
uint64_t value_hash(const struct value *value);

/* Is there a special somewhere in it? */
bool value_is_deep(const struct value *value);

/* How much a reader has to take in: 0 for none, small numbers, "", more for longer and deeper ones.
 */
uint32_t value_weight(const struct value *value);

/* What a dict of the protocol holds under this key; NULL if it is none, or has it not. */
const struct value *value_get(const struct value *dict, const char *key);
