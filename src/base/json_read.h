/*
 * Reads a JSON text into a small tree that lives in an arena and borrows nothing from the text.
 *
 * Strict RFC 8259: one value, no comments, no spare commas, no byte order mark; the text and what
 * its escapes say must be UTF-8 (no half surrogate pairs); no key twice in one object. Numbers must
 * fit a double.
 *
 * The text may be a stranger's: depth, digits and memory are bounded and end in an ERROR_LIMIT,
 * everything else wrong in an ERROR_USAGE; both name line and column, counted in characters from 1.
 * The work grows as n log n at most.
 */
#pragma once

#include "base/arena.h"
#include "base/error.h"
#include "base/str.h"
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* name, word, how a message says it */
#define JSON_KINDS(X)                                                                              \
    X(NULL, "null", "null")                                                                        \
    X(BOOL, "boolean", "true or false")                                                            \
    X(NUMBER, "number", "a number")                                                                \
    X(STRING, "string", "a string")                                                                \
    X(ARRAY, "array", "an array")                                                                  \
    X(OBJECT, "object", "an object")

enum json_kind {

#define X(name, word, phrase) JSON_##name,
    JSON_KINDS(X)
#undef X
};

enum {
    JSON_DEPTH_MAX = 64,   /* objects and arrays inside each other */
    JSON_NUMBER_MAX = 400, /* characters of one number */
};

struct json_value {
    enum json_kind kind;
    bool truth;      /* BOOL */
    bool is_integer; /* NUMBER without fraction or exponent that fits: `integer` is exact */
    int64_t integer;
    double number;
    struct str text; /* STRING without its escapes, a NUL follows; may hold NULs: "\u0000" */

    struct str key;           /* as `text`, if this is a member of an object */
    struct json_value *first; /* items or members, in the order of the text */
    struct json_value *next;  /* in the same array or object */
    size_t count;
    size_t offset; /* of the value's first byte in the text */
};

[[nodiscard]] struct json_value *json_read(struct arena *arena, struct str text, struct error *err);

const char *json_kind_word(enum json_kind kind);

/* NULL if there is none, also if the value is no object or no array, or is NULL itself; so a chain
 * of them needs one check at its end. */
const struct json_value *json_get(const struct json_value *object, const char *key);
const struct json_value *json_at(const struct json_value *array, size_t index);

/* What strict readers of requests ask. All errors are ERROR_USAGE and name the member. */

/* "field 'wall' must be a number, not a string" */
[[nodiscard]] bool json_check_kind(const struct json_value *value, enum json_kind kind,
                                   struct error *err);

/* It must be an object, and each key one of the `count` known ones: "unknown field 'wal'". */
[[nodiscard]] bool json_check_keys(const struct json_value *object, const char *const known[],
                                   size_t count, struct error *err);

/* An exact whole number from `min` to `max`. */
[[nodiscard]] bool json_check_integer(const struct json_value *value, int64_t min, int64_t max,
                                      struct error *err);
