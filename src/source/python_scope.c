#include "source/python_private.h"

#include <stdlib.h>

#include "base/mem.h"

/* ---- kinds ----------------------------------------------------------------------------------- */

static const char *const kind_names[] = {
    NULL,
#define KIND(kind, name) name,
#include "source/python_kinds.def"
#undef KIND
};

static struct source_kinds kinds;

enum python_kind python_kind(TSNode node)
{
    return ts_node_is_null(node) ? PYTHON_ANY : (enum python_kind)source_kind_of(&kinds, node);
}

bool python_opens_scope(enum python_kind kind)
{
    return kind == PYTHON_FUNCTION || kind == PYTHON_CLASS || kind == PYTHON_LAMBDA;
}

static void bind(struct follow *p, uint32_t scope, TSNode name, enum binding_kind kind, TSNode node)
{
    const struct follow_binding binding = {
        .name = source_node_text(p->tree, name),
        .scope = scope,
        .kind = kind,
        .node = node,
        .seen_from = scope,
    };
    if (python_kind(name) == PYTHON_IDENTIFIER)
        follow_add_binding(p, &binding);
}

static void bind_import(struct follow *p, uint32_t scope, struct str name, struct str text)
{
    const struct follow_binding binding = {
        .name = name, .scope = scope, .kind = BINDING_NAME, .text = text};
    follow_add_binding(p, &binding);
}

/* ---- targets of assignments ------------------------------------------------------------------ */

static bool is_sequence(enum python_kind kind)
{
    return kind == PYTHON_PATTERN_LIST || kind == PYTHON_TUPLE_PATTERN ||
           kind == PYTHON_LIST_PATTERN || kind == PYTHON_EXPRESSION_LIST || kind == PYTHON_TUPLE ||
           kind == PYTHON_LIST;
}

/* a, b = x, y: one by one where both sides have as many; else each is something unknown. What is
 * nested deeper than one level is unknown. */
static void bind_sequence(struct follow *p, uint32_t scope, TSNode left, TSNode right)
{
    uint32_t count = ts_node_named_child_count(left);
    bool even = is_sequence(python_kind(right)) && ts_node_named_child_count(right) == count;
    for (uint32_t i = 0; i < count; i++) {
        TSNode target = ts_node_named_child(left, i);
        if (even)
            bind(p, scope, target, BINDING_NODE, ts_node_named_child(right, i));
        else
            bind(p, scope, target, BINDING_UNKNOWN, target);
    }
}

static void bind_target(struct follow *p, uint32_t scope, TSNode left, TSNode right)
{
    if (ts_node_is_null(left))
        return;
    if (is_sequence(python_kind(left)))
        bind_sequence(p, scope, left, right);
    else if (ts_node_is_null(right))
        bind(p, scope, left, BINDING_UNKNOWN, left);
    else
        bind(p, scope, left, BINDING_NODE, right);
}

/* for x in [eval, exec]: x is one of them; of what is no display, unknown. */
static void bind_loop(struct follow *p, uint32_t scope, TSNode left, TSNode right)
{
    enum { ITEMS_MAX = 16 };

    enum python_kind kind = python_kind(right);
    uint32_t count = ts_node_is_null(right) ? 0 : ts_node_named_child_count(right);
    if ((kind != PYTHON_LIST && kind != PYTHON_TUPLE && kind != PYTHON_SET) || count > ITEMS_MAX)
        count = 0;
    for (uint32_t i = 0; i < count; i++)
        bind_target(p, scope, left, ts_node_named_child(right, i));
    if (count == 0)
        bind_target(p, scope, left, (TSNode){});
}

/* ---- imports --------------------------------------------------------------------------------- */

static struct str first_part(struct str dotted)
{
    struct str piece = {};
    (void)str_take_until(&dotted, '.', &piece);
    return piece;
}

static void bind_import_of(struct follow *p, uint32_t scope, TSNode item, struct str module)
{
    TSNode name = item, alias = {};
    if (python_kind(item) == PYTHON_ALIASED_IMPORT) {
        name = source_node_field(item, "name");
        alias = source_node_field(item, "alias");
    }
    if (python_kind(name) != PYTHON_DOTTED_NAME)
        return;
    struct str text = source_node_text(p->tree, name), own = text;
    if (!ts_node_is_null(alias))
        own = source_node_text(p->tree, alias);
    else if (module.len == 0)
        own = text = first_part(text);
    bind_import(p, scope, own, module.len > 0 ? follow_join(p, module, STR("."), text) : text);
}

