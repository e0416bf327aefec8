/*
 * A run request from JSON (model/request_fields.def says which fields there are).
 *
 * Strict: unknown fields are refused by name, each value has its one type, no text holds a NUL,
 * limits are checked against the same table as the options are. The error names the field, also in
 * which list or object it stands. What names mean, and whether files are there, is the plan's to
 * say.
 *
 * The text may be a stranger's: it is bounded, and so is what is made of it.
 */
#pragma once

#include "base/arena.h"
#include "base/error.h"
#include "base/str.h"
#include "model/run_request.h"

enum {
    REQUEST_BYTES_MAX = 16 << 20,
    REQUEST_ARENA_BYTES = 96 << 20, /* what the caller's arena should hold */
    REQUEST_ID_MAX = 128,
};

struct json_value;

/* Everything lives in the arena; nothing is borrowed from the text. */
[[nodiscard]] bool request_read(struct str text, struct arena *arena,
                                struct run_request *ret_request, struct error *err);

/* The same of a value that has been read, which may have a few fields more: they are the caller's
 * to read. */
struct request_extras {
    const char *const *names;
    size_t count;
};

[[nodiscard]] bool request_read_value(const struct json_value *value, struct request_extras extras,
                                      struct arena *arena, struct run_request *ret_request,
                                      struct error *err);
