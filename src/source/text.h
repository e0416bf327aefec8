/*
 * The bytes of one source and its places. Lines and columns count from 1, columns in characters, a
 * byte that is no UTF-8 as one; a line ends with "\n", "\r\n" or "\r", as interpreters count them.
 */
#pragma once

#include "base/arena.h"
#include "base/str.h"
#include <stdint.h>

enum { SOURCE_BYTES_MAX = 8 << 20 };

struct source_text {
    struct str bytes; /* lent; without a byte order mark */
    uint32_t *starts; /* where lines start */
    uint32_t line_count;
};

struct source_place {
    uint32_t line, column;
};

/* NULL if it is one that can be read, else why not: "holds NUL bytes: no source text". */
const char *source_text_refusal(struct str bytes);

/* With "\n" for each "\r" that ends a line alone, as most languages read it and grammars do not:
 * code would hide behind a comment. All stands where it stood; copied to the arena if need be. */
struct str source_text_with_line_ends(struct str bytes, struct arena *arena);

/* It must be no larger than SOURCE_BYTES_MAX. The index lives in the arena. */
void source_text_init(struct source_text *text, struct str bytes, struct arena *arena);

struct source_place source_text_place(const struct source_text *text, uint32_t offset);

/* Without its end; lines past the last are empty. */
struct str source_text_line(const struct source_text *text, uint32_t line);
