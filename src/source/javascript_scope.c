#include "source/javascript_private.h"

#include "base/mem.h"

/* ---- kinds ----------------------------------------------------------------------------------- */

enum javascript_kind javascript_kind(const struct follow *js, TSNode node)
{
    return ts_node_is_null(node) ? JS_ANY : (enum javascript_kind)source_kind_of(js->kinds, node);
}

bool javascript_opens_scope(enum javascript_kind kind)
{
    return kind == JS_ARROW || kind == JS_FUNCTION || kind == JS_FUNCTION_EXPRESSION ||
           kind == JS_GENERATOR || kind == JS_GENERATOR_EXPRESSION || kind == JS_METHOD;
}

/* ---- binding --------------------------------------------------------------------------------- */

/* What a name is bound to: a node, or a part of what the node stands for. */
struct source_of {
    enum binding_kind kind;
    TSNode node;
    struct str part;
    uint32_t seen_from;
};

static void bind(struct follow *js, uint32_t scope, TSNode name, const struct source_of *source)
{
    const struct follow_binding binding = {
        .name = source_node_text(js->tree, name),
        .scope = scope,
        .kind = source->kind,
        .text = source->part,
        .node = source->node,
        .seen_from = source->seen_from,
    };
    follow_add_binding(js, &binding);
}

static void bind_name(struct follow *js, uint32_t scope, struct str name, struct str text)
{
    const struct follow_binding binding = {
        .name = name, .scope = scope, .kind = BINDING_NAME, .text = text};
    follow_add_binding(js, &binding);
}

static struct source_of part_of(const struct source_of *source, struct str part)
{
    struct source_of unknown = {.kind = BINDING_UNKNOWN, .node = source->node};
    if (source->kind != BINDING_NODE)
        return unknown;
    return (struct source_of){BINDING_PART, source->node, part, source->seen_from};
}

/* ---- patterns -------------------------------------------------------------------------------- */

enum { PATTERN_DEPTH_MAX = 16 };

static void bind_pattern(struct follow *js, uint32_t scope, TSNode target,
                         const struct source_of *source, int depth);

/* A default is what a name may be, too. */
static void bind_default(struct follow *js, uint32_t scope, TSNode node,
                         const struct source_of *source, int depth)
{
    const struct source_of other = {BINDING_NODE, source_node_field(node, "right"), STR(""), scope};
    TSNode left = source_node_field(node, "left");
    bind_pattern(js, scope, left, source, depth);
    bind_pattern(js, scope, left, &other, depth);
}

static void bind_object_item(struct follow *js, uint32_t scope, TSNode item,
                             const struct source_of *source, int depth)
{
    TSNode name = item, target = item;
    enum javascript_kind kind = javascript_kind(js, item);
    if (kind == JS_PAIR_PATTERN) {
        name = source_node_field(item, "key");
        target = source_node_field(item, "value");
    } else if (kind == JS_OBJECT_ASSIGNMENT) {
        name = source_node_field(item, "left");
    }
    struct str text = source_node_text(js->tree, name);
    if (javascript_kind(js, name) == JS_STRING && text.len >= 2)
        text = str_of(text.ptr + 1, text.len - 2);
    struct source_of part = part_of(source, text);
    if (kind == JS_REST)
        target = ts_node_named_child(item, 0);
    if (kind == JS_SHORTHAND_PATTERN)
        bind(js, scope, item, &part);
    else
        bind_pattern(js, scope, target, &part, depth + 1);
}

static void bind_array_item(struct follow *js, uint32_t scope, TSNode item, uint32_t number,
                            const struct source_of *source, int depth)
{
    struct source_of part = part_of(source, STR(""));
    if (source->kind == BINDING_NODE && javascript_kind(js, source->node) == JS_ARRAY &&
        number < ts_node_named_child_count(source->node))
        part = (struct source_of){BINDING_NODE, ts_node_named_child(source->node, number), STR(""),
                                  source->seen_from};
    bind_pattern(js, scope, item, &part, depth + 1);
}

static void bind_pattern(struct follow *js, uint32_t scope, TSNode target,
                         const struct source_of *source, int depth)
{
    enum javascript_kind kind = javascript_kind(js, target);
    uint32_t count =
        kind == JS_ANY || depth > PATTERN_DEPTH_MAX ? 0 : ts_node_named_child_count(target);
    if (kind == JS_IDENTIFIER || kind == JS_SHORTHAND_PATTERN) {
        bind(js, scope, target, source);
    } else if (kind == JS_ASSIGNMENT_PATTERN || kind == JS_OBJECT_ASSIGNMENT) {
        if (depth <= PATTERN_DEPTH_MAX)
            bind_default(js, scope, target, source, depth + 1);
    } else if (kind == JS_OBJECT_PATTERN) {
        for (uint32_t i = 0; i < count; i++)
            bind_object_item(js, scope, ts_node_named_child(target, i), source, depth);
    } else if (kind == JS_ARRAY_PATTERN) {
        for (uint32_t i = 0; i < count; i++)
            bind_array_item(js, scope, ts_node_named_child(target, i), i, source, depth);
    } else if (kind == JS_REST && count > 0) {
        const struct source_of unknown = {.kind = BINDING_UNKNOWN, .node = target};
        bind_pattern(js, scope, ts_node_named_child(target, 0), &unknown, depth + 1);
    }
}

