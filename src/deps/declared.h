/*
 * Packages that a source declares itself: Python's inline metadata (PEP 723), Java's //DEPS lines.
 */
#pragma once

#include "base/arena.h"
#include "base/error.h"
#include "base/str.h"
#include "model/box.h"

/* Adds the entries of `dependencies` of the one block `# /// script`, if there is one. */
[[nodiscard]] bool declared_by_python(struct str source, struct arena *arena, struct words *specs,
                                      struct error *err);

/* Adds what stands in lines that begin with //DEPS, parted by blanks or commas. */
void declared_by_java(struct str source, struct arena *arena, struct words *specs);
