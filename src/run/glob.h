/*
 * Does a path match a pattern? "?" is one character and "*" any number of them, within a folder;
 * "**" crosses folders, and where it is a whole name of the pattern it and its slash stand for no
 * folder too; a pattern without "/" or "**" matches at the top only. Names are a stranger's: time
 * is bounded by the product of both lengths.
 */
#pragma once

#include <stdbool.h>

bool glob_match(const char *pattern, const char *path);
bool glob_has_wildcards(const char *pattern);
