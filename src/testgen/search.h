/*
 * The search: draws programs, shows them to the guest and lets the archive keep what is new. What
 * it learns on the way (which types fit which parameter, which operands are compared) stays in
 * engine->search, so that whoever judges can ask for more.
 */
#pragma once

#include "testgen/engine.h"

[[nodiscard]] struct search *search_new(struct engine *engine);
void search_free(struct search *search);

/*
 * Spends up to `executions` on new behaviours of one callable and adds them to the archive.
 * `lines`, if not NULL, are of surviving mutants: candidates that reach them are varied first.
 * Returns whether the guest is still good; ret_fresh counts what the archive took.
 */
[[nodiscard]] bool search_more(struct engine *engine, uint32_t callable, uint64_t executions,
                               const uint32_t *lines, size_t line_count, uint32_t *ret_fresh,
                               struct error *err);
