/*
 * What `testudo test` found out about each module: the noun that the proof fills in and reports
 * are made of. Strings live as long as the whole; those that came out of a box are strangers'.
 */
#pragma once

#include "base/arena.h"
#include "model/box.h"
#include "model/test_suite.h"

/* A line that can be executed, by coverage.py where the project's interpreter has it. */
struct tested_line {
    uint32_t line, branches, branches_taken;
    bool executed;
};

/* A goal that the project's own tests reach: its line and kind, in the engine's words. */
struct own_goal {
    uint32_t line;
    struct str kind;
};

struct own_test {
    const char *name, *why;
};

/* The project's own tests, as they are before anything is written. */
struct own_tests {
    uint32_t files, passed, failed, skipped;
    struct own_test *failing; /* the first of them */
    uint32_t failing_count;
    const char *trouble; /* why they could not be run, or NULL */
    bool measured;       /* what they cover is known */
    uint32_t lines, lines_executed, branches, branches_taken;
};

struct tested_module {
    const char *name;   /* as it is imported: "shop.wallet" */
    const char *path;   /* below the project's folder */
    const char *import; /* the folder below the project's that imports begin from; "" is itself */
    const char *file;   /* of its suite: "test_shop_wallet.py" */
    uint32_t lines;
    const char *again;        /* the command that writes its suite again, or NULL */
    const struct words *only; /* names, where --since has narrowed it; or NULL */

    struct arena arena; /* of the suite */
    bool has_suite;
    struct test_suite suite;
    const char *trouble; /* why there is no suite, or less of one; NULL: all is well */
    uint32_t written;    /* cases that the engine wrote */
    uint32_t runs;       /* of pytest, that the suite has gone through */
    bool proven;         /* it has gone through all of them */
    const char *stopped; /* where time or the user ended its work: "during the search"; or NULL */
    bool cut;            /* it was time */

    const struct own_goal *own_goals;
    uint32_t own_goal_count;
    const struct tested_line *coverage;
    uint32_t coverage_count; /* 0: not measured */
    int64_t search_ns, proof_ns;
};

struct tested_project {
    const char *folder; /* its real path */
    const char *source; /* what boxes get to see as that: itself, or what --setup made of it */
    const char *title;  /* its last part */
    const char *python; /* the interpreter that was chosen, or NULL: the system's */
    struct tested_module *modules;
    uint32_t module_count;
    bool is_snippet;
    bool has_sign; /* something in its folder says that it is a project */
    struct own_tests own;
    const char *since; /* the commit that it is compared with, or NULL */
    int64_t seed;
    bool canceled, cut; /* by the user; by the cap on all of it */
    int64_t all_ns;
};

struct tested_sums {
    uint32_t modules, troubled, tests, cases, written, targets, targets_tested;
    uint32_t goals, covered, mutants, killed, suspicions;
    uint32_t never_written; /* programs of which the engine could make no test */
    uint32_t lines, lines_executed, branches, branches_taken; /* by coverage.py */
    uint32_t fates[CASE_FATE_COUNT];
};

struct tested_sums tested_sum(const struct tested_module *module);
bool tested_any_cut(const struct tested_project *project);
struct tested_sums tested_sum_all(const struct tested_project *project);
