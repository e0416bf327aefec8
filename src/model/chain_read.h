/*
 * A request from JSON that may be a chain: a run request (model/request_fields.def), or
 *
 *   {"id": TEXT, "steps": [REQUEST, ...]}                 a step may say "may_fail": true
 *   {"id": TEXT, "pipes": [REQUEST, ...], "ring": true}   ring may be left out
 *
 * Strict as request_read is, and an error also names the part: "steps[2]: files[0]: ...".
 */
#pragma once

#include "model/chain.h"
#include "model/request_read.h"

/* Everything lives in the arena; nothing is borrowed from the text. */
[[nodiscard]] bool chain_read(struct str text, struct arena *arena,
                              struct chain_request *ret_request, struct error *err);

/* What parts of a chain exclude, whoever wrote the request: what would be read twice, or never. */
[[nodiscard]] bool chain_check(const struct chain_request *request, struct error *err);
