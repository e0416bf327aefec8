/*
 * Does a program pass what its callables say that they take? Only annotated parameters say so. A
 * test that passes a list for a float proves little, and nobody would sign it.
 */
#pragma once

#include "testgen/subject.h"

/* Specials are believed to be what they were made for. */
bool fit_value(const struct type *type, const struct value *value);

/* How many arguments of annotated parameters are of none of their types. */
uint32_t fit_misfits(const struct subject *subject, const struct program *program);
