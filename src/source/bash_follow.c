#include "source/bash_follow.h"

#include <string.h>

#include "base/mem.h"
#include "source/bash_private.h"

enum { NESTED_MAX = 3, INNER_MAX = 4, SEEN_MAX = 4000, STAGES_MAX = 8, PARSE_MS = 500 };

/* A script, or a text in it that is one: the facts of that lie where it stands. */
struct script {
    struct follow follow;
    uint32_t nested;
    TSNode place; /* if nested: the node in the outermost source */
};

/* ---- binding --------------------------------------------------------------------------------- */

static void bind(struct follow *bash, uint32_t scope, struct str name, enum binding_kind kind,
                 struct str text, TSNode node)
{
    const struct follow_binding binding = {
        .name = name, .scope = scope, .kind = kind, .text = text, .node = node};
    follow_add_binding(bash, &binding);
}

static void bind_assignment(struct follow *bash, TSNode node)
{
    TSNode name = source_node_field(node, "name"), value = source_node_field(node, "value");
    if (ts_node_is_null(name))
        return;
    struct str text = source_node_text(bash->tree, name);
    struct str rest = str_skip(source_node_text(bash->tree, node), text.len);
    enum bash_kind kind = bash_kind(bash, name);
    if (kind == BASH_SUBSCRIPT)
        bind(bash, BASH_VARIABLES, source_node_text(bash->tree, ts_node_named_child(name, 0)),
             BINDING_UNKNOWN, STR(""), node);
    else
        bind(bash, BASH_VARIABLES, text, BINDING_NODE, str_starts(rest, "+=") ? STR("+=") : STR(""),
             value);
}

/* for x in a b: x is each of them. */
static void bind_loop(struct follow *bash, TSNode node)
{
    TSNode variable = source_node_field(node, "variable"), body = source_node_field(node, "body");
    uint32_t count = ts_node_named_child_count(node);
    if (ts_node_is_null(variable))
        return;
    struct str name = source_node_text(bash->tree, variable);
    for (uint32_t i = 1; i < count; i++) {
        TSNode child = ts_node_named_child(node, i);
        if (ts_node_is_null(body) || !ts_node_eq(child, body))
            bind(bash, BASH_VARIABLES, name, BINDING_NODE, STR(""), child);
    }
    if (count <= 2)
        bind(bash, BASH_VARIABLES, name, BINDING_UNKNOWN, STR(""), node);
}

static void bind_alias(struct follow *bash, const struct bash_words *words)
{
    for (uint32_t i = 1; i < words->count; i++) {
        struct str name = {}, rest = words->list[i].value.list[0].text;
        if (values_are_text(&words->list[i].value) && str_has(rest, '=') &&
            str_take_until(&rest, '=', &name))
            bind(bash, BASH_FUNCTIONS, name, BINDING_NAME, rest, (TSNode){});
    }
}

/* read x: what comes is not known. */
static void bind_command(struct follow *bash, TSNode node)
{
    struct bash_words words;
    bash_words_of(bash, node, 0, &words);
    struct str name = bash_name_of(&words);
    if (str_is(name, "alias"))
        bind_alias(bash, &words);
    if (!follow_is_one_of(name, "read mapfile readarray"))
        return;
    for (uint32_t i = 1; i < words.count; i++)
        if (values_are_text(&words.list[i].value))
            bind(bash, BASH_VARIABLES, words.list[i].value.list[0].text, BINDING_UNKNOWN, STR(""),
                 node);
}

static void bind_node(struct follow *bash, TSNode node, enum bash_kind kind)
{
    TSNode name = source_node_field(node, "name");
    if (kind == BASH_ASSIGNMENT)
        bind_assignment(bash, node);
    else if (kind == BASH_FOR)
        bind_loop(bash, node);
    else if (kind == BASH_COMMAND)
        bind_command(bash, node);
    else if (kind == BASH_FUNCTION && !ts_node_is_null(name))
        bind(bash, BASH_FUNCTIONS, source_node_text(bash->tree, name), BINDING_OWN, STR(""), node);
}

void bash_bind_all(struct follow *bash)
{
    auto_walk struct source_walk walk;
    TSNode node;
    source_walk_init(&walk, ts_tree_root_node(bash->tree->tree));
    while (source_walk_next(&walk, &node))
        if (!walk.leaves)
            bind_node(bash, node, bash_kind(bash, node));
    for (uint32_t i = 1; i <= bash->binding_count; i++)
        bash->bindings[i].known = NULL; /* what was asked before all was bound */
}

