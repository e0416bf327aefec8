/*
 * What one run has of the store: before its compiler is started, whether that is needed at all.
 *
 * kept_begin answers KEPT_FOUND when the store has what would be made, KEPT_MAKE when it is to be
 * made now, or KEPT_WAITS while another run, of this process or another, makes the same: then
 * `decided` is called once from the loop, and kept_answer says which. Who waits takes over when
 * the other dies, goes on by himself when the other's compiler fails, and does not wait longer than
 * a compiler may take.
 *
 * All that goes wrong with the store leaves a run as it would be without one.
 */
#pragma once

#include "model/plan.h"
#include "model/run_result.h"
#include "run/store.h"
#include "sys/loop.h"

enum kept_answer { KEPT_MAKE, KEPT_FOUND, KEPT_WAITS };

struct kept {
    struct store *store; /* NULL: none is used */
    const struct plan *plan;
    struct store_key key;
    struct store_turn turn;
    enum kept_answer answer;
    const struct stored *stored; /* when found */
    struct error why_not;        /* why nothing is kept; ERROR_NONE otherwise */
    struct loop *loop;
    struct loop_timer timer;
    int64_t asked_ns;
    void (*decided)(void *cookie);
    void *cookie;
};

/* The store may be NULL. */
enum kept_answer kept_begin(struct kept *kept, struct store *store, const struct plan *plan,
                            struct loop *loop, void (*decided)(void *cookie), void *cookie);

/* How long it was waited for another. */
int64_t kept_waited_ns(const struct kept *kept);

/* What the compiler made, where it is good to keep: for those who wait, too. */
void kept_put(struct kept *kept, int program, const struct run_stage *compile);

/* Whoever waits waits no longer: `decided` comes from the loop. */
void kept_hurry(struct kept *kept);

/* The turn is over, what was found is let go. Also twice, and of one that was never begun. */
void kept_done(struct kept *kept);
