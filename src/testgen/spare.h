/*
 * Tests that say what another one says already: those that prove the very same goals and mutants as
 * an earlier test of their callable, and those that only come there on a longer way, do the same
 * there and see the same, while all that they prove is proven by others too.
 */
#pragma once

#include "testgen/oracle.h"

/* Why test `index` could be spared among those of which `kept` is true, or NULL. */
const char *spare_why(const struct subject *subject, const struct trial *tests, const bool *kept,
                      uint32_t count, uint32_t index);
