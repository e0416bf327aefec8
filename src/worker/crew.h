/*
 * Children that share a list of steps, one a processor, each of which may die of a step: parsers of
 * others meet what they were not made for. Who takes which step is not planned: each takes the
 * next.
 *
 *     if (!crew_begin(&crew, children, err))     returns in each child; the parent never comes back
 *         return false;
 *     while (crew_next(&crew, count, &step, &broken)) …
 *
 * `broken` says that the step has killed a child: it is told of, not done again. What a step has
 * found is written whole by crew_tell, so that lines of two children never mix.
 */
#pragma once

#include "base/error.h"
#include "base/str.h"
#include <stdint.h>

enum { CREW_MAX = 16, CREW_DEATHS_MAX = 100, CREW_NONE = UINT32_MAX };

struct crew_shared;

struct crew {
    struct crew_shared *shared;
    uint32_t number; /* of this child */
    uint32_t broken; /* the step that killed its predecessor, or CREW_NONE */
    int lock;
};

[[nodiscard]] bool crew_begin(struct crew *ret, uint32_t children, struct error *err);
bool crew_next(struct crew *crew, uint32_t count, uint32_t *ret_step, bool *ret_broken);
[[nodiscard]] bool crew_tell(const struct crew *crew, struct str lines, struct error *err);
