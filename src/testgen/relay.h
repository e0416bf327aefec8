/*
 * What one callable gives others may take: what encode made is what decode wants. Results that were
 * observed are passed to the other callables of the module, as arguments that no search would come
 * by.
 */
#pragma once

#include "testgen/matrix.h"

/* Shows what comes of it to mutants that survive; new goals are the archive's. False: the guest is
 * lost. */
[[nodiscard]] bool relay_results(struct matrix *matrix, uint64_t executions, struct error *err);
