/*
 * Measured times, and what may be said about them: medians and 95th percentiles of the good
 * attempts. What has no good attempt is NaN.
 */
#pragma once

#include "bench/bench.h"

/* Each round gives every contestant one attempt at every workload, in an order drawn anew: were
 * it always the same, each would forever pay for what its neighbour leaves to the kernel to tidy.
 * Bad attempts are told on stderr and counted. Ends early, and well, when *stop is set. */
[[nodiscard]] bool series_measure(struct bench *bench, const volatile int *stop, struct error *err);
void series_done(struct bench *bench);

double series_median(const struct series *series);
double series_p95(const struct series *series); /* nearest rank */
