#include "source/syntax.h"

#include <string.h>

#include "base/utf8.h"

enum { OPEN_MAX = 256, TOKEN_MAX = 40 };

struct syntax {
    const struct source_tree *tree;
    struct source_findings *findings;
};

static void say(struct syntax *s, uint32_t start, uint32_t end, const char *message)
{
    const struct finding what = {
        .rule = FINDING_SYNTAX,
        .message = message,
        .severity = SEVERITY_HIGH,
        .confidence = SEVERITY_HIGH,
    };
    source_findings_add(s->findings, &what, start, end);
}

static bool is_leaf(TSNode node)
{
    return ts_node_child_count(node) == 0;
}

/* ---- brackets -------------------------------------------------------------------------------- */

/* Which closes "(" and the others, or 0. */
static char closing_of(const char *type)
{
    if (type[0] == '\0' || (type[1] != '\0' && strcmp(type, "${") != 0 && strcmp(type, "$(") != 0))
        return 0;
    switch (type[strlen(type) - 1]) {
    case '(':
        return ')';
    case '[':
        return ']';
    case '{':
        return '}';
    default:
        return 0;
    }
}

struct bracket {
    char closing;
    uint32_t start, end;
};

struct brackets {
    struct bracket open[OPEN_MAX];
    uint32_t count;
    bool too_deep;
    bool has_stray; /* one that closes nothing */
    struct bracket stray;
};

static void meet_bracket(struct brackets *b, TSNode node)
{
    const char *type = ts_node_type(node);
    uint32_t start = ts_node_start_byte(node), end = ts_node_end_byte(node);
    char closing = closing_of(type);
    if (start == end || b->has_stray || b->too_deep)
        return;
    if (closing != 0 && b->count == OPEN_MAX) {
        b->too_deep = true;
    } else if (closing != 0) {
        b->open[b->count++] = (struct bracket){closing, start, end};
    } else if (type[1] == '\0' && str_has(STR(")]}"), type[0])) {
        if (b->count > 0 && b->open[b->count - 1].closing == type[0]) {
            b->count--;
        } else {
            b->has_stray = true;
            b->stray = (struct bracket){type[0], start, end};
        }
    }
}

static void match_brackets(TSNode error, struct brackets *b)
{
    auto_walk struct source_walk walk;
    TSNode node;
    source_walk_init(&walk, error);
    while (source_walk_next(&walk, &node))
        if (!walk.leaves && is_leaf(node) && !ts_node_is_missing(node))
            meet_bracket(b, node);
}

/* Says it if brackets are what is wrong. */
static bool say_brackets(struct syntax *s, TSNode error)
{
    struct brackets b = {};
    match_brackets(error, &b);
    if (b.too_deep)
        return false;
    if (b.has_stray && b.count == 0) {
        say(s, b.stray.start, b.stray.end,
            arena_text(s->findings->arena, "this '%c' closes nothing", b.stray.closing));
        return true;
    }
    if (b.count == 0)
        return false;
    const struct bracket *last = &b.open[b.count - 1];
    say(s, last->start, last->end,
        arena_text(s->findings->arena, "this '%c' is never closed: a '%c' is missing",
                   s->tree->bytes.ptr[last->end - 1], last->closing));
    return true;
}

/* ---- other errors ---------------------------------------------------------------------------- */

static bool first_leaf(TSNode error, TSNode *ret)
{
    auto_walk struct source_walk walk;
    TSNode node;
    source_walk_init(&walk, error);
    while (source_walk_next(&walk, &node)) {
        if (walk.leaves || !is_leaf(node) || ts_node_start_byte(node) == ts_node_end_byte(node))
            continue;
        *ret = node;
        return true;
    }
    return false;
}

/* The word or sign itself, no longer than its line. */
static struct str token_at(const struct source_tree *tree, uint32_t start, uint32_t end)
{
    struct str token = str_of(tree->bytes.ptr + start, end - start), line = {};
    if (!str_take_line(&token, &line))
        return STR("");
    return utf8_cut(str_trim(line), TOKEN_MAX);
}

static bool is_quote(struct str token)
{
    return token.len > 0 && str_has(STR("\"'`"), token.ptr[token.len - 1]);
}

static void say_token(struct syntax *s, TSNode error)
{
    TSNode leaf = error;
    (void)first_leaf(error, &leaf);
    uint32_t start = ts_node_start_byte(leaf), end = ts_node_end_byte(leaf);
    struct str token = token_at(s->tree, start, end);
    struct arena *arena = s->findings->arena;
    if (token.len == 0)
        say(s, start, start, "something is missing here");
    else if (is_quote(token) && token.len <= 4)
        say(s, start, end, "this text is never closed: a quote is missing");
    else
        say(s, start, end,
            arena_text(arena, "'%.*s' was not expected here", (int)token.len, token.ptr));
}

/* A grammar calls what it misses by a sign, or by a kind of its own: "identifier". */
static void say_missing(struct syntax *s, TSNode node)
{
    const char *type = ts_node_type(node);
    uint32_t at = ts_node_start_byte(node);
    auto_buf struct buf words;
    buf_init(&words, 80);
    for (const char *c = type; *c != '\0'; c++)
        buf_add_byte(&words, *c == '_' && ts_node_is_named(node) ? ' ' : *c);
    const char *text = words.data != NULL ? words.data : "something";
    bool named = ts_node_is_named(node);
    say(s, at, at,
        arena_text(s->findings->arena, named ? "%s %s is missing here" : "%s'%s' is missing here",
                   named ? (strchr("aeiou", text[0]) != NULL ? "an" : "a") : "", text));
}

/* True: nothing below it is worth a word of its own. */
static bool look_at(struct syntax *s, TSNode node)
{
    if (ts_node_is_missing(node)) {
        say_missing(s, node);
        return true;
    }
    if (!source_node_is(node, "ERROR"))
        return !ts_node_has_error(node);
    if (!say_brackets(s, node))
        say_token(s, node);
    return true;
}

void source_syntax_find(const struct source_tree *tree, struct source_findings *findings)
{
    struct syntax s = {tree, findings};
    TSNode root = ts_tree_root_node(tree->tree), node;
    if (!ts_node_has_error(root))
        return;
    auto_walk struct source_walk walk;
    source_walk_init(&walk, root);
    while (findings->count < SYNTAX_MAX && source_walk_next(&walk, &node))
        if (!walk.leaves && look_at(&s, node))
            source_walk_skip(&walk);
}
