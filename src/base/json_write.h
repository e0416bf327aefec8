/*
 * A streaming JSON writer over a buf: the caller says what comes, commas and escapes are ours.
 *
 * Strings and keys are checked as UTF-8; a byte that is not becomes U+FFFD, so the output is always
 * valid JSON. Whoever must keep every byte asks json_is_text first and sends base64 instead. What
 * could act on a terminal (utf8_is_active) is written as \u001b: JSON may be looked at.
 *
 * Each object and array must be ended, each member begins with json_key. Text that did not fit in
 * the buf is not JSON: out->over says so.
 */
#pragma once

#include "base/buf.h"
#include <stdbool.h>
#include <stdint.h>

struct json_writer {
    struct buf *out;
    bool wants_comma; /* something precedes in the same object or array */
};

void json_start(struct json_writer *json, struct buf *out);

void json_object(struct json_writer *json);
void json_object_end(struct json_writer *json);
void json_array(struct json_writer *json);
void json_array_end(struct json_writer *json);
void json_key(struct json_writer *json, const char *key);

void json_str(struct json_writer *json, struct str value);
void json_text(struct json_writer *json, const char *value); /* NULL writes null */
void json_int(struct json_writer *json, int64_t value);
void json_ms(struct json_writer *json, double ms); /* three decimals; null if not a number */
void json_bool(struct json_writer *json, bool value);
void json_null(struct json_writer *json);
void json_base64(struct json_writer *json, struct str bytes);

/* A member: its key and its value. */
void json_add_str(struct json_writer *json, const char *key, struct str value);
void json_add_text(struct json_writer *json, const char *key, const char *value);
void json_add_int(struct json_writer *json, const char *key, int64_t value);
void json_add_bool(struct json_writer *json, const char *key, bool value);

/* Is this valid UTF-8 without NUL? */
bool json_is_text(struct str bytes);
