/*
 * What a test's process and its runner share: one record a test, in memory that both map.
 *
 * A test has passed only if its function returned and the process then ended well; an early
 * exit(0) inside the code under test is no pass.
 */
#pragma once

#include <limits.h>

enum test_state {
    TEST_RUNNING,
    TEST_PASSED,
    TEST_FAILED,
    TEST_SKIPPED,
};

struct test_record {
    volatile enum test_state state;
    char reason[256];
    char folder[256];
};

extern struct test_record *test_record; /* of the test that this process runs */
