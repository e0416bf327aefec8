/*
 * Follows the names of a Python source and tells what it calls, imports and reads (fact.h).
 *
 * `hear` is called for each fact in the order of the source. Returns false when the source was too
 * intricate to follow all of it: then some facts are missing, and the rest is right.
 */
#pragma once

#include "base/arena.h"
#include "source/fact.h"
#include "source/tree.h"

bool python_follow(const struct source_tree *tree, struct arena *arena, source_hear *hear,
                   void *cookie);
