/*
 * How a chain's end is said. As JSON it is one object: the whole's verdict and message, which part
 * decided it ("decided_by"), and under "steps" or "pipes" a result for each part; one that was not
 * begun has "skipped", our own failure "error", and then the whole has that error instead of a
 * verdict.
 */
#pragma once

#include "cli/run_output.h"
#include "model/chain.h"

/* A line; the tag may be NULL. */
void chain_json_result(const struct chain_result *result, const struct chain_request *request,
                       const struct run_tag *tag, struct buf *out);

/* Lines for people, on stderr; nothing if all went well and verbose is false. */
void chain_say_result(const struct chain_result *result, const struct chain_request *request,
                      bool verbose, struct buf *out);

/* --dry-run */
void chain_say_plan(const struct chain_plan *plan, struct buf *out);
void chain_json_plan(const struct chain_plan *plan, struct buf *out);
