/*
 * What tests and their cases are called, in words: after what is called, under which condition,
 * with which outcome. Where that name is taken already more is said, one thing after the other:
 * what was done before, which options were given, which values; a number is the last resort. The id
 * of a case says what sets it apart from the others of its test, and nothing that they share.
 */
#pragma once

#include "testgen/oracle.h"

struct labels {
    struct arena *arena;
    const struct subject *subject;
    struct str *taken; /* names of tests */
    uint32_t count;
};

/* For so many tests at most. */
void labels_init(struct labels *labels, struct arena *arena, const struct subject *subject,
                 uint32_t max);

/* The name of a test of these cases, which all have one shape; unique among those given before. */
struct str labels_name(struct labels *labels, const struct trial *const *tests, uint32_t count);

/* An id for each of them, unique among them. */
const struct str *labels_ids(const struct labels *labels, const struct trial *const *tests,
                             uint32_t count);
