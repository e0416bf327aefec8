/*
 * Which files of a folder are others than in a commit, or not in it: git says so, in a box that
 * sees the repository and nothing else, for a repository's own settings can name programs.
 */
#pragma once

#include "base/arena.h"
#include "base/error.h"
#include "model/box.h"

/* Adds their names below the folder. The folder must lie in a work tree of git's. */
[[nodiscard]] bool changed_find(const char *folder, const char *commit, struct arena *arena,
                                struct words *names, struct error *err);
