/*
 * What can be said of any file without a grammar: its language by its name, its lines, whether it
 * is text at all, whether a tool made it, whether it holds tests.
 */
#pragma once

#include "model/outline.h"

/* Fills language (unless it is there), lines, code, comments (if `comments` is not yet known by a
 * grammar) and traits of file, whose name is there. */
void inventory_count(struct outline_file *file, struct str bytes);

/* By where it lies: "vendor", "third_party" and the like. */
bool inventory_is_vendored(struct str path);
