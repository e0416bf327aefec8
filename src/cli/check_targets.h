/* What `testudo check` is to look at becomes files and folders of an inspection. */
#pragma once

#include "cli/check_options.h"
#include "cli/inspection.h"

[[nodiscard]] bool check_targets_take(struct inspection *inspection,
                                      const struct check_options *options, struct error *err);