/* ---- telling --------------------------------------------------------------------------------- */

static void tell(struct script *s, enum fact_kind kind, TSNode node,
                 const struct source_values *what, const struct source_argument *arguments,
                 uint32_t count)
{
    follow_tell(&s->follow, kind, s->nested > 0 ? s->place : node, what, arguments, count);
}

static void tell_call(struct script *s, TSNode node, struct str name,
                      const struct source_argument *arguments, uint32_t count)
{
    struct source_values what = values_of(value_named(name));
    tell(s, FACT_CALL, node, &what, arguments, count);
}

static bool follow_script(struct script *script);

/* eval "rm -rf $x" is a script of its own. */
static void follow_nested(struct script *s, TSNode node, const struct source_value *text)
{
    struct error err = {};
    auto_tree struct source_tree tree = {};
    const struct source_language *language = source_language_find(STR("bash"));
    struct script inner = {.follow = s->follow, .nested = s->nested + 1};
    if (s->nested == NESTED_MAX || text->text.len == 0 ||
        !source_tree_init(&tree, language, text->text, PARSE_MS, &err))
        return;
    inner.place = s->nested > 0 ? s->place : node;
    struct follow *f = &inner.follow;
    f->tree = &tree;
    f->scopes = NULL;
    f->bindings = NULL;
    f->binding_count = f->binding_room = f->scope_count = f->scope_room = 0;
    memset(f->slots, 0, sizeof f->slots);
    if (!follow_script(&inner))
        s->follow.cut = true;
    s->follow.fuel = f->fuel;
}

/* Which word of the command is a script: of eval all, of sh the one after -c, of trap the first. */
static void follow_script_words(struct script *s, TSNode node, struct str name,
                                const struct source_argument *words, uint32_t count)
{
    bool next = follow_is_one_of(name, "eval trap su");
    bool shell = follow_is_one_of(name, "sh bash dash ksh zsh su");
    next = next && !shell;
    for (uint32_t i = 0; i < count; i++) {
        const struct source_value *value = &words[i].value.list[0];
        bool known =
            words[i].value.count == 1 && (value->kind == VALUE_TEXT || value->kind == VALUE_PART);
        if (next && known) {
            follow_nested(s, node, value);
            return;
        }
        next = next || (shell && known && str_starts(value->text, "-") &&
                        !str_starts(value->text, "--") && str_has(value->text, 'c'));
    }
}

/* ---- commands -------------------------------------------------------------------------------- */

/* What stands for the words that xargs and find fill in. */
static void add_filled_in(const struct bash_words *words, struct bash_words *inner)
{
    struct str name = bash_name_of(words);
    bool fills = str_is(name, "xargs") || str_is(name, "find");
    if (fills)
        bash_words_add(inner,
                       values_of((struct source_value){
                           .kind = VALUE_PART,
                           .text = str_is(name, "find") ? STR("$(find)") : STR("$(xargs)")}));
}

static bool is_own(const struct script *s, struct str name)
{
    uint32_t binding = follow_binding_of(&s->follow, BASH_FUNCTIONS, name, 0);
    return binding != 0 && s->follow.bindings[binding].kind == BINDING_OWN;
}

static void tell_words(struct script *s, TSNode node, struct bash_words *words, int depth)
{
    bash_words_expand(&s->follow, words);
    struct str name = bash_name_of(words);
    if (words->count == 0)
        return;
    if (name.len == 0) {
        follow_tell_name(&s->follow, FACT_DYNAMIC, s->nested > 0 ? s->place : node,
                         STR("a variable"));
        return;
    }
    if (is_own(s, name))
        return;
    tell_call(s, node, name, words->list + 1, words->count - 1);
    follow_script_words(s, node, name, words->list + 1, words->count - 1);
    uint32_t before = bash_words_before_inner(words);
    if (before == 0 || before >= words->count || depth > INNER_MAX)
        return;
    struct bash_words inner = {.count = words->count - before};
    memcpy(inner.list, words->list + before, inner.count * sizeof *inner.list);
    add_filled_in(words, &inner);
    tell_words(s, node, &inner, depth + 1);
}

