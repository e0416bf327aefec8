/*
 * Tests that differ in their values only become one parametrised test; the others stay alone.
 * Groups have names (words) that are unique, and their cases ids.
 */
#pragma once

#include "testgen/emit_python.h"

enum { GROUP_CASES_MIN = 2 };

struct grouping {
    struct test_group *groups;
    uint32_t count;
};

/* The tests in the order in which they shall stand, those of one callable side by side. */
void group_tests(struct arena *arena, const struct subject *subject,
                 const struct trial *const *tests, uint32_t count, struct grouping *ret);
