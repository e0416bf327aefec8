/*
 * The syntax tree of one text, and walking it.
 *
 * Any bytes give a tree; what the grammar cannot make sense of stands in it as errors. Parsing has
 * a cap of time: where it strikes there is no tree, and the error is a LIMIT. A stranger chooses
 * how deep a tree is, so nothing here, and nobody who walks one, recurses on the C stack.
 */
#pragma once

#include <tree_sitter/api.h>

#include "base/error.h"
#include "base/str.h"
#include "source/language.h"

enum { SOURCE_PARSE_MS = 5000 };

struct source_tree {
    struct TSTree *tree;
    struct str bytes; /* lent */
};

[[nodiscard]] bool source_tree_init(struct source_tree *tree,
                                    const struct source_language *language, struct str bytes,
                                    uint32_t cap_ms, struct error *err);
void source_tree_done(struct source_tree *tree);
#define auto_tree __attribute__((cleanup(source_tree_done)))

/* The node's own bytes; no node has none. */
struct str source_node_text(const struct source_tree *tree, TSNode node);

/* Is it of this type: "call", "("? */
bool source_node_is(TSNode node, const char *type);

/* The child in that field; check with ts_node_is_null. No node has no child. */
TSNode source_node_field(TSNode node, const char *name);

/* Each node is met twice: when the walk enters it and when it leaves it. */
struct source_walk {
    TSTreeCursor cursor;
    uint32_t depth;
    bool begun, leaves; /* the node that was met last is left, not entered */
    bool skips;
};

void source_walk_init(struct source_walk *walk, TSNode root);
void source_walk_done(struct source_walk *walk);
[[nodiscard]] bool source_walk_next(struct source_walk *walk, TSNode *ret_node);

/* What lies below the node that was just entered is passed over; it is left next. */
void source_walk_skip(struct source_walk *walk);
#define auto_walk __attribute__((cleanup(source_walk_done)))
