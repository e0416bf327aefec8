/* Packages for `testudo run`: settled before the plan is made, and told of on stderr. */
#pragma once

#include "cli/run_options.h"
#include "deps/deps.h"

[[nodiscard]] bool run_deps_settle(struct run_options *options, struct arena *arena,
                                   struct deps *ret_deps, struct error *err);
