/* What `testudo test` was told. Reading the words touches no file. */
#pragma once

#include "base/arena.h"
#include "base/error.h"
#include "cli/options.h"
#include "model/box.h"

enum { TEST_ARENA_BYTES = 256 << 20, TEST_TESTS_MAX = 200 };

enum test_effort { EFFORT_QUICK, EFFORT_NORMAL, EFFORT_THOROUGH, EFFORT_COUNTED };

struct test_options {
    struct words targets, only, skip, exclude;
    enum test_effort effort;
    int64_t executions;                                       /* EFFORT_COUNTED: of each module */
    int64_t seconds, seed;                                    /* seconds 0: no cap */
    const char *visibility, *python, *report, *setup, *since; /* NULL: not given */
    int64_t tests_max;
    int jobs; /* 0: one for each processor */
    bool fail_on_suspicions, list, dry_run, quiet, json, help;
};

extern const struct option_table test_option_table;

[[nodiscard]] bool test_options_read(int argc, char **argv, struct arena *arena,
                                     struct test_options *ret, struct error *err);

/* The command line that gives this module's suite again, bytes and all. `executions`: where the
 * effort's name does not say how many, else 0. A cap on time is no part of it: what that cuts off
 * cannot be had twice. */
const char *test_options_again(const struct test_options *options, const char *path,
                               int64_t executions, struct arena *arena);
