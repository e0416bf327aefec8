/*
 * Which candidate kills which mutant. A candidate is first observed (what of it can be asserted,
 * does it stay the same?), then shown the mutants in callables that it enters; only a difference
 * that a test can assert is a kill.
 *
 * A mutant that several candidates have killed is not asked about again: later choices need a few
 * alternatives, not all.
 */
#pragma once

#include "testgen/engine.h"
#include "testgen/oracle.h"

struct exam {
    const struct candidate *candidate;
    struct observation observation;
    struct judgement judgement; /* its kills only */
    const char *why;            /* it is no test; NULL: it is one */
    bool chosen;
    bool simple;   /* as simple as could be found */
    bool replaced; /* by a simpler one */
};

enum {
    MATRIX_EXAMS_MAX = 60000,
    MATRIX_KILLERS = 3 /* of each mutant, to choose from */
};

struct matrix {
    struct engine *engine;
    struct exam *exams;
    uint32_t count, cap;
    uint32_t *killers; /* by mutant: how many exams */
    bool *reached;     /* by mutant */
    int32_t *entries;  /* by callable: the goal of entering it, or -1 */
    uint32_t at_once;  /* mutants to ask about in one go: few where many do not end */
};

void matrix_init(struct matrix *matrix, struct engine *engine);
void matrix_done(struct matrix *matrix);

/* Observes and judges them; about mutants that fewer than `enough` have killed. */
[[nodiscard]] bool matrix_examine(struct matrix *matrix, const struct candidate *const *candidates,
                                  uint32_t count, uint32_t enough, struct error *err);

/*
 * Shows candidates to the mutants that nobody has killed yet, at most so many executions of them;
 * those that kill one are copied, and examined. They may live in an arena of the caller's.
 */
[[nodiscard]] bool matrix_hunt(struct matrix *matrix, const struct candidate *const *candidates,
                               uint32_t count, uint64_t executions, struct error *err);

/* How much a run or a mutant of the candidate gets: what needs more is taken for endless. */
uint32_t matrix_fuel(const struct matrix *matrix, const struct candidate *candidate);

/* The lines of mutants that candidates of this callable may still kill: its own, and those in what
 * it calls that is no target itself. */
uint32_t matrix_survivors(const struct matrix *matrix, uint32_t callable, uint32_t *ret_lines,
                          uint32_t max);