/* A first word that may be several things is each of them. */
static void follow_command(struct script *s, TSNode node)
{
    struct bash_words words;
    bash_words_of(&s->follow, node, 0, &words);
    if (words.count == 0)
        return;
    struct source_values first = words.list[0].value;
    for (uint32_t i = 0; i < first.count; i++) {
        struct bash_words one = words;
        struct str text = first.list[i].text, piece;
        one.list[0].value = values_of(first.list[i]);
        if (first.count > 1 && first.list[i].kind == VALUE_TEXT && str_has(text, ' ')) {
            one.count = 0;
            while (str_take_until(&text, ' ', &piece))
                bash_words_add(&one,
                               values_of((struct source_value){.kind = VALUE_TEXT, .text = piece}));
            for (uint32_t k = 1; k < words.count; k++)
                bash_words_add(&one, words.list[k].value);
        }
        tell_words(s, node, &one, 0);
    }
}

/* ---- pipelines ------------------------------------------------------------------------------- */

struct stage {
    struct str name;
    struct bash_words words; /* behind what starts it */
};

static bool read_stage(struct script *s, TSNode node, struct stage *ret)
{
    struct follow *bash = &s->follow;
    if (bash_kind(bash, node) == BASH_REDIRECTED)
        node = source_node_field(node, "body");
    if (bash_kind(bash, node) != BASH_COMMAND)
        return false;
    bash_words_of(bash, node, 0, &ret->words);
    bash_words_expand(bash, &ret->words);
    for (uint32_t before, i = 0;
         i < INNER_MAX && (before = bash_words_before_inner(&ret->words)) > 0; i++) {
        ret->words.count -= before;
        memmove(ret->words.list, ret->words.list + before,
                ret->words.count * sizeof *ret->words.list);
    }
    ret->name = bash_name_of(&ret->words);
    return ret->name.len > 0;
}

static void follow_pipeline(struct script *s, TSNode node)
{
    struct stage *stages = mem_alloc(STAGES_MAX * sizeof *stages);
    uint32_t count = 0, children = ts_node_named_child_count(node);
    for (uint32_t i = 0; i < children && count < STAGES_MAX; i++)
        count += read_stage(s, ts_node_named_child(node, i), &stages[count]);
    for (uint32_t i = 0; i < count; i++)
        for (uint32_t k = i + 1; k < count; k++)
            tell_call(s, node, follow_join(&s->follow, stages[i].name, STR("|"), stages[k].name),
                      stages[k].words.list + 1, stages[k].words.count - 1);
    mem_free_at(&stages);
}

/* ---- redirections ---------------------------------------------------------------------------- */

/* Does a file of that name stand anywhere else in the statement? */
static bool stands_elsewhere(struct script *s, TSNode statement, TSNode file)
{
    auto_walk struct source_walk walk;
    TSNode node;
    uint32_t seen = 0, length = ts_node_end_byte(file) - ts_node_start_byte(file);
    struct str text = source_node_text(s->follow.tree, file);
    source_walk_init(&walk, statement);
    while (source_walk_next(&walk, &node) && seen++ < SEEN_MAX)
        if (!walk.leaves && ts_node_end_byte(node) - ts_node_start_byte(node) == length &&
            ts_node_start_byte(node) != ts_node_start_byte(file) &&
            str_equal(source_node_text(s->follow.tree, node), text))
            return true;
    return false;
}

static void follow_redirect(struct script *s, TSNode node)
{
    TSNode file = source_node_field(node, "destination");
    struct str sign = {};
    for (uint32_t i = 0; i < ts_node_child_count(node) && sign.len == 0; i++)
        if (!ts_node_is_named(ts_node_child(node, i)))
            sign = source_node_text(s->follow.tree, ts_node_child(node, i));
    if (ts_node_is_null(file) || sign.len == 0)
        return;
    const struct source_argument argument = {.value = bash_values(&s->follow, file, 0)};
    tell_call(s, node, sign, &argument, 1);
}

static bool is_device(struct str file)
{
    return str_starts(file, "/dev/") || file.len == 0;
}

/* sort x > x: the shell empties the file before sort reads it. */
static void follow_redirected(struct script *s, TSNode node)
{
    uint32_t count = ts_node_named_child_count(node);
    for (uint32_t i = 0; i < count; i++) {
        TSNode redirect = ts_node_named_child(node, i);
        TSNode to = source_node_field(redirect, "destination");
        struct str text = source_node_text(s->follow.tree, redirect);
        if (bash_kind(&s->follow, redirect) != BASH_FILE_REDIRECT || ts_node_is_null(to) ||
            !str_starts(text, ">") || str_starts(text, ">>") || str_starts(text, ">&"))
            continue;
        const struct source_argument argument = {.value = bash_values(&s->follow, to, 0)};
        if (!is_device(source_node_text(s->follow.tree, to)) && stands_elsewhere(s, node, to))
            tell_call(s, node, STR("> itself"), &argument, 1);
    }
}

