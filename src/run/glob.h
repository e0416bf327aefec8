/*
 * Does a path match a pattern? "?" is one character and "*" any number of them, within a folder;
 * "**" crosses folders; a pattern without "/" or "**" matches at the top only. Names are a
 * stranger's: time is bounded by the product of both lengths.
 */
#pragma once

#include <stdbool.h>

bool glob_match(const char *pattern, const char *path);
bool glob_has_wildcards(const char *pattern);
