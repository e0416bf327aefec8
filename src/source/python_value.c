#include "source/python_private.h"

#include <string.h>

#include "base/mem.h"

enum { DEPTH_MAX = 100, ITEMS_MAX = 16 };

/* ---- names ----------------------------------------------------------------------------------- */

static struct source_values values_of_binding(struct follow *p, uint32_t number, int depth)
{
    struct follow_binding *binding = &p->bindings[number];
    bool was_cut = p->cut;
    if (binding->known != NULL)
        return *binding->known;
    if (binding->kind == BINDING_NAME)
        return values_of(value_named(binding->text));
    if (binding->kind == BINDING_OWN)
        return values_of(VALUE_IS(OTHER));
    if (binding->kind == BINDING_UNKNOWN || binding->busy)
        return values_of(VALUE_IS(UNKNOWN));
    binding->busy = true;
    struct source_values values = python_values(p, binding->node, binding->seen_from, depth + 1);
    binding->busy = false;
    if (p->cut == was_cut && arena_fits(p->arena, sizeof values))
        binding->known = (struct source_values *)arena_copy(p->arena, &values, sizeof values);
    return values;
}

static const char *const builtins[] = {
    "__import__", "breakpoint", "chr",       "compile",   "delattr", "dir",    "eval",
    "exec",       "exit",       "getattr",   "globals",   "help",    "input",  "locals",
    "map",        "memoryview", "open",      "ord",       "print",   "quit",   "setattr",
    "type",       "vars",       "bytes",     "bytearray", "str",     "filter", "sorted",
    "execfile",   "reload",     "raw_input", "unicode",
};

static bool is_builtin(struct str name)
{
    for (size_t i = 0; i < COUNT_OF(builtins); i++)
        if (str_is(name, builtins[i]))
            return true;
    return false;
}

/* A name that the source does not bind is Python's own, or of a module that was imported whole. */
static struct source_values values_of_free(struct follow *p, struct str name)
{
    struct source_values values = {};
    if (str_is(name, "__builtins__"))
        return values_of(value_named(STR("builtins")));
    if (is_builtin(name))
        values_add(&values, value_named(follow_join(p, STR("builtins."), name, STR(""))));
    for (uint32_t i = 0; i < p->wildcard_count; i++)
        values_add(&values, value_named(follow_join(p, p->wildcards[i], STR("."), name)));
    if (values.count == 0)
        values_add(&values, value_named(name));
    return values;
}

struct source_values python_values_of_name(struct follow *p, struct str name, uint32_t scope,
                                           int depth)
{
    struct source_values values = {};
    for (uint32_t at = scope;; at = p->scopes[at].parent) {
        if (at == scope || !p->scopes[at].is_class)
            for (uint32_t i = 0; (i = follow_binding_of(p, at, name, i)) != 0;) {
                struct source_values more = values_of_binding(p, i, depth);
                values_add_all(&values, &more);
            }
        if (values.count > 0)
            return values;
        if (at == 0)
            return values_of_free(p, name);
    }
}

/* ---- attributes and items -------------------------------------------------------------------- */

static struct source_value attribute_of(struct follow *p, const struct source_value *of,
                                        struct str name)
{
    if (of->kind == VALUE_NAME && str_ends(of->text, ".__dict__"))
        return value_named(follow_join(p, of->text, STR("."), name));
    if (of->kind == VALUE_NAME)
        return value_named(follow_join(p, of->text, STR("."), name));
    if (of->kind == VALUE_TEXT || of->kind == VALUE_PART)
        return value_named(follow_join(p, STR("str."), name, STR("")));
    return value_named(follow_join(p, STR("?."), name, STR("")));
}

static struct source_values attributes_of(struct follow *p, const struct source_values *of,
                                          struct str name)
{
    struct source_values values = {};
    for (uint32_t i = 0; i < of->count; i++)
        values_add(&values, attribute_of(p, &of->list[i], name));
    return values;
}

static bool is_namespace(const struct source_value *value)
{
    return value_is_named(value, "builtins.globals()") ||
           value_is_named(value, "builtins.locals()") || value_is_named(value, "builtins.vars()");
}

/* os.__dict__["system"], sys.modules["os"], __builtins__["eval"], globals()["x"] */
static struct source_values item_of(struct follow *p, const struct source_value *of, struct str key,
                                    uint32_t scope, int depth)
{
    struct str name = of->text;
    if (is_namespace(of))
        return python_values_of_name(p, key, scope, depth + 1);
    if (value_is_named(of, "sys.modules"))
        return values_of(value_named(key));
    if (value_is_named(of, "builtins"))
        return values_of(value_named(follow_join(p, name, STR("."), key)));
    if (of->kind == VALUE_NAME && str_ends(name, ".__dict__")) {
        name.len -= strlen(".__dict__");
        return values_of(value_named(follow_join(p, name, STR("."), key)));
    }
    if (of->kind == VALUE_NAME)
        return values_of(value_named(follow_join(p, name, STR("[]"), STR(""))));
    return values_of(VALUE_IS(UNKNOWN));
}

