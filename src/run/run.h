/*
 * Carrying out a plan: boxes are asked for at the broker, files go in, commands run, output is
 * kept, files come back, and a result says how it went. This side asks; it holds no privilege that
 * the caller has not, and it never executes or follows anything that a guest has made.
 */
#pragma once

#include "base/error.h"
#include "model/plan.h"
#include "model/run_result.h"

struct run_io {
    int stdin_fd;                      /* what the guest may read; -1: nothing */
    bool stream;                       /* its output goes on to our stdout and stderr as it comes */
    bool escape_stdout, escape_stderr; /* control characters come out readable */
    int cancel_fd;                     /* readable: end it; -1: nobody asks */
};

/* False is our own failure; a guest that fails is a result. */
[[nodiscard]] bool run_plan(int broker, const struct plan *plan, const struct run_io *io,
                            struct run_result *ret_result, struct error *err);
