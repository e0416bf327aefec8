#include "source/tree.h"

#include <assert.h>
#include <string.h>

static void free_parser(TSParser **parser)
{
    ts_parser_delete(*parser);
}

bool source_tree_init(struct source_tree *tree, const struct source_language *language,
                      struct str bytes, uint32_t cap_ms, struct error *err)
{
    __attribute__((cleanup(free_parser))) TSParser *parser = ts_parser_new();
    *tree = (struct source_tree){.bytes = bytes};
    if (!ts_parser_set_language(parser, language->grammar()))
        return error_set(err, ERROR_INTERNAL, "the grammar of %s is not for this library",
                         language->name);
    ts_parser_set_timeout_micros(parser, (uint64_t)cap_ms * 1000);
    tree->tree = ts_parser_parse_string(parser, NULL, bytes.ptr, (uint32_t)bytes.len);
    if (tree->tree == NULL)
        return error_set(err, ERROR_LIMIT, "could not be parsed within %u ms", cap_ms);
    return true;
}

void source_tree_done(struct source_tree *tree)
{
    if (tree->tree != NULL)
        ts_tree_delete(tree->tree);
    tree->tree = NULL;
}

struct str source_node_text(const struct source_tree *tree, TSNode node)
{
    if (ts_node_is_null(node)) /* the library does not ask */
        return STR("");
    uint32_t start = ts_node_start_byte(node), end = ts_node_end_byte(node);
    return str_of(tree->bytes.ptr + start, end - start);
}

bool source_node_is(TSNode node, const char *type)
{
    return !ts_node_is_null(node) && strcmp(ts_node_type(node), type) == 0;
}

TSNode source_node_field(TSNode node, const char *name)
{
    if (ts_node_is_null(node))
        return node;
    return ts_node_child_by_field_name(node, name, (uint32_t)strlen(name));
}

/* ---- walking --------------------------------------------------------------------------------- */

void source_walk_init(struct source_walk *walk, TSNode root)
{
    *walk = (struct source_walk){.cursor = ts_tree_cursor_new(root)};
}

void source_walk_done(struct source_walk *walk)
{
    ts_tree_cursor_delete(&walk->cursor);
}

static bool step(struct source_walk *walk)
{
    if (!walk->begun)
        return walk->begun = true;
    if (!walk->leaves) { /* entered: go down, or leave the same */
        bool below = !walk->skips && ts_tree_cursor_goto_first_child(&walk->cursor);
        walk->depth += below;
        walk->leaves = !below;
        return true;
    }
    if (walk->depth == 0)
        return false;
    if (ts_tree_cursor_goto_next_sibling(&walk->cursor)) {
        walk->leaves = false;
        return true;
    }
    walk->depth--;
    return ts_tree_cursor_goto_parent(&walk->cursor);
}

bool source_walk_next(struct source_walk *walk, TSNode *ret_node)
{
    if (!step(walk))
        return false;
    walk->skips = false;
    *ret_node = ts_tree_cursor_current_node(&walk->cursor);
    return true;
}

void source_walk_skip(struct source_walk *walk)
{
    assert(walk->begun && !walk->leaves);
    walk->skips = true;
}
