/*
 * Python expressions as small trees, and how they are laid out: on one line where they fit, else
 * with the last bracket opened, as ruff and black do. Literals are written with double quotes.
 */
#pragma once

#include "base/arena.h"
#include "base/buf.h"
#include "base/str.h"

enum { PYTHON_WIDTH = 88, PYTHON_INDENT = 4 };

/* `head`, then, if `open` is not empty, the items between brackets, then `tail`. */
struct python_node {
    struct str head, open, close, tail;
    const struct python_node *const *items;
    size_t count;
    bool lone_comma;                  /* a tuple of one item keeps its comma */
    bool adjacent;                    /* no commas: pieces of one text, each on a line of its own */
    const struct python_node *opened; /* what stands in its place where it does not fit, or NULL */
};

const struct python_node *python_atom(struct arena *arena, struct str text);
const struct python_node *python_group(struct arena *arena, struct str head, const char *open,
                                       const struct python_node *const *items, size_t count,
                                       const char *close);

/* "prefix" before the whole, "suffix" behind it. */
const struct python_node *python_around(struct arena *arena, struct str prefix,
                                        const struct python_node *node, struct str suffix);

size_t python_width(const struct python_node *node); /* on one line, in characters */

/* `indent`: of the line; `used`: what stands on it before, indent included; `after`: what follows
 * behind. */
void python_write(struct buf *out, const struct python_node *node, size_t indent, size_t used,
                  size_t after);
struct str python_flat(struct arena *arena, const struct python_node *node);

/* A text (or bytes, or a raw text, by `quote`) that may be cut into pieces, or said as one letter
 * so many times. */
const struct python_node *python_text(struct arena *arena, struct str text,
                                      void (*quote)(struct buf *out, struct str text));

/* Literals. */
void python_quote(struct buf *out, struct str text);
void python_quote_bytes(struct buf *out, struct str bytes);
void python_quote_raw(struct buf *out, struct str text); /* r"…" where that spares backslashes */
void python_float(struct buf *out, double number);       /* not for nan and the infinities */
size_t python_float_digits(double number);               /* significant ones of the shortest form */

/* Words. */
bool python_is_reserved(struct str name); /* keywords and the builtins that one should not hide */
void python_snake(struct buf *out, struct str name);       /* HTTPServer → http_server */
void python_identifier(struct buf *out, struct str words); /* "clamp, if X" → clamp_if_x */
