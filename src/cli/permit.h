/*
 * May a request be run? What its policy and its user say, before there is a box for it.
 *
 * Looked at are the request's source (a file alone, a folder as a whole, code) and the files that
 * come with it; the siblings of a file are not. It is advice: the box is the boundary.
 */
#pragma once

#include "base/arena.h"
#include "base/error.h"
#include "model/policy.h"
#include "model/run_request.h"

/* "none" (then *ret is NULL), the name of one that comes with the program, or a file's path. */
[[nodiscard]] bool permit_find_policy(const char *word, struct arena *arena,
                                      const struct policy **ret, struct error *err);

struct permit {
    bool given;
    const char *why; /* it is not, in one line, after "the program " */
};

/* `asks`: what was found is shown on standard error, and whoever sits at the terminal decides;
 * without a terminal nobody says yes. Code must have been loaded. */
[[nodiscard]] bool permit_request(const struct run_request *request, const struct policy *policy,
                                  bool asks, struct arena *arena, struct permit *ret,
                                  struct error *err);
