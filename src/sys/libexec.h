/*
 * Where the programs lie that work in boxes, and what they read: beside this program, or in
 * ../libexec/testudo of where it is installed.
 */
#pragma once

#include "base/arena.h"
#include "base/error.h"

/* In the arena. */
[[nodiscard]] const char *libexec_find(struct arena *arena, struct error *err);