/* ---- functions and loops --------------------------------------------------------------------- */

struct starts {
    uint32_t itself, background, waits;
};

static struct starts count_starts(struct script *s, TSNode body, struct str name)
{
    auto_walk struct source_walk walk;
    struct starts starts = {};
    struct bash_words words;
    TSNode node;
    uint32_t seen = 0;
    source_walk_init(&walk, body);
    while (source_walk_next(&walk, &node) && seen++ < SEEN_MAX) {
        enum bash_kind kind = bash_kind(&s->follow, node);
        if (walk.leaves)
            continue;
        starts.background += source_node_is(node, "&");
        if (kind != BASH_COMMAND)
            continue;
        bash_words_of(&s->follow, node, 0, &words);
        struct str what = bash_name_of(&words);
        starts.itself += name.len > 0 && str_equal(what, name);
        starts.waits += follow_is_one_of(what, "wait sleep read break exit return inotifywait");
    }
    return starts;
}

static void follow_function(struct script *s, TSNode node)
{
    TSNode name = source_node_field(node, "name"), body = source_node_field(node, "body");
    if (ts_node_is_null(name) || ts_node_is_null(body))
        return;
    struct starts starts = count_starts(s, body, source_node_text(s->follow.tree, name));
    if (starts.background > 0 && starts.itself > 0)
        tell_call(s, node, STR("itself &"), NULL, 0);
}

static void follow_while(struct script *s, TSNode node)
{
    TSNode condition = source_node_field(node, "condition"), body = source_node_field(node, "body");
    if (ts_node_is_null(condition) || ts_node_is_null(body))
        return;
    struct starts starts = count_starts(s, node, STR(""));
    if (follow_is_one_of(source_node_text(s->follow.tree, condition), "true :") &&
        starts.background > 0 && starts.waits == 0)
        tell_call(s, node, STR("endless &"), NULL, 0);
}

static void follow_assignment(struct script *s, TSNode node)
{
    TSNode name = source_node_field(node, "name"), value = source_node_field(node, "value");
    if (ts_node_is_null(name) || ts_node_is_null(value))
        return;
    struct source_values what = values_of(value_named(source_node_text(s->follow.tree, name)));
    const struct source_argument argument = {.value = bash_values(&s->follow, value, 0)};
    tell(s, FACT_ASSIGN, node, &what, &argument, 1);
}

static void follow_text(struct script *s, TSNode node)
{
    struct source_values what = bash_values(&s->follow, node, 0);
    tell(s, FACT_TEXT, node, &what, NULL, 0);
}

/* ---- the walk -------------------------------------------------------------------------------- */

static void follow_node(struct script *s, TSNode node, enum bash_kind kind)
{
    switch ((int)kind) {
    case BASH_COMMAND:
        follow_command(s, node);
        follow_redirected(s, node);
        break;
    case BASH_PIPELINE:
        follow_pipeline(s, node);
        break;
    case BASH_FILE_REDIRECT:
        follow_redirect(s, node);
        break;
    case BASH_REDIRECTED:
        follow_redirected(s, node);
        break;
    case BASH_FUNCTION:
        follow_function(s, node);
        break;
    case BASH_WHILE:
        follow_while(s, node);
        break;
    case BASH_ASSIGNMENT:
        follow_assignment(s, node);
        break;
    case BASH_STRING:
    case BASH_RAW_STRING:
        follow_text(s, node);
        break;
    default:
        break;
    }
}

static bool follow_script(struct script *script)
{
    auto_walk struct source_walk walk;
    TSNode node;
    bash_bind_all(&script->follow);
    source_walk_init(&walk, ts_tree_root_node(script->follow.tree->tree));
    while (source_walk_next(&walk, &node))
        if (!walk.leaves)
            follow_node(script, node, bash_kind(&script->follow, node));
    follow_done(&script->follow);
    return !script->follow.cut;
}

static const char *const kind_names[] = {
    NULL,
#define KIND(kind, name) name,
#include "source/bash_kinds.def"
#undef KIND
};

bool bash_follow(const struct source_tree *tree, struct arena *arena, source_hear *hear,
                 void *cookie)
{
    static struct source_kinds kinds;
    struct script script = {.follow = {.tree = tree,
                                       .kinds = &kinds,
                                       .arena = arena,
                                       .hear = hear,
                                       .cookie = cookie,
                                       .fuel = FOLLOW_FUEL}};
    source_kinds_make(&kinds, source_language_find(STR("bash")), kind_names, BASH_KINDS);
    return follow_script(&script);
}
