/*
 * testudo check --batch: texts in, what a look at each finds out, for one who asks often. A request
 * is a JSON object a line:
 *
 *   {"code": text, "name": text, "language": text, "id": text}
 *
 * All but the code may be left out; without a language the name's end or the #! line tells it. The
 * answer has "index", "id", "warm", and "files" and "summary" as `check --json`; under a policy
 * "policy": {"name", "refuses", "message"}.
 *
 * Each text is looked at in a box of its own, of which nothing is used twice. Readers that have
 * their grammars and rules already wait for them.
 */
#pragma once

#include "cli/batch_options.h"
#include "model/policy.h"
#include "model/words.h"

struct check_batch {
    struct batch_options batch;
    const struct policy *policy; /* or NULL */
    struct words select, ignore;
};

/* The exit status. */
int check_batch_run(const struct check_batch *check);
