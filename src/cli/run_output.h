/*
 * How `testudo run` says what will happen, what came of it, and what was refused: for people, a
 * line or a few; for programs, the JSON objects that every interface of ours shares.
 *
 * In JSON, output that is UTF-8 stands as text; if any of the streams is not, all of them are
 * base64 and "encoding" says so. Where output was cut, a line between head and tail says how much
 * is missing.
 */
#pragma once

#include "base/buf.h"
#include "model/plan.h"
#include "model/run_result.h"

/* Of the JSON object of a result: its strings are at most so long together, escapes included. */
enum { RUN_JSON_BYTES_MAX = 1 << 30 };

/* Which of many runs it is: "index", and the caller's own "id" instead of ours, if there is one. */
struct run_tag {
    int64_t index;
    const char *id;
};

/* The run result of every interface, a line; with explain also "refusals". The tag may be NULL. */
void run_json_result(const struct run_result *result, bool explain, const struct run_tag *tag,
                     struct buf *out);

/* Our own failure, a line: {"error": …}. The tag may be NULL. */
void run_json_error(const struct error *err, const struct run_tag *tag, struct buf *out);

/* The same as members of an object that the caller has begun: all of a result but "id", and
 * "error". */
struct json_writer;
void run_json_add_result(struct json_writer *json, const struct run_result *result, bool explain);
void run_json_add_error(struct json_writer *json, const struct error *err);

/* "testudo: the program took longer than its time limit (5 s; --wall)"; nothing if all went well.
 * With verbose always a line, with time, memory and processes. */
void run_say_end(const struct run_result *result, bool verbose, struct buf *out);

/* What was not enforced and not accepted (bit 1 << enum limit) either; mostly nothing. */
void run_say_missing(const struct run_result *result, uint32_t accepted, struct buf *out);

/* --explain */
void run_say_refusals(const struct run_result *result, struct buf *out);

/* --dry-run */
void run_say_plan(const struct plan *plan, struct buf *out);
void run_json_plan(const struct plan *plan, struct buf *out);
void run_json_add_plan(struct json_writer *json, const struct plan *plan); /* one value */
