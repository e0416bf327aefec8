/*
 * Environment files as many tools read them: NAME=VALUE a line, "export " before it if you like,
 * "#" comments. A value is bare (ends at " #", blanks around it go), 'single quoted' (as it
 * stands) or "double quoted" (\n \r \t \\ \" \$ are escapes); quoted ones may span lines. Nothing
 * is substituted: "$HOME" is five letters.
 */
#pragma once

#include "base/arena.h"
#include "base/error.h"
#include "base/str.h"
#include "model/box.h"

enum { ENV_FILE_BYTES_MAX = 1 << 20 };

/* Adds the entries of `text`; an error names the file and the line. */
[[nodiscard]] bool env_file_read(struct str text, const char *name, struct arena *arena,
                                 struct words *words, struct error *err);

/* The same from a file of at most 1 MiB. */
[[nodiscard]] bool env_file_load(const char *path, struct arena *arena, struct words *words,
                                 struct error *err);
