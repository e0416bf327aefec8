/*
 * Names for tests, in words: what was called, under which condition, with which outcome. An
 * emitter joins the words as its language does.
 */
#pragma once

#include "testgen/oracle.h"

/* "amount below 0" from a decision's text and its side; empty if that would not read well. */
struct str name_predicate(struct arena *arena, struct str text, bool side);

/* "empty text", "negative", "3 items" */
struct str name_value(struct arena *arena, const struct value *value);

/* "raises value error", "is none", "is true"; empty where a test says it better. */
struct str name_outcome(struct arena *arena, const struct trial *test);

/* The decision that sets this test apart from the others of its callable. */
struct str name_condition(struct arena *arena, const struct subject *subject,
                          const struct candidate *candidate, const struct candidate *const *others,
                          uint32_t other_count);
