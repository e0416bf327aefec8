/* Measured times, and what may be said about them. */
#pragma once

#include <stddef.h>
#include <stdint.h>

struct series {
    double *values; /* milliseconds, in the order in which they came */
    size_t count, room;
};

void series_add_ns(struct series *series, int64_t ns);
void series_done(struct series *series);

/* The value that `part` of all values do not exceed, by nearest rank. NaN if there are too few for
 * that to be more than the largest one: a median wants 1, a 95th percentile 20, a 99th 100. */
double series_at(const struct series *series, double part);
