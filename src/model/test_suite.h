/*
 * A generated suite, as it was left by the engine and read back (proof/suite_read.h), and what
 * came of proving it: docs/guest-protocol.md says what each list holds. All text is a stranger's:
 * whoever shows it escapes it. Indexes have been checked.
 */
#pragma once

#include "base/str.h"
#include <stdbool.h>
#include <stdint.h>

/* What a case was dropped for: name, word in reports, what it means */
#define CASE_FATES(X)                                                                              \
    X(KEPT, "kept", "passes, and goes on passing")                                                 \
    X(FAILED, "fails", "does not pass in plain pytest")                                            \
    X(LOST, "lost", "gave no result")                                                              \
    X(EFFECT, "effects", "changes the world outside")                                              \
    X(FLAKY, "flaky", "does not pass under perturbation")                                          \
    X(EMPTY, "empty", "adds no branch and kills no mutant")                                        \
    X(KNOWN, "known", "adds nothing to the project's own tests")                                   \
    X(TWIN, "twin", "does what an earlier one does")

enum case_fate {

#define X(name, word, meaning) CASE_##name,
    CASE_FATES(X)
#undef X
        CASE_FATE_COUNT
};

extern const char *const case_fate_words[CASE_FATE_COUNT];

#define TEST_NOWHERE UINT32_MAX

struct test_case {
    struct str id, line; /* the id is empty where its block has one case only */
    const uint32_t *goals, *kills;
    uint32_t goal_count, kill_count;
    enum case_fate fate;
    struct str reason; /* where it is not kept */
    const char *under; /* the perturbation that it did not hold under, or NULL */
    int rank;          /* of that perturbation in its table */
    unsigned causes;   /* which of its changes it does not hold under alone, a bit each */
    uint32_t position; /* among its block's cases, in the text that was made last; or NOWHERE */
    bool seen;         /* in the run that is looked at */
    int64_t took_us;   /* in the last plain run */
    bool passes;       /* it has passed in a plain run that was told to its end */
};

struct test_block {
    struct str name;
    uint32_t target;
    const struct str *imports, *definitions, *head, *tail;
    uint32_t import_count, definition_count, head_count, tail_count;
    struct test_case *cases;
    uint32_t case_count;
};

struct test_callable {
    struct str name;
    uint32_t line, end;
    bool test;
};

struct test_goal {
    int32_t callable;
    uint32_t line;
    struct str kind, text;
    bool covered; /* by the cases that are kept */
    bool own;     /* by the project's own tests, as far as that is known */
};

struct test_mutant {
    int32_t callable;
    uint32_t line;
    struct str operator, before, after, fate;
    bool killed; /* by the cases that are kept */
};

struct test_target {
    uint32_t callable;
    struct str why;
};

struct test_suspicion {
    struct str kind, text, reproducer;
    int32_t callable;
};

struct test_rejection {
    struct str stage, reason, text;
};

struct test_suite {
    struct str module, path, digest, runtime, why;
    uint32_t lines;
    int64_t seed, executions;
    bool cut;
    struct test_block *blocks;
    struct test_callable *callables;
    struct test_goal *goals;
    struct test_mutant *mutants;
    struct test_target *targets;
    struct test_suspicion *suspicions;
    struct test_rejection *rejections;
    uint32_t block_count, callable_count, goal_count, mutant_count, target_count, suspicion_count,
        rejection_count;
};

uint32_t test_suite_cases(const struct test_suite *suite, enum case_fate fate);
bool test_suite_has_test(const struct test_suite *suite, uint32_t callable);
/* The first case of a callable that was dropped, or NULL. */
const struct test_case *test_suite_first_dropped(const struct test_suite *suite, uint32_t callable);
uint32_t test_block_kept(const struct test_block *block);

/* What the kept cases cover and kill. */
void test_suite_credit(struct test_suite *suite);
