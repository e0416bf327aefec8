/*
 * Going through a tree of any language: which definition a node lies in, and what it adds to that
 * one's measures. `trail` has the roles of the nodes above, because asking a node for its parent
 * costs a walk from the root.
 */
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "source/outline_private.h"

/* What a role adds. nests: what lies inside is one level deeper. */
static const struct {
    uint8_t cyclomatic, cognitive;
    bool deepens; /* the level at which it stands is added to the cognitive one */
    bool nests;
} measures[] = {
    [ROLE_IF] = {1, 1, true, true},
    [ROLE_ELIF] = {1, 1, false, false},
    [ROLE_ELSE] = {0, 1, false, false},
    [ROLE_LOOP] = {1, 1, true, true},
    [ROLE_CATCH] = {1, 1, true, true},
    [ROLE_SWITCH] = {0, 1, true, true},
    [ROLE_CASE] = {1, 0, false, false},
    [ROLE_TERNARY] = {1, 1, true, true},
    [ROLE_FILTER] = {1, 1, false, false},
    [ROLE_REPEAT] = {1, 0, false, false},
    [ROLE_JUMP] = {0, 1, false, false},
    [ROLE_AND] = {1, 1, false, false},
    [ROLE_OR] = {1, 1, false, false},
    [ROLE_LAMBDA] = {0, 0, false, true},
    [ROLE_YIELD] = {},
};

static struct outline_frame *frame(struct outliner *o)
{
    return &o->frames[o->frame_count - 1];
}

static enum outline_role above(const struct outliner *o)
{
    return o->walk.depth > 0 ? o->trail[o->walk.depth - 1] : ROLE_NONE;
}

/* ---- roles that the neighbourhood decides ---------------------------------------------------- */

/* "&&", "||", "??", "and", "or" */
static enum outline_role role_of_operator(TSNode node)
{
    TSNode sign = source_node_field(node, "operator");
    const char *type = ts_node_is_null(sign) ? "" : ts_node_type(sign);
    if (strcmp(type, "&&") == 0 || strcmp(type, "and") == 0)
        return ROLE_AND;
    return strcmp(type, "||") == 0 || strcmp(type, "or") == 0 || strcmp(type, "??") == 0
               ? ROLE_OR
               : ROLE_NONE;
}

static enum outline_role role_in_table(const struct outliner *o, const struct source_kinds *kinds,
                                       TSNode node)
{
    return o->grammar->nodes[source_kind_of(kinds, node)].role;
}

static bool is_alternative(const struct outliner *o)
{
    const char *name = ts_tree_cursor_current_field_name(&o->walk.cursor);
    return name != NULL && strcmp(name, "alternative") == 0;
}

/* "else if" is a branch more of the if above it, whether a node of its own stands between or not.
 */
static enum outline_role role_of(const struct outliner *o, const struct source_kinds *kinds,
                                 TSNode node)
{
    enum outline_role role = role_in_table(o, kinds, node), upper = above(o);
    if (role == ROLE_BINARY)
        return role_of_operator(node);
    if (role == ROLE_LAMBDA && upper == ROLE_FUNCTION &&
        o->frames[o->frame_count - 1].depth + 1 == o->walk.depth)
        return ROLE_NONE; /* it has a name, and is that definition itself */
    if (role == ROLE_IF && upper == ROLE_ELSE_IF)
        return ROLE_ELIF;
    if (role == ROLE_IF && (upper == ROLE_IF || upper == ROLE_ELIF) && is_alternative(o))
        return ROLE_ELIF;
    if (role != ROLE_ELSE)
        return role;
    TSNode inner = ts_node_named_child(node, 0);
    bool goes_on = !ts_node_is_null(inner) && role_in_table(o, kinds, inner) == ROLE_IF &&
                   ts_node_child_count(node) == 2;
    return goes_on ? ROLE_ELSE_IF : ROLE_ELSE;
}

/* An else without a node of its own. */
static bool has_bare_else(const struct outliner *o, const struct source_kinds *kinds, TSNode node)
{
    TSNode other = source_node_field(node, "alternative");
    if (ts_node_is_null(other))
        return false;
    enum outline_role role = role_in_table(o, kinds, other);
    return role != ROLE_ELSE && role != ROLE_ELIF && role != ROLE_IF;
}

/* ---- measures -------------------------------------------------------------------------------- */

static void measure(struct outliner *o, enum outline_role role)
{
    struct outline_frame *f = frame(o);
    struct outline_entry *entry = &o->file->entries[f->entry];
    bool goes_on = (role == ROLE_AND || role == ROLE_OR) && above(o) == role;
    entry->cyclomatic += measures[role].cyclomatic;
    entry->cognitive += goes_on ? 0 : measures[role].cognitive;
    if (measures[role].deepens)
        entry->cognitive += f->nesting;
    f->nesting += measures[role].nests;
    if (f->nesting > entry->nesting)
        entry->nesting = f->nesting;
    if (role == ROLE_YIELD)
        entry->traits |= OUTLINE_IS_GENERATOR;
}

