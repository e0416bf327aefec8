/*
 * Packages in a box: a folder that somebody has installed them into (request.layer), shown
 * read-only where the language's runtime looks for them.
 */
#pragma once

#include "lang/lang.h"

#define PACKAGES_TARGET BOX_IN "/.deps"
#define PACKAGES_JARS PACKAGES_TARGET "/*" /* as a class path writes it */

/* Found by looking upwards from each source. */
#define PACKAGES_NODE_TARGET BOX_IN "/node_modules"

const char *packages_target(const struct lang *lang);

/* After all other variables: what the caller set stays, and ours comes behind it. */
void packages_add_env(const struct lang *lang, struct arena *arena, struct words *env);

/* Sources that lie in /work look upwards, too. A file or folder of the caller's that has the name
 * is there instead. */
void packages_add_link(const struct lang *lang, struct arena *arena, struct plan *plan);