/* ---- imports --------------------------------------------------------------------------------- */

static struct str string_content(const struct follow *js, TSNode node)
{
    struct str text = ts_node_is_null(node) ? STR("") : source_node_text(js->tree, node);
    return text.len >= 2 ? str_of(text.ptr + 1, text.len - 2) : STR("");
}

static void bind_specifiers(struct follow *js, uint32_t scope, TSNode list, struct str module)
{
    uint32_t count = ts_node_named_child_count(list);
    for (uint32_t i = 0; i < count; i++) {
        TSNode item = ts_node_named_child(list, i);
        TSNode name = source_node_field(item, "name"), alias = source_node_field(item, "alias");
        if (javascript_kind(js, item) != JS_IMPORT_SPECIFIER || ts_node_is_null(name))
            continue;
        struct str text = source_node_text(js->tree, name);
        struct str own = ts_node_is_null(alias) ? text : source_node_text(js->tree, alias);
        bool is_whole = str_is(text, "default");
        bind_name(js, scope, own, is_whole ? module : follow_join(js, module, STR("."), text));
    }
}

static void bind_clause(struct follow *js, uint32_t scope, TSNode clause, struct str module)
{
    uint32_t count = ts_node_named_child_count(clause);
    for (uint32_t i = 0; i < count; i++) {
        TSNode item = ts_node_named_child(clause, i);
        enum javascript_kind kind = javascript_kind(js, item);
        if (kind == JS_NAMESPACE_IMPORT)
            item = ts_node_named_child(item, 0);
        if (kind == JS_NAMED_IMPORTS)
            bind_specifiers(js, scope, item, module);
        else if (kind == JS_IDENTIFIER || kind == JS_NAMESPACE_IMPORT)
            bind_name(js, scope, source_node_text(js->tree, item), module);
    }
}

/* import a, {b as c} from "m"; import * as d from "m"; import e = require("m") */
static void bind_import(struct follow *js, uint32_t scope, TSNode node)
{
    struct str module = string_content(js, source_node_field(node, "source"));
    uint32_t count = ts_node_named_child_count(node);
    for (uint32_t i = 0; i < count; i++) {
        TSNode item = ts_node_named_child(node, i);
        enum javascript_kind kind = javascript_kind(js, item);
        if (kind == JS_IMPORT_CLAUSE)
            bind_clause(js, scope, item, javascript_module_name(module));
        if (kind == JS_IMPORT_REQUIRE && ts_node_named_child_count(item) > 0)
            bind_name(
                js, scope, source_node_text(js->tree, ts_node_named_child(item, 0)),
                javascript_module_name(string_content(js, source_node_field(item, "source"))));
    }
}

/* ---- functions ------------------------------------------------------------------------------- */

/* A function that is called where it stands is given what stands in the call; one that follows a
 * `.then` is given what the promise is of. */
struct given {
    TSNode function, call;
    bool is_then;
    uint32_t scope;
};

static struct source_of source_of_parameter(const struct given *given, TSNode function,
                                            uint32_t number)
{
    struct source_of source = {.kind = BINDING_UNKNOWN, .node = function};
    if (ts_node_is_null(given->function) || !ts_node_eq(given->function, function))
        return source;
    TSNode list = source_node_field(given->call, "arguments");
    if (given->is_then && number == 0)
        source.node = source_node_field(source_node_field(given->call, "function"), "object");
    else if (!given->is_then && number < ts_node_named_child_count(list))
        source.node = ts_node_named_child(list, number);
    else
        return source;
    source.kind = BINDING_NODE;
    source.seen_from = given->scope;
    return source;
}

static void bind_parameters(struct follow *js, uint32_t scope, TSNode function,
                            const struct given *given)
{
    TSNode one = source_node_field(function, "parameter");
    TSNode list = source_node_field(function, "parameters");
    uint32_t count = ts_node_is_null(list) ? 0 : ts_node_named_child_count(list);
    if (!ts_node_is_null(one)) {
        struct source_of source = source_of_parameter(given, function, 0);
        bind_pattern(js, scope, one, &source, 0);
    }
    for (uint32_t i = 0; i < count; i++) {
        TSNode item = ts_node_named_child(list, i);
        enum javascript_kind kind = javascript_kind(js, item);
        struct source_of source = source_of_parameter(given, function, i);
        if (kind == JS_REQUIRED || kind == JS_OPTIONAL) {
            const struct source_of other = {BINDING_NODE, source_node_field(item, "value"), STR(""),
                                            scope};
            item = source_node_field(item, "pattern");
            if (!ts_node_is_null(other.node))
                bind_pattern(js, scope, item, &other, 0);
        }
        bind_pattern(js, scope, item, &source, 0);
    }
}

