/*
 * How far a compare is from coming out the other way: 0 when it does, below 1 always; what cannot
 * be measured is 1. Smaller is nearer, within one compare.
 */
#pragma once

#include "testgen/subject.h"

double distance_to(enum compare_operator operator, const struct value * a, const struct value *b,
                   bool wanted);

/* Between two values of like kind: numbers by difference, texts by aligned characters and length,
 * containers by their items. */
double distance_between(const struct value *a, const struct value *b);
