/*
 * A box is one confined process tree. It is used once, then thrown away.
 *
 * box_new gives a box that is being prepared, or an error, never half of one. What becomes of it is
 * told by its events, from the loop: ready once, then, after box_start, ended once; or failed once
 * instead, at any time. After ended or failed nothing of it lives, and box_free is due.
 *
 * No process outlives its box: after box_free the slot is freed, or vacated for the next one.
 */
#pragma once

#include "base/error.h"
#include "model/box.h"
#include "sandbox/slot.h"
#include "sys/loop.h"

struct box;

struct box_events {
    /* `work` is the folder that is /work inside, lent. */
    void (*ready)(void *cookie, const struct isolation *isolation, int work);
    void (*terminal)(void *cookie, int far_end); /* after ready, once, if asked for; lent */
    void (*refused)(void *cookie, const struct box_refusal *refusal); /* in explain mode */
    void (*ended)(void *cookie, const struct box_end *end);
    void (*failed)(void *cookie, const struct error *why);
};

/* The slot is lent until box_free; the spec and its fds for the call. */
[[nodiscard]] struct box *box_new(struct slot *slot, struct loop *loop, const struct box_spec *spec,
                                  const struct box_events *events, void *cookie, struct error *err);

/* May be asked for before the box is ready: then it starts by itself as soon as it is. */
[[nodiscard]] bool box_start(struct box *box, struct error *err);

/* Ends it; ended follows. The first cause counts. */
void box_kill(struct box *box, enum box_cause cause);

/* What still runs inside ends with the slot: slot_free or slot_vacate is due. */
void box_free(struct box *box);