static TSNode unwrapped(const struct follow *js, TSNode node)
{
    while (javascript_kind(js, node) == JS_PARENTHESIZED && ts_node_named_child_count(node) > 0)
        node = ts_node_named_child(node, 0);
    return node;
}

static bool is_then(const struct follow *js, TSNode called)
{
    if (javascript_kind(js, called) != JS_MEMBER)
        return false;
    return str_is(source_node_text(js->tree, source_node_field(called, "property")), "then");
}

static void remember_given(struct follow *js, uint32_t scope, TSNode call, struct given *given)
{
    TSNode called = unwrapped(js, source_node_field(call, "function"));
    TSNode list = source_node_field(call, "arguments");
    if (ts_node_is_null(called) || ts_node_is_null(list))
        return;
    if (javascript_opens_scope(javascript_kind(js, called)))
        *given = (struct given){called, call, false, scope};
    else if (is_then(js, called) && ts_node_named_child_count(list) > 0)
        *given = (struct given){ts_node_named_child(list, 0), call, true, scope};
}

/* ---- the pass -------------------------------------------------------------------------------- */

static void bind_assigned(struct follow *js, uint32_t scope, TSNode left, TSNode right)
{
    const struct source_of source = {ts_node_is_null(right) ? BINDING_UNKNOWN : BINDING_NODE, right,
                                     STR(""), scope};
    if (!ts_node_is_null(left))
        bind_pattern(js, scope, left, &source, 0);
}

/* An assignment binds where the name was declared; that scope is not known yet, so it binds in all
 * that are around it. */
static void bind_assignment(struct follow *js, uint32_t scope, TSNode node)
{
    TSNode left = source_node_field(node, "left"), right = source_node_field(node, "right");
    const struct source_of source = {BINDING_NODE, right, STR(""), scope};
    bind_pattern(js, scope, left, &source, 0);
    while (javascript_kind(js, left) == JS_IDENTIFIER && scope != 0) {
        scope = js->scopes[scope].parent;
        bind(js, scope, left, &source);
    }
}

static void bind_own(struct follow *js, uint32_t scope, TSNode node)
{
    TSNode name = source_node_field(node, "name");
    const struct source_of source = {.kind = BINDING_OWN, .node = node};
    if (!ts_node_is_null(name))
        bind(js, scope, name, &source);
}

/* for (const f of [eval]) */
static void bind_loop(struct follow *js, uint32_t scope, TSNode node)
{
    TSNode list = source_node_field(node, "right");
    const struct source_of source = {BINDING_NODE, list, STR(""), scope};
    struct source_of item = part_of(&source, STR(""));
    TSNode left = source_node_field(node, "left");
    if (!ts_node_is_null(left) && !ts_node_is_null(list))
        bind_pattern(js, scope, left, &item, 0);
}

static void bind_node(struct follow *js, uint32_t scope, TSNode node, enum javascript_kind kind)
{
    switch ((int)kind) {
    case JS_IMPORT_STATEMENT:
        bind_import(js, scope, node);
        break;
    case JS_DECLARATOR:
        bind_assigned(js, scope, source_node_field(node, "name"), source_node_field(node, "value"));
        break;
    case JS_ASSIGNMENT:
        bind_assignment(js, scope, node);
        break;
    case JS_AUGMENTED:
        bind_assigned(js, scope, source_node_field(node, "left"), (TSNode){});
        break;
    case JS_FUNCTION:
    case JS_GENERATOR:
    case JS_CLASS:
        bind_own(js, scope, node);
        break;
    case JS_FOR_IN:
        bind_loop(js, scope, node);
        break;
    default:
        break;
    }
}

void javascript_bind_all(struct follow *js)
{
    auto_walk struct source_walk walk;
    struct given given = {};
    TSNode node;
    uint32_t scope = follow_add_scope(js, 0, false);
    source_walk_init(&walk, ts_tree_root_node(js->tree->tree));
    while (source_walk_next(&walk, &node)) {
        enum javascript_kind kind = javascript_kind(js, node);
        if (walk.leaves && javascript_opens_scope(kind))
            scope = js->scopes[scope].parent;
        if (walk.leaves)
            continue;
        bind_node(js, scope, node, kind);
        if (kind == JS_CALL)
            remember_given(js, scope, node, &given);
        if (!javascript_opens_scope(kind))
            continue;
        scope = follow_add_scope(js, scope, false);
        bind_parameters(js, scope, node, &given);
    }
}
