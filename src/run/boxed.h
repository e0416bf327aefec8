/*
 * One box, seen from the asking side: from its spec to its end. Many of them live on one loop.
 *
 * boxed_start asks for the box. When it is ready the caller puts files in, it starts, its input is
 * fed and its output kept, and when it has ended and all of its output is in, or when that has
 * failed, `done` is called once, from the loop; boxed_free is allowed there, and at any time: it
 * ends a box that still lives.
 */
#pragma once

#include "base/error.h"
#include "model/box.h"
#include "model/run_result.h"
#include "run/asker.h"
#include "run/run.h"

struct boxed_job {
    struct box_spec *spec; /* lent for the call; stdio is made here */
    const struct run_io *io;
    bool reads;      /* this box reads what io says; the others read nothing */
    bool stream;     /* this box's output goes on to ours */
    bool all_to_err; /* all of it to our stderr: a compiler */

    /* Puts files into the box; runs when it is ready, before it starts. NULL: there are none, and
     * the box need not wait for us. */
    bool (*fill)(int work, void *cookie, struct error *err);

    /* NULL: it starts when it is ready and filled; else this is called then, and it waits for
     * boxed_go. */
    void (*prepared)(void *cookie);
    void (*done)(void *cookie);
    void *cookie;
};

struct boxed_outcome {
    struct box_end end;
    struct run_output out, err;
    struct isolation isolation;
    int work;         /* what /work was, for collecting; the caller closes it */
    int64_t ready_ns; /* when the box was ready and filled, of clock_now_ns */
};

struct boxed;

/* Strings and refusals go into the result's arena. */
[[nodiscard]] struct boxed *boxed_start(struct asker *asker, const struct boxed_job *job,
                                        struct run_result *result, struct error *err);
[[nodiscard]] bool boxed_go(struct boxed *boxed, struct error *err);
void boxed_cancel(struct boxed *boxed);

/* After `done`, once: the outcome, or why there is none. */
[[nodiscard]] bool boxed_take(struct boxed *boxed, struct boxed_outcome *ret_outcome,
                              struct error *err);
void boxed_free(struct boxed *boxed);