/* {"run": eval}["run"], [eval][0]: any of what stands there. */
static struct source_values items_of_display(struct follow *p, TSNode display, uint32_t scope,
                                             int depth)
{
    struct source_values values = {};
    uint32_t count = ts_node_named_child_count(display);
    for (uint32_t i = 0; i < count && i < ITEMS_MAX; i++) {
        TSNode item = ts_node_named_child(display, i);
        if (python_kind(item) == PYTHON_PAIR)
            item = source_node_field(item, "value");
        struct source_values more = python_values(p, item, scope, depth + 1);
        values_add_all(&values, &more);
    }
    if (count == 0 || count > ITEMS_MAX)
        values_add(&values, VALUE_IS(UNKNOWN));
    return values;
}

/* A name may stand for a display. */
static TSNode display_of(struct follow *p, TSNode node, uint32_t *scope)
{
    uint32_t binding;
    if (python_kind(node) == PYTHON_IDENTIFIER &&
        (binding = follow_binding_of(p, *scope, source_node_text(p->tree, node), 0)) != 0 &&
        p->bindings[binding].kind == BINDING_NODE) {
        *scope = p->bindings[binding].seen_from;
        node = p->bindings[binding].node;
    }
    enum python_kind kind = python_kind(node);
    bool is_one = kind == PYTHON_DICTIONARY || kind == PYTHON_LIST || kind == PYTHON_TUPLE;
    return is_one ? node : (TSNode){};
}

static bool is_backwards(const struct follow *p, TSNode slice)
{
    struct str text = source_node_text(p->tree, slice);
    return str_is(text, "::-1") || str_is(text, ": : -1");
}

static struct source_values values_of_subscript(struct follow *p, TSNode node, uint32_t scope,
                                                int depth)
{
    struct source_values values = {};
    TSNode object = source_node_field(node, "value"), key = source_node_field(node, "subscript");
    uint32_t seen_from = scope;
    TSNode display = display_of(p, object, &seen_from);
    if (!ts_node_is_null(display))
        return items_of_display(p, display, seen_from, depth);
    struct source_values of = python_values(p, object, scope, depth + 1);
    struct source_values keys = python_values(p, key, scope, depth + 1);
    bool backwards = python_kind(key) == PYTHON_SLICE && is_backwards(p, key);
    for (uint32_t i = 0; i < of.count; i++) {
        if (backwards && of.list[i].kind == VALUE_TEXT)
            values_add(&values, follow_text_reversed(p, of.list[i]));
        for (uint32_t k = 0; k < keys.count && !backwards; k++) {
            struct str text = keys.list[k].kind == VALUE_TEXT ? keys.list[k].text : STR("?");
            struct source_values more = item_of(p, &of.list[i], text, scope, depth);
            values_add_all(&values, &more);
        }
    }
    if (values.count == 0)
        values_add(&values, VALUE_IS(UNKNOWN));
    return values;
}

/* ---- calls ----------------------------------------------------------------------------------- */

static struct source_values argument_values(struct follow *p, TSNode call, uint32_t number,
                                            uint32_t scope, int depth)
{
    TSNode list = source_node_field(call, "arguments");
    if (ts_node_is_null(list) || number >= ts_node_named_child_count(list))
        return (struct source_values){};
    return python_values(p, ts_node_named_child(list, number), scope, depth + 1);
}

/* getattr(object, "name") */
static struct source_values values_of_getattr(struct follow *p, TSNode call, uint32_t scope,
                                              int depth)
{
    struct source_values values = {};
    struct source_values of = argument_values(p, call, 0, scope, depth);
    struct source_values names = argument_values(p, call, 1, scope, depth);
    for (uint32_t i = 0; i < names.count; i++) {
        struct source_values more = {};
        if (names.list[i].kind == VALUE_TEXT)
            more = attributes_of(p, &of, names.list[i].text);
        values_add_all(&values, &more);
    }
    if (values.count == 0)
        values_add(&values, VALUE_IS(UNKNOWN));
    return values;
}

/* __import__("os"), importlib.import_module("os") */
static struct source_values values_of_import(struct follow *p, TSNode call, uint32_t scope,
                                             int depth)
{
    struct source_values values = {}, names = argument_values(p, call, 0, scope, depth);
    for (uint32_t i = 0; i < names.count; i++)
        values_add(&values, names.list[i].kind == VALUE_TEXT ? value_named(names.list[i].text)
                                                             : VALUE_IS(UNKNOWN));
    return values;
}

