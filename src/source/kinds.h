/*
 * Nodes of a grammar as small numbers: the grammar's own symbols are looked up by name once, so
 * that asking what a node is costs an index. A kind 0 is any that is not in the list.
 */
#pragma once

#include "source/tree.h"

enum { KIND_SYMBOLS_MAX = 1024 };

struct source_kinds {
    bool made;
    uint8_t of[KIND_SYMBOLS_MAX];
};

/* `names[k]` is called kind k; names[0] is not used. Done once; later calls cost nothing. */
void source_kinds_make(struct source_kinds *kinds, const struct source_language *language,
                       const char *const *names, uint8_t count);

static inline uint8_t source_kind_of(const struct source_kinds *kinds, TSNode node)
{
    TSSymbol symbol = ts_node_symbol(node);
    return symbol < KIND_SYMBOLS_MAX ? kinds->of[symbol] : 0;
}
