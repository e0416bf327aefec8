/*
 * A project's settings for `testudo check`: the file testudo.yaml at or above the first target (or
 * the working folder), no further up than the folder that has a .git. The command line goes before.
 *
 *     check:
 *       fail-on: medium
 *       select: [python-*]           # these rules alone
 *       ignore: [python-process]     # beside those of the command line
 *       policy: ./policy.yaml        # or snippet, none
 *       baseline: known.txt
 *       tools: [bandit, shellcheck]  # or [auto]
 *
 * Paths are seen from the file's folder. Another user's file is not obeyed unless it is root's or
 * was named, for anybody can lay one into a folder where everybody may write: that is said.
 */
#pragma once

#include "cli/check_options.h"

enum { CHECK_SETTINGS_BYTES_MAX = 1 << 16 };

/* Puts into options what the command line has not said. */
[[nodiscard]] bool check_settings_apply(struct check_options *options, struct arena *arena,
                                        struct error *err);
