/*
 * Names for tests, in words: what was called, under which condition, with which outcome. An
 * emitter joins the words as its language does.
 */
#pragma once

#include "testgen/oracle.h"

/* "amount below 0" from a decision's text and its side; empty if that would not read well. */
struct str name_predicate(struct arena *arena, struct str text, bool side);

/* The parameter that an argument of the statement is for: by its name, or by its place. The object
 * of a method is called after its class. */
struct str name_parameter(const struct subject *subject, const struct statement *statement,
                          uint32_t argument);

/* An argument as a part of a test's name: "empty text", "shares minus 5", "3 cents". */
struct str name_argument(struct arena *arena, const struct subject *subject, struct str parameter,
                         const struct value *value);

/* The same as (a part of) a case's id, in which signs may stand: "shares -5", "12.50 EUR". Where it
 * stands alone, a text needs no word for what it is. */
struct str name_case(struct arena *arena, const struct subject *subject, struct str parameter,
                     const struct value *value, bool alone);

/* "raises value error", "is none", "is true"; empty where a test says it better. */
struct str name_outcome(struct arena *arena, const struct trial *test);

/* The decision that sets this test apart from the others of its callable. */
struct str name_condition(struct arena *arena, const struct subject *subject,
                          const struct candidate *candidate, const struct candidate *const *others,
                          uint32_t other_count);