static void bind_imports(struct follow *p, uint32_t scope, TSNode node)
{
    TSNode module = source_node_field(node, "module_name");
    struct str from = ts_node_is_null(module) ? STR("") : source_node_text(p->tree, module);
    uint32_t count = ts_node_named_child_count(node);
    for (uint32_t i = 0; i < count; i++) {
        TSNode item = ts_node_named_child(node, i);
        if (python_kind(item) == PYTHON_WILDCARD_IMPORT && from.len > 0 &&
            p->wildcard_count < COUNT_OF(p->wildcards))
            p->wildcards[p->wildcard_count++] = from;
        else if (ts_node_is_null(module) || !ts_node_eq(item, module))
            bind_import_of(p, scope, item, from);
    }
}

/* ---- functions ------------------------------------------------------------------------------- */

/* What a caller gives is unknown; a default is what it may be. */
static void bind_parameter(struct follow *p, uint32_t scope, TSNode parameter)
{
    TSNode name = parameter;
    enum python_kind kind = python_kind(parameter);
    if (kind == PYTHON_DEFAULT_PARAMETER || kind == PYTHON_TYPED_DEFAULT) {
        name = source_node_field(parameter, "name");
        bind(p, scope, name, BINDING_NODE, source_node_field(parameter, "value"));
    } else if (kind != PYTHON_IDENTIFIER && ts_node_named_child_count(parameter) > 0) {
        name = ts_node_named_child(parameter, 0);
        if (python_kind(name) != PYTHON_IDENTIFIER && ts_node_named_child_count(name) > 0)
            name = ts_node_named_child(name, 0);
    }
    bind(p, scope, name, BINDING_UNKNOWN, parameter);
}

static void bind_parameters(struct follow *p, uint32_t scope, TSNode node)
{
    uint32_t count = ts_node_named_child_count(node);
    for (uint32_t i = 0; i < count; i++)
        bind_parameter(p, scope, ts_node_named_child(node, i));
}

/* global x: what the function makes of it is also what the module's x stands for. */
static void bind_outer(struct follow *p, uint32_t scope, TSNode node)
{
    uint32_t count = ts_node_named_child_count(node);
    for (uint32_t i = 0; i < count && scope != 0; i++) {
        TSNode name = ts_node_named_child(node, i);
        const struct follow_binding binding = {
            .name = source_node_text(p->tree, name),
            .kind = BINDING_NODE,
            .node = name,
            .seen_from = scope,
        };
        follow_add_binding(p, &binding);
    }
}

/* ---- the pass -------------------------------------------------------------------------------- */

static void bind_node(struct follow *p, uint32_t scope, TSNode node, enum python_kind kind)
{
    TSNode target;
    switch ((int)kind) {
    case PYTHON_IMPORT:
    case PYTHON_IMPORT_FROM:
        bind_imports(p, scope, node);
        break;
    case PYTHON_ASSIGNMENT:
        bind_target(p, scope, source_node_field(node, "left"), source_node_field(node, "right"));
        break;
    case PYTHON_AUGMENTED_ASSIGNMENT:
        bind(p, scope, source_node_field(node, "left"), BINDING_UNKNOWN, node);
        break;
    case PYTHON_NAMED_EXPRESSION:
        bind_target(p, scope, source_node_field(node, "name"), source_node_field(node, "value"));
        break;
    case PYTHON_FOR:
    case PYTHON_FOR_IN:
        bind_loop(p, scope, source_node_field(node, "left"), source_node_field(node, "right"));
        break;
    case PYTHON_AS_PATTERN:
        target = source_node_field(node, "alias");
        if (!ts_node_is_null(target) && ts_node_named_child_count(target) > 0)
            bind_target(p, scope, ts_node_named_child(target, 0), ts_node_named_child(node, 0));
        break;
    case PYTHON_PARAMETERS:
    case PYTHON_LAMBDA_PARAMETERS:
        bind_parameters(p, scope, node);
        break;
    case PYTHON_GLOBAL:
    case PYTHON_NONLOCAL:
        bind_outer(p, scope, node);
        break;
    default:
        break;
    }
}

static uint32_t enter(struct follow *p, uint32_t scope, TSNode node, enum python_kind kind)
{
    bind_node(p, scope, node, kind);
    if (!python_opens_scope(kind))
        return scope;
    TSNode name = source_node_field(node, "name");
    if (!ts_node_is_null(name))
        bind(p, scope, name, BINDING_OWN, node);
    return follow_add_scope(p, scope, kind == PYTHON_CLASS);
}

void python_bind_all(struct follow *p)
{
    auto_walk struct source_walk walk;
    TSNode node;
    source_kinds_make(&kinds, source_language_find(STR("python")), kind_names, PYTHON_KINDS);
    uint32_t scope = follow_add_scope(p, 0, false);
    source_walk_init(&walk, ts_tree_root_node(p->tree->tree));
    while (source_walk_next(&walk, &node)) {
        enum python_kind kind = python_kind(node);
        if (!walk.leaves)
            scope = enter(p, scope, node, kind);
        else if (python_opens_scope(kind))
            scope = p->scopes[scope].parent;
    }
}
