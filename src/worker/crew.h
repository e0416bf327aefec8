/*
 * Children that share a list of steps, one a processor, each of which may die of a step: parsers of
 * others meet what they were not made for. Who takes which step is not planned: each takes the
 * next.
 *
 *     if (!crew_begin(&crew, children, slow_ms, err))
 *         return false;                      each child comes back here, the parent never does
 *     while (crew_next(&crew, count, &step, &turn)) …
 *
 * A step that has killed a child, or on which one has spent more than `slow_ms` of processor time,
 * comes once more, to be told of and not to be done. What a step has found is written whole by
 * crew_tell, so that lines of two children never mix. With 0 children all is done in this process.
 */
#pragma once

#include "base/error.h"
#include "base/str.h"
#include <stdint.h>

enum { CREW_MAX = 16, CREW_DEATHS_MAX = 100, CREW_NONE = UINT32_MAX };

struct crew_shared;

enum crew_turn { CREW_DO, CREW_BROKEN, CREW_SLOW };

struct crew {
    struct crew_shared *shared;
    uint32_t number; /* of this child */
    uint32_t slow_ms;
    uint32_t given_up; /* the step that its predecessor died of, or CREW_NONE */
    enum crew_turn how;
    int lock;
};

[[nodiscard]] bool crew_begin(struct crew *ret, uint32_t children, uint32_t slow_ms,
                              struct error *err);
bool crew_next(struct crew *crew, uint32_t count, uint32_t *ret_step, enum crew_turn *ret_turn);
[[nodiscard]] bool crew_tell(const struct crew *crew, struct str lines, struct error *err);
