/* Calls whose refusal may leave a run as good as it was; for each, why. All others must be told. */
#pragma once

#include "tests/fault/fault.h"

bool is_tolerated(enum role role, const char *call);
