/*
 * Tests as Python: one function for a group of tests of the same shape, parametrised where it has
 * several. Arrange, act and assert stand apart; variables are named after classes and parameters.
 */
#pragma once

#include "testgen/oracle.h"
#include "testgen/suite.h"

struct test_group {
    const struct trial *const *tests; /* at least one */
    uint32_t count;
    struct str name;       /* of the function */
    const struct str *ids; /* of the cases; unique */
};

/* False if Python cannot say it: `ret_why` says what it was. */
[[nodiscard]] bool emit_python(struct arena *arena, const struct subject *subject,
                               const struct test_group *group, struct suite_block *ret,
                               const char **ret_why);

/* Imports and statements alone: what a reader pastes to see the same. Empty if Python cannot say
 * it. */
struct str emit_python_program(struct arena *arena, const struct subject *subject,
                               const struct program *program);
