/*
 * What looks wrong, and is therefore no test: calls that do not end, and what the guest, where the
 * objects live, holds against a candidate: a crash or a result against the annotations, equality,
 * hashes, round trips. Each with what reproduces it.
 */
#pragma once

#include "testgen/matrix.h"

/* Those that the guest found at import first. */
const struct suspicion *suspect_all(struct engine *engine, uint32_t *ret_count);

/* The examined candidates that are no tests, and why. */
const struct suite_rejection *suspect_rejections(const struct matrix *matrix, uint32_t *ret_count);
