/* The second half of the engine: what was examined becomes a suite. */
#pragma once

#include "testgen/matrix.h"

/* Chooses, writes and names the tests; counts goals and mutants by those that were written. */
[[nodiscard]] bool assemble_suite(struct matrix *matrix, struct suite *ret, struct error *err);
