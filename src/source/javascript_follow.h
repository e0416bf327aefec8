/*
 * Follows the names of a JavaScript or TypeScript source and tells what it calls, imports, reads
 * and writes (fact.h). Pairs of an object that is an argument are arguments with a keyword, too:
 * spawn(x, {shell: true}) has `shell`. `new X` is a call of "new X".
 *
 * `hear` is called for each fact in the order of the source. Returns false when the source was too
 * intricate to follow all of it: then some facts are missing, and the rest is right.
 */
#pragma once

#include "base/arena.h"
#include "source/fact.h"
#include "source/tree.h"

bool javascript_follow(const struct source_tree *tree, const struct source_language *language,
                       struct arena *arena, source_hear *hear, void *cookie);
