/*
 * The text of the file that starts a program, for languages that must read it before they can plan:
 * an edition, a package, whether it is a module.
 */
#pragma once

#include "lang/lang.h"

/* The entry on the host; NULL where it comes along as text. */
const char *entry_path(const struct lang *lang, const struct run_request *request,
                       struct arena *arena);

[[nodiscard]] bool entry_read(const struct lang *lang, const struct run_request *request,
                              struct arena *arena, struct str *ret_text, struct error *err);

/* Any file of the host, up to a size that no source has. */
[[nodiscard]] bool entry_read_file(const char *path, struct arena *arena, struct str *ret_text,
                                   struct error *err);
