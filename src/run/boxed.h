/*
 * One box, seen from the asking side: from its spec to its end.
 *
 * boxed_open asks for the box; boxed_run waits until it is ready, lets the caller put files in,
 * starts it, and stays until it has ended and all of its output is in.
 */
#pragma once

#include "base/error.h"
#include "model/box.h"
#include "model/run_result.h"
#include "run/run.h"

struct boxed_job {
    int broker;
    uint32_t id;
    struct box_spec *spec; /* stdio is filled in here */
    const struct run_io *io;
    bool reads;      /* this box reads what io says; the others read nothing */
    bool stream;     /* this box's output goes on to ours */
    bool all_to_err; /* all of it to our stderr: a compiler */

    /* Puts files into the box; runs when it is ready, before it starts. NULL: there are none, and
     * the box need not wait for us. */
    bool (*fill)(int work, void *cookie, struct error *err);
    void *cookie;
};

struct boxed_outcome {
    struct box_end end;
    struct run_output out, err;
    struct isolation isolation;
    int work;         /* what /work was, for collecting; the caller closes it */
    int64_t ready_ns; /* when the box was ready and filled, of clock_now_ns */
};

/* Strings and refusals go into the result's arena. */
[[nodiscard]] bool boxed_run(const struct boxed_job *job, struct run_result *result,
                             struct boxed_outcome *ret_outcome, struct error *err);
