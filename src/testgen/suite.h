/*
 * A suite: what the engine leaves. Tests are text of the language under test, cut so that a
 * single case can be dropped later without a parser: a block is one test function, with its cases
 * on lines of their own where it has several.
 *
 * suite_write makes the JSON; whoever reads it back treats it as a stranger's.
 */
#pragma once

#include "base/buf.h"
#include "testgen/subject.h"

struct suite_case {
    struct str id;                 /* as pytest shows it; empty where the block has one case only */
    struct str line;               /* "    pytest.param(…, id=…)," */
    const uint32_t *goals, *kills; /* what this case proves */
    uint32_t goal_count, kill_count;
};

struct suite_block {
    struct str name;           /* test_clamp_keeps_value_inside */
    uint32_t target;           /* callable */
    const struct str *imports; /* "from wallet import clamp", "import pytest" */
    uint32_t import_count;
    const struct str *definitions; /* lines of classes that its tests stand on */
    uint32_t definition_count;
    const struct str *head, *tail; /* lines before and after those of the cases */
    uint32_t head_count, tail_count;
    const struct suite_case *cases; /* at least one */
    uint32_t case_count;
};

enum mutant_fate {
    MUTANT_KILLED,
    MUTANT_SURVIVED,
    MUTANT_UNREACHED,
    MUTANT_STATIC,
    MUTANT_UNJUDGED
};

struct suite_target {
    uint32_t callable;
    uint32_t tests;
    struct str why; /* where it has none */
};

struct suite_rejection {
    struct str stage, reason, text; /* text: the program, as it would have been written */
};

struct suite {
    const struct subject *subject;
    uint64_t seed, executions;
    bool cut; /* by the cap on time */
    const struct suite_block *blocks;
    uint32_t block_count;
    const bool *covered;           /* by goal */
    const enum mutant_fate *fates; /* by mutant */
    const struct suite_target *targets;
    uint32_t target_count;
    const struct suspicion *suspicions;
    uint32_t suspicion_count;
    const struct suite_rejection *rejections;
    uint32_t rejection_count;
};

void suite_write(struct buf *out, const struct suite *suite);
