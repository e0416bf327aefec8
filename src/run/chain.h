/*
 * Carrying out a chain (model/chain.h) on an asker's loop: a run for each of its parts, joined by
 * what one leaves for the next (run/carry.h) or by what one writes for the next (run/joint.h).
 *
 * `done` is called once, from the loop, and may free the chain. Whatever happens, each part has its
 * end in the result: a result of its own, a failure of ours, or why it was not begun.
 */
#pragma once

#include "base/error.h"
#include "model/chain.h"
#include "run/asker.h"
#include "run/run.h"

struct chain;

typedef void chain_done(void *cookie, struct chain *chain);

struct chain_io {
    const int *stdin_fds;              /* what each part may read, -1: nothing; NULL: none does */
    bool stream;                       /* as run_io; of what is joined by pipes only the end is */
    bool escape_stdout, escape_stderr; /* as run_io */
    int cancel_fd;                     /* readable: end it; -1: nobody asks; not watched here */
    int collect_seconds;               /* as run_io; what is carried over takes no longer either */
    struct store *store;               /* as run_io */
};

/* The plan and the descriptors must live as long. What goes wrong with a part, the first included,
 * is in the result. */
struct chain *chain_start(struct asker *asker, const struct chain_plan *plan,
                          const struct chain_io *io, chain_done *done, void *cookie);
void chain_cancel(struct chain *chain);

/* In `done`, once: the result is the caller's. */
void chain_take(struct chain *chain, struct chain_result *ret_result);

/* Also ends what still runs; then `done` is not called any more. */
void chain_free(struct chain *chain);

/* One chain, and nothing else meanwhile. False: it could not even begin. */
[[nodiscard]] bool chain_run(int broker, const struct chain_plan *plan, const struct chain_io *io,
                             struct chain_result *ret_result, struct error *err);
