/*
 * Does it really not end? A call that ran out of fuel may only have been long: total(46312) goes
 * round 46312 times. So what is called a hang is first made as simple as it can be and still not
 * end, then given many times the fuel; and what needs large numbers for it is long, not endless.
 */
#pragma once

#include "testgen/engine.h"

/* The simplest call of the callable that does not end, in the engine's arena; no statements: there
 * is none, as far as anyone knows. False: the guest is no good any more. */
[[nodiscard]] bool hang_find(struct engine *engine, uint32_t callable, struct program *ret,
                             struct error *err);

/* Is there nothing in it that a loop would take long to count to? */
bool hang_is_small(const struct program *program);
