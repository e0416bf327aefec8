/*
 * Follows the variables of a shell script and tells which commands it starts (fact.h). A command is
 * a call of its name without the folder, its words are the arguments; of sudo, env, xargs, find and
 * the like what they start is told, too, and so are commands in texts that are known: eval, sh -c.
 * Besides there are calls of
 *
 *   ">", ">>", "<" …   a redirection; the file is argument 0
 *   "> itself"         a command's output goes to a file that it also reads
 *   "curl|sh"          of each two commands of a pipeline; the arguments are the second one's
 *   "itself &"         a function that starts itself more than once, or in the background
 *   "endless &"        an endless loop that starts something in the background and never waits
 *
 * `hear` is called for each fact. Returns false when the source was too intricate to follow all of
 * it: then some facts are missing, and the rest is right.
 */
#pragma once

#include "base/arena.h"
#include "source/fact.h"
#include "source/tree.h"

bool bash_follow(const struct source_tree *tree, struct arena *arena, source_hear *hear,
                 void *cookie);
