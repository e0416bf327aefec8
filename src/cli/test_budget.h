/*
 * How many executions a module is worth: by its lines, and so that neither a huge module nor a
 * project of many takes without end. It depends on the sources and on what was asked for alone, so
 * the same suite comes of it on any machine.
 */
#pragma once

#include "cli/test_options.h"
#include "model/tested.h"

int64_t test_budget_of(const struct test_options *options, const struct tested_project *project,
                       const struct tested_module *module);

/* Is it less than what the module would get if it were alone? Then the effort's name does not say
 * how much it is. */
bool test_budget_is_shared(const struct test_options *options,
                           const struct tested_project *project);
