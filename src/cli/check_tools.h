/*
 * Other people's tools look at the sources that we have looked at, each in a box that sees them
 * read-only and has no network; and findings that were made elsewhere come as SARIF. Both are
 * merged with ours (model/foreign.h).
 *
 * A tool that was asked for by name and cannot be had, or fails, is an error. With "auto" those
 * that are there are used, and the rest is named on standard error with what brings it. Standard
 * input is shown to none.
 */
#pragma once

#include "cli/check_options.h"
#include "model/checked.h"

[[nodiscard]] bool check_tools_run(struct checked *checked, const struct check_options *options,
                                   struct arena *arena, struct error *err);
