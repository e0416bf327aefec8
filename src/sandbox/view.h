/*
 * Building the two halves of a view of the host (image_host.c says what a view is). Every function
 * works below a folder of ours that it is given.
 */
#pragma once

#include "base/error.h"
#include <stdbool.h>
#include <stddef.h>

/* VIEW/etc */
[[nodiscard]] bool view_build_etc(int view, struct error *err);

/* VIEW/hide/TOP for each top-level folder of the host that is no link. */
[[nodiscard]] bool view_build_hiding(int view, const char *const *tops, size_t count,
                                     struct error *err);

/* Must this name of the host's not be seen in a box? Setuid, setgid and setcap files, all of PAM.
 */
struct tree_place;
bool view_hides(const struct tree_place *place);

/* Views that nobody has used for a day, and unfinished ones of makers that are gone. */
void view_remove_old(int cache);
void view_remove(int cache, const char *name);
