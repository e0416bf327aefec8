/*
 * Languages whose compiler makes one program of the processor's own: compiled in a box with the
 * sources as input, run in a second one that gets the program and the same inputs.
 */
#pragma once

#include "lang/lang.h"

#define NATIVE_ARTIFACT "a.out"

/* The compiled step is in the plan, but for its words; refused where the profile forbids to
 * execute files of the work folder. */
[[nodiscard]] bool native_begin(const struct run_request *request, struct arena *arena,
                                struct plan *plan, struct error *err);

/* Is the program all sources of a folder, because no entry is named? */
bool native_is_folder(const struct run_request *request);

/* The folder's sources of the language, as the box sees them below `folder`. */
[[nodiscard]] bool native_add_sources(const struct lang *lang, const struct run_request *request,
                                      const char *folder, struct words *argv, struct arena *arena,
                                      struct error *err);

/* `plan` of C and C++: COMPILER OPTIONS -o PROGRAM SOURCES. */
[[nodiscard]] bool native_plan(const struct lang *lang, const struct run_request *request,
                               const struct toolchain *toolchain, const char *source,
                               struct arena *arena, struct plan *plan, struct error *err);
