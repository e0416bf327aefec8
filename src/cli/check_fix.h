/*
 * `testudo check --fix` and `--diff`: mends what can be mended mechanically (model/mend.h). What a
 * file would become is looked at again, in a box, before it is written: a mend that brings a new
 * finding or error, or takes none away, leaves the file as it was. A file is replaced at once and
 * as a whole, and only if it is still what was looked at; links and what lies outside of the
 * targets are left alone.
 */
#pragma once

#include "cli/check_options.h"
#include "model/checked.h"

/* Mended files stand in `checked` as they are now, unless only a diff was asked for. `rules` are
 * those that were looked for beside ours. */
[[nodiscard]] bool check_fix(struct checked *checked, const struct check_options *options,
                             struct str rules, struct arena *arena, struct error *err);
