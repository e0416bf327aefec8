/*
 * A look at one source: its language, its syntax errors, what the rules find in it.
 *
 * It always gives a checked_file. What cannot be looked at says why, and is never called clean.
 */
#pragma once

#include "base/arena.h"
#include "base/str.h"
#include "model/checked.h"
#include "source/language.h"
#include "source/rules.h"

enum { SOURCE_ARENA_BYTES = 256 << 20 }; /* what the caller's arena should hold for one source */

struct source_look {
    const struct source_language *language; /* or NULL: found out */
    const struct source_rules *rules;       /* or NULL: syntax only */
    uint32_t parse_ms;
};

/* Everything lives in the arena or is borrowed from name and bytes. */
void source_look_at(const struct source_look *look, const char *name, struct str bytes,
                    struct arena *arena, struct checked_file *ret);