/* vars(os) is os.__dict__ */
static struct source_values values_of_vars(struct follow *p, TSNode call, uint32_t scope, int depth)
{
    struct source_values of = argument_values(p, call, 0, scope, depth);
    return of.count > 0 ? attributes_of(p, &of, STR("__dict__"))
                        : values_of(value_named(STR("builtins.vars()")));
}

static struct source_values values_of_called(struct follow *p, TSNode call,
                                             const struct source_value *what, uint32_t scope,
                                             int depth)
{
    struct source_value text;
    if (python_text_of_call(p, call, what, scope, depth, &text))
        return values_of(text);
    if (what->kind != VALUE_NAME)
        return values_of(VALUE_IS(UNKNOWN));
    if (value_is_named(what, "builtins.getattr"))
        return values_of_getattr(p, call, scope, depth);
    if (value_is_named(what, "builtins.__import__") ||
        value_is_named(what, "importlib.import_module") ||
        value_is_named(what, "importlib.__import__"))
        return values_of_import(p, call, scope, depth);
    if (value_is_named(what, "builtins.vars"))
        return values_of_vars(p, call, scope, depth);
    if (value_is_named(what, "functools.partial"))
        return argument_values(p, call, 0, scope, depth);
    return values_of(value_named(follow_join(p, what->text, STR("()"), STR(""))));
}

static struct source_values values_of_call(struct follow *p, TSNode node, uint32_t scope, int depth)
{
    struct source_values values = {};
    struct source_values of =
        python_values(p, source_node_field(node, "function"), scope, depth + 1);
    for (uint32_t i = 0; i < of.count; i++) {
        struct source_values more = values_of_called(p, node, &of.list[i], scope, depth);
        values_add_all(&values, &more);
    }
    return values;
}

/* ---- expressions ----------------------------------------------------------------------------- */

static struct source_values values_of_either(struct follow *p, TSNode a, TSNode b, uint32_t scope,
                                             int depth)
{
    struct source_values values = python_values(p, a, scope, depth + 1);
    struct source_values more = python_values(p, b, scope, depth + 1);
    values_add_all(&values, &more);
    return values;
}

static struct source_values values_of_attribute(struct follow *p, TSNode node, uint32_t scope,
                                                int depth)
{
    struct source_values of = python_values(p, source_node_field(node, "object"), scope, depth + 1);
    return attributes_of(p, &of, source_node_text(p->tree, source_node_field(node, "attribute")));
}

static struct source_values values_of_kind(struct follow *p, TSNode node, uint32_t scope, int depth)
{
    switch ((int)python_kind(node)) {
    case PYTHON_IDENTIFIER:
        return python_values_of_name(p, source_node_text(p->tree, node), scope, depth);
    case PYTHON_ATTRIBUTE:
        return values_of_attribute(p, node, scope, depth);
    case PYTHON_SUBSCRIPT:
        return values_of_subscript(p, node, scope, depth);
    case PYTHON_CALL:
        return values_of_call(p, node, scope, depth);
    case PYTHON_STRING:
    case PYTHON_CONCATENATED_STRING:
    case PYTHON_BINARY_OPERATOR:
        return values_of(python_text_of(p, node, scope, depth));
    case PYTHON_INTEGER:
        return values_of(follow_value_of_number(source_node_text(p->tree, node)));
    case PYTHON_TRUE:
        return values_of(VALUE_IS(TRUE));
    case PYTHON_FALSE:
        return values_of(VALUE_IS(FALSE));
    case PYTHON_NONE:
        return values_of(VALUE_IS(NONE));
    case PYTHON_NAMED_EXPRESSION:
        return python_values(p, source_node_field(node, "value"), scope, depth + 1);
    case PYTHON_PARENTHESIZED:
    case PYTHON_AWAIT:
        return python_values(p, ts_node_named_child(node, 0), scope, depth + 1);
    case PYTHON_CONDITIONAL:
        return values_of_either(p, ts_node_named_child(node, 0), ts_node_named_child(node, 2),
                                scope, depth);
    case PYTHON_BOOLEAN_OPERATOR:
        return values_of_either(p, source_node_field(node, "left"),
                                source_node_field(node, "right"), scope, depth);
    case PYTHON_LIST:
    case PYTHON_TUPLE:
    case PYTHON_DICTIONARY:
    case PYTHON_SET:
    case PYTHON_LAMBDA:
        return values_of(VALUE_IS(OTHER));
    default:
        return values_of(VALUE_IS(UNKNOWN));
    }
}

struct source_values python_values(struct follow *p, TSNode node, uint32_t scope, int depth)
{
    if (ts_node_is_null(node))
        return values_of(VALUE_IS(UNKNOWN));
    if (depth > DEPTH_MAX || p->fuel == 0) {
        p->cut = true;
        return values_of(VALUE_IS(UNKNOWN));
    }
    p->fuel--;
    return values_of_kind(p, node, scope, depth);
}
