/*
 * Planned faults, for tests: with TESTUDO_FAULT_AT=N in the environment the Nth place that can
 * fail fails with EMFILE, and all others work. A release build has none of this.
 */
#pragma once

#include <stdbool.h>

#ifdef TESTUDO_FAULTS
bool fault_strikes(void);
#else
static inline bool fault_strikes(void)
{
    return false;
}
#endif
