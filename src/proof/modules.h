/*
 * Which modules there are below what the user named: a file, or a folder, in which tests, virtual
 * environments, what is built, hidden, vendored or ignored by git is passed over.
 *
 * The project's folder is the nearest one above that has a pyproject.toml, setup.cfg, setup.py or
 * .git, and goes into boxes as a whole; imports begin where the packages do.
 */
#pragma once

#include "base/error.h"
#include "model/box.h"
#include "model/tested.h"

enum { MODULES_MAX = 2000 };

struct modules_wish {
    struct words targets, exclude;
};

/* All targets must be of one project. Modules come sorted by path, each once. */
[[nodiscard]] bool modules_find(const struct modules_wish *wish, struct arena *arena,
                                struct tested_project *ret, struct error *err);
