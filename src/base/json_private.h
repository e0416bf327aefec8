/* What the parts of the JSON reader share: json_read.c the structure, json_scalar.c strings and
 * numbers, json_value.c the questions about a tree. */
#pragma once

#include "base/json_read.h"

struct json_reader {
    struct arena *arena;
    struct str text;
    size_t at; /* the next byte */
    int depth;
    struct error *err;
};

/* Both set the error, with line and column of the byte `at`, and return false. */
bool json_fault(struct json_reader *json, size_t at, const char *what);
bool json_over_limit(struct json_reader *json, size_t at, const char *what);

int json_peek(const struct json_reader *json); /* the next byte, -1 at the end */
bool json_take(struct json_reader *json, char byte);

/* The next byte is the quote, or the first of a number. */
[[nodiscard]] bool json_read_string(struct json_reader *json, struct str *ret_text);
[[nodiscard]] bool json_read_number(struct json_reader *json, struct json_value *value);

/* A stranger's key for a message: short and without controls. */
enum { JSON_SHOWN_MAX = 64 };

const char *json_show_key(struct str key, char shown[JSON_SHOWN_MAX]);
