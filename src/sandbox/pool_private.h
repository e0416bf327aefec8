/*
 * What the files of the pool share: pool.c (what is asked of it), pool_berth.c (a slot of it, and
 * what becomes of it), pool_fill.c (the steps towards what is wanted).
 */
#pragma once

#include "sandbox/brood.h"
#include "sandbox/image.h"
#include "sandbox/pool.h"

/* So many more wait than are at work. */
enum { POOL_AHEAD = 2 };

enum berth_state { BERTH_FOUNDING, BERTH_EMPTY, BERTH_COMING, BERTH_WAITING, BERTH_OUT };

/* One founded slot and what it is at. */
struct berth {
    struct pool *pool;
    struct berth *next;
    struct slot *slot;
    enum berth_state state;
    struct brood *brood; /* of the occupant, from COMING on; NULL: one that is no more */
    bool said_waiting;
    struct loop_timer patience; /* while it is FOUNDING or COMING */
    pid_t mother;               /* who was ordered to bear the occupant */
};

struct pool {
    struct sandbox_host *host;
    struct loop *loop;
    struct slot *spare;
    struct image image; /* of all founded slots */
    bool active;
    struct broods broods;
    struct berth *berths;
    int berth_count, berths_max;
    int parked_max;  /* of each kind */
    int warming_max; /* of all parked kinds together */
    struct loop_timer work;
    int64_t birth_ms;
    unsigned births_max;
};

extern const char pool_image[];

static inline struct brood *pool_brood(struct pool *pool, enum warm kind)
{
    return &pool->broods.list[kind];
}

/* The launcher bears those, too, who then execute a runtime. */
static inline struct mother *pool_mother(struct pool *pool, struct brood *brood)
{
    return warm_is_parked(brood->kind) ? &pool_brood(pool, WARM_COMMAND)->mother : &brood->mother;
}

/* Some berth in this state; from COMING on, one of this brood. */
struct berth *berth_find(struct pool *pool, enum berth_state state, const struct brood *brood);
struct berth *berth_of(struct pool *pool, const struct slot *slot);

/* Its founder is at work: the slot is the berth's from now on, whether this succeeds or not. */
[[nodiscard]] bool berth_found(struct pool *pool, struct slot *slot, struct brood *brood,
                               struct error *err);

/* An EMPTY one is COMING from now on. The brood's mother lives. */
[[nodiscard]] bool berth_populate(struct berth *berth, struct brood *brood, struct error *err);

/* Nothing more is heard of it: it is OUT, or about to be emptied. */
void berth_ignore(struct berth *berth);

/* Whoever is in it is ended. A slot that cannot be cleaned is given up, and its berth with it. */
void berth_empty(struct berth *berth);
void berth_remove(struct berth *berth);

/* In its time, from the loop, step by step. */
void pool_fill(struct pool *pool);

/* A little later: a box that is just starting has the processors, and others wait already. */
void pool_fill_soon(struct pool *pool);
