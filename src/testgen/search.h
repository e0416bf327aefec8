/*
 * The search: draws programs, shows them to the guest and lets the archive keep what is new. What
 * it learns on the way (which types fit which parameter, which operands are compared) stays in
 * engine->search, so that whoever judges can ask for more.
 */
#pragma once

#include "testgen/engine.h"

[[nodiscard]] struct search *search_new(struct engine *engine);
void search_free(struct search *search);

/* Whatever a search comes by, new or not, as far as there is room. */
struct haul {
    struct arena arena; /* of the candidates */
    const struct candidate **list;
    uint32_t count, max;
};

/*
 * Spends up to `executions` on one callable: new behaviours go to the archive, and all that may
 * become a test to the haul. `lines`, if not NULL, are of surviving mutants: candidates that reach
 * them are varied first. Returns whether the guest is still good.
 */
[[nodiscard]] bool search_more(struct engine *engine, uint32_t callable, uint64_t executions,
                               const uint32_t *lines, size_t line_count, struct haul *haul,
                               struct error *err);

/*
 * What the first passes tried, once more for the haul: simple values and constants one by one, and
 * operands of the compares in these lines in each other's place. The archive keeps one of those
 * that look alike; to a mutant they are not.
 */
[[nodiscard]] bool search_again(struct engine *engine, uint32_t callable, const uint32_t *lines,
                                size_t line_count, struct haul *haul, struct error *err);
