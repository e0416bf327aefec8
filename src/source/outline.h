/*
 * The outline of one source: what it defines, imports and calls, and how intricate each definition
 * is (model/outline.h). docs/outline.md says how each measure is counted.
 *
 * It always gives an outline_file. What cannot be read says why; where a cap struck it is PARTIAL.
 */
#pragma once

#include "base/arena.h"
#include "base/str.h"
#include "model/outline.h"

/* What the caller's arena should hold for one source. */
enum { OUTLINE_ARENA_BYTES = 256 << 20 };

/* Everything lives in the arena or is borrowed from name and bytes. `language` may be
 * NULL: found out. `only_counts`: lines and language, not what is defined. */
struct source_language;

void source_outline(const char *name, struct str bytes, const struct source_language *language,
                    bool only_counts, uint32_t parse_ms, struct arena *arena,
                    struct outline_file *ret);
