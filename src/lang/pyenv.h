/*
 * Python versions that pyenv keeps: PYENV_ROOT/versions/3.12.1/bin/python3, by default below
 * ~/.pyenv. Its shims are scripts that choose one of them; which one, is read here from the same
 * files, without running anything.
 */
#pragma once

#include "lang/lang.h"

/* The root's path, or NULL without one. */
const char *pyenv_root(struct arena *arena);

/* All installed versions, in ascending order, NULL ends them. */
const char *const *pyenv_versions(struct arena *arena, const char *root);

/* The newest that "3.12" means, or NULL. */
const char *pyenv_find_version(struct arena *arena, const char *root, const char *wanted);

/* What the user made the usual one with `pyenv global`, or NULL. */
const char *pyenv_global_version(struct arena *arena, const char *root);

const char *pyenv_program(struct arena *arena, const char *root, const char *version);
