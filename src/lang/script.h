/*
 * `plan` of languages whose interpreter takes its options, then the file: PROGRAM OPTIONS FILE.
 * script_add_source adds the file, or what asks for the prompt.
 */
#pragma once

#include "lang/lang.h"

[[nodiscard]] bool script_plan(const struct lang *lang, const struct run_request *request,
                               const struct toolchain *toolchain, const char *source,
                               struct arena *arena, struct plan *plan, struct error *err);

void script_add_source(const struct lang *lang, const char *source, struct words *argv,
                       struct arena *arena);
