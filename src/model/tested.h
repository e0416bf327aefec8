/*
 * What `testudo test` found out about each module: the noun that the proof fills in and reports
 * are made of. Strings live as long as the whole; those that came out of a box are strangers'.
 */
#pragma once

#include "base/arena.h"
#include "model/test_suite.h"

/* A line that can be executed, by coverage.py where the project's interpreter has it. */
struct tested_line {
    uint32_t line, branches, branches_taken;
    bool executed;
};

struct tested_module {
    const char *name;   /* as it is imported: "shop.wallet" */
    const char *path;   /* below the project's folder */
    const char *import; /* the folder below the project's that imports begin from; "" is itself */
    const char *file;   /* of its suite: "test_shop_wallet.py" */
    uint32_t lines;

    struct arena arena; /* of the suite */
    bool has_suite;
    struct test_suite suite;
    const char *trouble; /* why there is no suite, or less of one; NULL: all is well */
    uint32_t written;    /* cases that the engine wrote */
    uint32_t runs;       /* of pytest, that the suite has gone through */
    bool proven;         /* it has gone through all of them */

    const struct tested_line *coverage;
    uint32_t coverage_count; /* 0: not measured */
    int64_t search_ns, proof_ns;
};

struct tested_project {
    const char *folder; /* its real path */
    const char *title;  /* its last part */
    const char *python; /* the interpreter that was chosen, or NULL: the system's */
    struct tested_module *modules;
    uint32_t module_count;
    int64_t seed;
    bool canceled;
    int64_t all_ns;
};

struct tested_sums {
    uint32_t modules, troubled, tests, cases, written, targets, targets_tested;
    uint32_t goals, covered, mutants, killed, suspicions;
    uint32_t lines, lines_executed, branches, branches_taken; /* by coverage.py */
    uint32_t fates[CASE_FATE_COUNT];
};

struct tested_sums tested_sum(const struct tested_module *module);
bool tested_any_cut(const struct tested_project *project);
struct tested_sums tested_sum_all(const struct tested_project *project);
