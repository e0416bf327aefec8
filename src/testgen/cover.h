/*
 * Which examined candidates become tests: as few and as simple as reach all goals and kill all
 * mutants that any of them does, then some more where a second look is cheap.
 */
#pragma once

#include "testgen/matrix.h"

/* Sets `chosen` of each exam. */
void cover_choose(struct matrix *matrix);
