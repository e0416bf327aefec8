/*
 * Slots for the boxes to come. Until somebody asks for more, there is one spare that was begun
 * before anybody asked; once pool_want was called, founded slots are kept populated: of each kind
 * as many occupants wait as were wanted, and two more than are at work.
 *
 * Filling is done in small steps from the loop, so that a request that comes meanwhile waits for
 * one step at most; and what is not ready is not waited for: pool_take then makes a cold slot.
 */
#pragma once

#include "base/error.h"
#include "model/box.h"
#include "sandbox/slot.h"
#include "sys/loop.h"

enum { POOL_WANT_MAX = 500 };

struct pool;

[[nodiscard]] struct pool *pool_new(struct sandbox_host *host, struct loop *loop,
                                    struct error *err);
void pool_free(struct pool *pool);

/* From now on `count` occupants of this kind are to wait. 0 is good for a start of the pool. */
[[nodiscard]] bool pool_want(struct pool *pool, enum warm kind, int count, struct error *err);

/* How long a birth may take; half a minute unless said. One that takes longer is given up, its
 * mother is ended, and it is asked anew. */
void pool_limit_births(struct pool *pool, int64_t ms);

/* How many a mother bears before another one takes her place; all whom she bears have the same
 * layout of memory, and, of an interpreter, the same hashes. */
void pool_renew_mothers(struct pool *pool, unsigned births);

/* Of a kind; those with a hash seed of their caller's are not counted. */
struct pool_state {
    int wanted, waiting, coming, at_work;
};
struct pool_state pool_state(const struct pool *pool, enum warm kind);

/* The caller's until pool_put. What its occupant is, if it has one already, is in slot->occupant.
 */
[[nodiscard]] struct slot *pool_take(struct pool *pool, const struct box_spec *spec,
                                     struct error *err);

/* The box in it has been freed; if something still lives, it is ended. */
void pool_put(struct pool *pool, struct slot *slot);
