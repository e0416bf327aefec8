/*
 * Values worth trying: boundaries of each kind, the constants of the module (those of the callable
 * at hand first), and what was seen to be compared while it ran.
 */
#pragma once

#include "base/random.h"
#include "testgen/subject.h"

enum pool_kind { POOL_INT, POOL_FLOAT, POOL_TEXT, POOL_BYTES, POOL_OTHER, POOL_KINDS };

struct pool_list {
    const struct value **values;
    uint32_t count, room, constants; /* the first `constants` are of the source */
};

struct pool {
    struct arena *arena;
    const struct subject *subject;
    struct pool_list (*lists)[POOL_KINDS]; /* by callable; the last for the whole module */
};

void pool_init(struct pool *pool, struct arena *arena, const struct subject *subject);

enum pool_kind pool_kind_of(const struct value *value);

/* Copied, unless it is known; only so many are remembered of each callable. */
void pool_learn(struct pool *pool, uint32_t callable, const struct value *value);

/* Of the callable's own rather than of the module; NULL if there are none of this kind. */
const struct value *pool_pick(const struct pool *pool, struct random *random, uint32_t callable,
                              enum pool_kind kind);

/* The constants of the callable, then those of the module: NULL past the last. */
const struct value *pool_nth(const struct pool *pool, uint32_t callable, enum pool_kind kind,
                             uint32_t n);

/* Boundaries from the simplest on; NULL past the last. Only INT, FLOAT, TEXT, BYTES have some. */
const struct value *pool_boundary(struct arena *arena, enum pool_kind kind, uint32_t n);
uint32_t pool_boundary_count(enum pool_kind kind);
