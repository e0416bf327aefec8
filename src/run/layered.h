/*
 * What a compiler can look up (plan_layer), for one run: found in the store, or made now, in a box
 * of its own that has no source of anybody's in it, or waited for while another run makes it.
 *
 * layered_begin says whether that is decided already; else `decided` is called once from the loop.
 * Then layered->folder is it, or -1: the compiler works without.
 */
#pragma once

#include "model/plan.h"
#include "run/run.h"
#include "run/store_layer.h"
#include "sys/loop.h"

struct layered {
    int folder;
    const struct plan *plan;
    const struct run_io *io;
    struct asker *asker;
    struct store *store;
    struct store_key key;
    struct store_turn turn;
    struct store_making making;
    struct plan make;
    struct plan_folder folders[BOX_INPUTS_MAX];
    struct request_out out;
    char out_folder[40];
    struct run *run;
    struct loop_timer timer;
    int64_t asked_ns;
    bool canceled;
    void (*decided)(void *cookie);
    void *cookie;
};

/* Zeroed, then: */
void layered_init(struct layered *layered);

/* The plan, io and store must live as long; the plan has a layer. True: it is decided. */
bool layered_begin(struct layered *layered, struct asker *asker, const struct plan *plan,
                   const struct run_io *io, struct store *store, void (*decided)(void *cookie),
                   void *cookie);

/* `decided` comes soon. */
void layered_cancel(struct layered *layered);
void layered_done(struct layered *layered);