/* Lines on which nothing stands but a comment; a line with two of them counts once. */
static void count_comment(struct outliner *o, TSNode node)
{
    uint32_t first = ts_node_start_point(node).row + 1, last = ts_node_end_point(node).row + 1;
    uint32_t start = ts_node_start_byte(node);
    const char *bytes = o->tree->bytes.ptr;
    o->comment_start = start;
    o->comment_end = ts_node_end_byte(node);
    while (start > 0 && (bytes[start - 1] == ' ' || bytes[start - 1] == '\t'))
        start--;
    bool alone = start == 0 || bytes[start - 1] == '\n' || bytes[start - 1] == '\r';
    first = alone ? first : first + 1;
    if (first <= o->comment_line)
        first = o->comment_line + 1;
    if (last < first)
        return;
    o->file->comments += last - first + 1;
    o->comment_line = last;
}

/* ---- definitions ----------------------------------------------------------------------------- */

/* The entry stands in the list while the language fills it, so that words can be added to it. */
static void open_entry(struct outliner *o, TSNode node)
{
    uint32_t number = o->file->entry_count, words = o->file->word_count;
    struct outline_entry made = {
        .cyclomatic = 1,
        .line = ts_node_start_point(node).row + 1,
        .end_line = ts_node_end_point(node).row + 1,
        .parent = outline_here_number(o),
    };
    if (o->frame_count == OUTLINE_FRAMES_MAX || outline_add_entry(o) == NULL) {
        o->cut = true;
        return;
    }
    o->frames[o->frame_count++] = (struct outline_frame){number, o->walk.depth, 0};
    if (o->grammar->define(o, node, &made)) {
        o->file->entries[number] = made;
        return;
    }
    o->frame_count--;
    o->file->entry_count = number;
    o->file->word_count = words;
}

static void enter(struct outliner *o, enum outline_role role, TSNode node)
{
    switch ((int)role) {
    case ROLE_FUNCTION:
    case ROLE_CLASS:
        open_entry(o, node);
        break;
    case ROLE_DECORATED:
        o->decorated = node;
        break;
    case ROLE_CALL:
        o->grammar->call(o, node);
        break;
    case ROLE_IMPORT:
        o->grammar->import(o, node);
        break;
    case ROLE_RAISE:
        o->grammar->raise(o, node);
        break;
    case ROLE_NOTE:
        o->grammar->note(o, node);
        break;
    case ROLE_COMMENT:
        count_comment(o, node);
        break;
    default:
        measure(o, role);
    }
}

static void leave(struct outliner *o, enum outline_role role)
{
    if (measures[role].nests)
        frame(o)->nesting--;
    if (o->frame_count > 1 && frame(o)->depth == o->walk.depth)
        o->frame_count--;
}

/* ---- walking --------------------------------------------------------------------------------- */

static void remember(struct outliner *o, enum outline_role role)
{
    if (o->walk.depth >= o->trail_room) {
        o->trail_room = 2 * o->walk.depth + 64;
        o->trail = mem_grow(o->trail, o->trail_room, 1);
    }
    o->trail[o->walk.depth] = (uint8_t)role;
}

static void walk_all(struct outliner *o, const struct source_kinds *kinds)
{
    TSNode node;
    while (source_walk_next(&o->walk, &node)) {
        if (o->walk.leaves) {
            leave(o, o->trail[o->walk.depth]);
            continue;
        }
        enum outline_role role = ROLE_NONE;
        if (source_kind_of(kinds, node) != 0)
            role = role_of(o, kinds, node);
        remember(o, role);
        if (role != ROLE_NONE)
            enter(o, role, node);
        if ((role == ROLE_IF || role == ROLE_ELIF) && has_bare_else(o, kinds, node))
            outline_here(o)->cognitive++;
        if (role == ROLE_COMMENT)
            source_walk_skip(&o->walk);
    }
}

/* The tables of kinds are made once a process; a grammar may serve several languages. */
static const struct source_kinds *kinds_of(const struct outline_grammar *grammar,
                                           const struct source_language *language)
{
    static struct source_kinds kinds[SOURCE_LANGUAGES];
    const char *names[UINT8_MAX];
    for (uint8_t i = 0; i < grammar->node_count; i++)
        names[i] = grammar->nodes[i].name;
    source_kinds_make(&kinds[language->id], language, names, grammar->node_count);
    return &kinds[language->id];
}

void outline_walk(struct outliner *o, const struct source_language *language)
{
    o->frames[o->frame_count++] = (struct outline_frame){};
    source_walk_init(&o->walk, ts_tree_root_node(o->tree->tree));
    walk_all(o, kinds_of(o->grammar, language));
    source_walk_done(&o->walk);
    free(o->trail);
    o->trail = NULL;
    if (o->grammar->finish != NULL)
        o->grammar->finish(o);
}
