/*
 * Bytes for a reader who may be slow, or never read: they are kept until he takes them, and nobody
 * waits. How much is kept is for the owner to look at (outlet_waiting) and to bound.
 *
 * The descriptor may be another's too, so it is not made non-blocking: a pipe that can be written
 * takes 4 KiB at once, and no more is offered at a time.
 */
#pragma once

#include "base/buf.h"
#include "base/error.h"
#include "sys/loop.h"

struct outlet;

struct outlet_events {
    void (*drained)(void *cookie);                         /* all has been taken */
    void (*closed)(void *cookie, const struct error *why); /* nobody will take any more */
};

/* Events come from the loop only. */
struct outlet *outlet_new(struct loop *loop, int fd, const struct outlet_events *events,
                          void *cookie);
void outlet_free(struct outlet *outlet); /* what still waits is lost */

/* Takes the bytes; the buf is empty afterwards. */
void outlet_take(struct outlet *outlet, struct buf *take);
size_t outlet_waiting(const struct outlet *outlet);
