/*
 * What is believed about the types of parameters. Each parameter has arms: concrete types with the
 * weight that the guest's description gives them (unions and unknown parts are spelled out), and
 * the experience made with them. Drawing prefers what fitted; a type error counts against.
 */
#pragma once

#include "base/random.h"
#include "testgen/subject.h"

struct arm {
    const struct type *type;
    double weight; /* what was said before anything ran */
    double good, bad;
};

struct belief {
    struct arm *arms; /* the likeliest first, as described */
    uint32_t count;
};

struct beliefs {
    struct belief **callables; /* by callable, then by parameter */
    const struct subject *subject;
};

enum { BELIEF_ARMS_MAX = 40, BELIEF_NO_ARM = 0xff };

void beliefs_init(struct beliefs *beliefs, struct arena *arena, const struct subject *subject);

const struct belief *belief_of(const struct beliefs *beliefs, uint32_t callable,
                               uint32_t parameter);

/* Which arm to try next. */
uint32_t belief_draw(const struct belief *belief, struct random *random);

/* The arm with the n-th best standing; BELIEF_NO_ARM past the last that is worth a try. */
uint32_t belief_rank(const struct belief *belief, uint32_t n);

/* gain > 0: it fitted; < 0: it did not. */
void belief_tell(struct beliefs *beliefs, uint32_t callable, uint32_t parameter, uint32_t arm,
                 double gain);

bool type_equal(const struct type *a, const struct type *b);

/* One concrete type for `any` and the members of unions, drawn. */
const struct type *type_draw(const struct type *type, struct random *random, int depth);
