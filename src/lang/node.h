/*
 * What JavaScript and TypeScript have in common: where node lies, and what a module looks like.
 */
#pragma once

#include "base/str.h"
#include <stdbool.h>

/* Fields of a row; see lang.h. */
extern const char *const node_programs[], *const node_homes[], *const node_version_words[];
#define NODE_VERSION_FILE "include/node/node_version.h"

/* Does a line begin with import or export, as only a module may? */
bool node_is_module(struct str code);
