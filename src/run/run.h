/*
 * Carrying out a plan: boxes are asked for at the broker, files go in, commands run, output is
 * kept, files come back, and a result says how it went. This side asks; it holds no privilege that
 * the caller has not, and it never executes or follows anything that a guest has made.
 */
#pragma once

#include "base/error.h"
#include "base/str.h"
#include "model/plan.h"
#include "model/run_result.h"

struct asker;
struct carry;
struct console;
struct joint;
struct store;

typedef void run_hear(void *cookie, struct str bytes);

/* Only where a program has run. What lies in `work` is the guest's, and hostile. */
typedef bool run_keep(void *cookie, int work, const struct run_stage *stage, struct error *err);

struct run_io {
    struct console *console;           /* of a plan with a terminal: the caller's; else NULL */
    int stdin_fd;                      /* what the guest may read; -1: nothing */
    bool stream;                       /* its output goes on to our stdout and stderr as it comes */
    bool escape_stdout, escape_stderr; /* control characters come out readable */
    int cancel_fd;                     /* readable: end it; -1: nobody asks */
    const int *channels;               /* the guest's descriptors 3, 4 …; lent for the call */
    uint32_t channel_count;            /* of a plan without a compiler */
    run_hear *hear;                    /* told what it writes to its stdout, as it comes; or NULL */
    void *hear_cookie;
    int collect_seconds; /* bringing files back takes no longer; 0: as files.h says */
    void (*prepares)(const char *what); /* told of work that is done once and takes long; or NULL */
    struct store *store; /* of what compilers made before, or NULL; must outlive the run */
    run_keep *keep;      /* shown the work folder when all in the box is dead; or NULL */
    void *keep_cookie;

    /* Of runs that belong together (run/chain.h). All of it is lent, and outlives the run. */
    struct joint *reads, *writes; /* instead of stdin_fd, and of passing on its stdout; or NULL */
    const struct carry *carry;    /* what an earlier run has left; or NULL */
    bool keeps_work;              /* for run_take_work */
    bool is_held;                 /* it waits for run_go when its box is ready */
};

/* One plan, and nothing else meanwhile. False is our own failure; a guest that fails is a result.
 */
[[nodiscard]] bool run_plan(int broker, const struct plan *plan, const struct run_io *io,
                            struct run_result *ret_result, struct error *err);

/*
 * The same for many at once, on the asker's loop. `done` is called once, from the loop, and may
 * free the run. The plan and what it points to must live as long; cancel_fd is not watched here.
 *
 * Three things are done in one go and keep the loop's others waiting: putting files in, which the
 * box's disk bounds, bringing files back, which collect_seconds bounds, and going through sources
 * and programs for the store, whose headers say how many.
 */
struct run;

typedef void run_done(void *cookie, struct run *run);

[[nodiscard]] struct run *run_start(struct asker *asker, const struct plan *plan,
                                    const struct run_io *io, run_done *done, void *cookie,
                                    struct error *err);

/* Of a run that is held: `prepared` is called once, from the loop, if and when its box is ready.
 * The run's cookie comes along. */
void run_on_prepared(struct run *run, run_done *prepared);
[[nodiscard]] bool run_go(struct run *run, struct error *err);

/* In `done`: the work folder as the program left it, the caller's to close; -1: there was none. */
int run_take_work(struct run *run);

/* The box that works for it now is ended; `done` follows. */
void run_cancel(struct run *run);

/* In `done`, once: the result is the caller's. */
[[nodiscard]] bool run_take(struct run *run, struct run_result *ret_result, struct error *err);

/* Also ends what still runs; then `done` is not called any more. */
void run_free(struct run *run);
