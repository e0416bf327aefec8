#include "source/javascript_private.h"

#include <string.h>

#include "base/mem.h"

enum { DEPTH_MAX = 100, ITEMS_MAX = 16 };

static const char function_name[] = "<function>";

/* ---- members --------------------------------------------------------------------------------- */

static bool is_global_object(struct str name)
{
    return follow_is_one_of(name, "global globalThis window self top parent frames");
}

/* The constructor of any function is Function: ways from a value to running text. */
static bool has_function_for_constructor(struct str of)
{
    static const char methods[] = "filter map sort find concat at slice splice push pop fill flat "
                                  "forEach join sub bold link anchor big trim replace split charAt "
                                  "toString valueOf hasOwnProperty constructor";
    static const char classes[] = "Object Array String Number Boolean Function Date RegExp Promise "
                                  "Symbol Map Set Error eval require <function>";
    struct str last = of, piece = {};
    while (str_take_until(&of, '.', &piece))
        last = piece;
    return follow_is_one_of(last, methods) || follow_is_one_of(last, classes);
}

static struct source_value member_of(struct follow *js, const struct source_value *of,
                                     struct str name)
{
    if (of->kind == VALUE_TEXT || of->kind == VALUE_PART)
        return value_named(follow_join(js, STR("string."), name, STR("")));
    if (of->kind != VALUE_NAME)
        return value_named(follow_join(js, STR("?."), name, STR("")));
    if (str_is(name, "constructor") && has_function_for_constructor(of->text))
        return value_named(STR("Function"));
    if (value_is_named(of, "globalThis"))
        return value_named(is_global_object(name) ? STR("globalThis") : name);
    if (str_is(name, "default"))
        return *of;
    return value_named(follow_join(js, of->text, STR("."), name));
}

static struct source_values members_of(struct follow *js, const struct source_values *of,
                                       const struct source_values *names)
{
    struct source_values values = {};
    for (uint32_t i = 0; i < of->count; i++)
        for (uint32_t k = 0; k < names->count; k++)
            values_add(&values, names->list[k].kind == VALUE_TEXT
                                    ? member_of(js, &of->list[i], names->list[k].text)
                                    : VALUE_IS(UNKNOWN));
    if (values.count == 0)
        values_add(&values, VALUE_IS(UNKNOWN));
    return values;
}

/* ---- names ----------------------------------------------------------------------------------- */

static TSNode member_in_display(struct follow *js, TSNode display, struct str name);

/* What `{exec}` takes out of what stands on the other side. */
static struct source_values values_of_part(struct follow *js, const struct follow_binding *binding,
                                           int depth)
{
    enum javascript_kind kind = javascript_kind(js, binding->node);
    struct source_values values = {};
    uint32_t count = kind == JS_ARRAY ? ts_node_named_child_count(binding->node) : 0;
    for (uint32_t i = 0; i < count && i < ITEMS_MAX; i++) {
        struct source_values more = javascript_values(js, ts_node_named_child(binding->node, i),
                                                      binding->seen_from, depth + 1);
        values_add_all(&values, &more);
    }
    if (kind == JS_OBJECT && binding->text.len > 0) {
        TSNode member = member_in_display(js, binding->node, binding->text);
        return javascript_values(js, member, binding->seen_from, depth + 1);
    }
    if (count > 0 && count <= ITEMS_MAX)
        return values;
    if (binding->text.len == 0)
        return values_of(VALUE_IS(UNKNOWN));
    struct source_values of = javascript_values(js, binding->node, binding->seen_from, depth + 1);
    struct source_values name =
        values_of((struct source_value){.kind = VALUE_TEXT, .text = binding->text});
    return members_of(js, &of, &name);
}

static struct source_values values_of_binding(struct follow *js, uint32_t number, int depth)
{
    struct follow_binding *binding = &js->bindings[number];
    bool was_cut = js->cut;
    if (binding->known != NULL)
        return *binding->known;
    if (binding->kind == BINDING_NAME)
        return values_of(value_named(binding->text));
    if (binding->kind == BINDING_OWN)
        return values_of(value_named(str_from(function_name)));
    if (binding->kind == BINDING_UNKNOWN || binding->busy)
        return values_of(VALUE_IS(UNKNOWN));
    binding->busy = true;
    struct source_values values =
        binding->kind == BINDING_PART
            ? values_of_part(js, binding, depth)
            : javascript_values(js, binding->node, binding->seen_from, depth + 1);
    binding->busy = false;
    if (js->cut == was_cut && arena_fits(js->arena, sizeof values))
        binding->known = (struct source_values *)arena_copy(js->arena, &values, sizeof values);
    return values;
}

static struct source_values values_of_name(struct follow *js, struct str name, uint32_t scope,
                                           int depth)
{
    struct source_values values = {};
    for (uint32_t at = scope;; at = js->scopes[at].parent) {
        for (uint32_t i = 0; (i = follow_binding_of(js, at, name, i)) != 0;) {
            struct source_values more = values_of_binding(js, i, depth);
            values_add_all(&values, &more);
        }
        if (values.count > 0)
            return values;
        if (at == 0)
            return values_of(value_named(is_global_object(name) ? STR("globalThis") : name));
    }
}

/* ---- objects and arrays of the source -------------------------------------------------------- */

static struct str key_text(const struct follow *js, TSNode key)
{
    struct str text = ts_node_is_null(key) ? STR("") : source_node_text(js->tree, key);
    return javascript_kind(js, key) == JS_STRING && text.len >= 2
               ? str_of(text.ptr + 1, text.len - 2)
               : text;
}

/* The value of {name: value} by its name; null if there is none. */
static TSNode member_in_display(struct follow *js, TSNode display, struct str name)
{
    uint32_t count = ts_node_named_child_count(display);
    for (uint32_t i = 0; i < count; i++) {
        TSNode item = ts_node_named_child(display, i);
        if (javascript_kind(js, item) == JS_PAIR &&
            str_equal(key_text(js, source_node_field(item, "key")), name))
            return source_node_field(item, "value");
        if (javascript_kind(js, item) == JS_SHORTHAND &&
            str_equal(source_node_text(js->tree, item), name))
            return item;
    }
    return (TSNode){};
}

/* A name may stand for an object or array that the source writes down. */
static TSNode display_of(struct follow *js, TSNode node, uint32_t *scope)
{
    uint32_t at = *scope, binding = 0;
    enum javascript_kind kind = javascript_kind(js, node);
    while (kind == JS_PARENTHESIZED) {
        node = ts_node_named_child(node, 0);
        kind = javascript_kind(js, node);
    }
    while (kind == JS_IDENTIFIER &&
           (binding = follow_binding_of(js, at, source_node_text(js->tree, node), 0)) == 0 &&
           at != 0)
        at = js->scopes[at].parent;
    if (binding != 0 && js->bindings[binding].kind == BINDING_NODE) {
        *scope = js->bindings[binding].seen_from;
        node = js->bindings[binding].node;
        kind = javascript_kind(js, node);
    }
    return kind == JS_OBJECT || kind == JS_ARRAY ? node : (TSNode){};
}

static struct source_values items_of_display(struct follow *js, TSNode display, uint32_t scope,
                                             int depth)
{
    struct source_values values = {};
    uint32_t count = ts_node_named_child_count(display);
    for (uint32_t i = 0; i < count && i < ITEMS_MAX; i++) {
        TSNode item = ts_node_named_child(display, i);
        if (javascript_kind(js, item) == JS_PAIR)
            item = source_node_field(item, "value");
        struct source_values more = javascript_values(js, item, scope, depth + 1);
        values_add_all(&values, &more);
    }
    if (count == 0 || count > ITEMS_MAX)
        values_add(&values, VALUE_IS(UNKNOWN));
    return values;
}

/* {run: eval}.run, [eval][0]; false if it is no object or array of the source, or has no such. */
static bool values_in_display(struct follow *js, TSNode object, const struct source_values *names,
                              uint32_t scope, int depth, struct source_values *ret)
{
    uint32_t seen_from = scope;
    TSNode display = display_of(js, object, &seen_from), member = {};
    if (ts_node_is_null(display))
        return false;
    if (values_are_text(names) && javascript_kind(js, display) == JS_OBJECT)
        member = member_in_display(js, display, names->list[0].text);
    else if (!values_are_text(names)) {
        *ret = items_of_display(js, display, seen_from, depth);
        return true;
    }
    if (ts_node_is_null(member))
        return false;
    *ret = javascript_values(js, member, seen_from, depth + 1);
    return true;
}

struct source_values javascript_member_name(struct follow *js, TSNode node, uint32_t scope,
                                            int depth)
{
    if (javascript_kind(js, node) == JS_SUBSCRIPT)
        return javascript_values(js, source_node_field(node, "index"), scope, depth + 1);
    TSNode name = source_node_field(node, "property");
    struct str text = ts_node_is_null(name) ? STR("") : source_node_text(js->tree, name);
    return values_of((struct source_value){.kind = VALUE_TEXT, .text = text});
}

static struct source_values values_of_member(struct follow *js, TSNode node, uint32_t scope,
                                             int depth)
{
    struct source_values values;
    TSNode object = source_node_field(node, "object");
    struct source_values names = javascript_member_name(js, node, scope, depth);
    if (values_in_display(js, object, &names, scope, depth, &values))
        return values;
    struct source_values of = javascript_values(js, object, scope, depth + 1);
    return members_of(js, &of, &names);
}

/* ---- calls ----------------------------------------------------------------------------------- */

struct str javascript_module_name(struct str text)
{
    (void)str_take_prefix(&text, "node:");
    return text;
}

bool javascript_is_require(const struct source_values *what)
{
    for (uint32_t i = 0; i < what->count; i++)
        if (what->list[i].kind == VALUE_NAME &&
            follow_is_one_of(what->list[i].text,
                             "require import module.require module._load require.main.require "
                             "process.mainModule.require module.createRequire() "
                             "module.Module._load process.getBuiltinModule"))
            return true;
    return false;
}

struct source_values javascript_argument(struct follow *js, TSNode call, uint32_t number,
                                         uint32_t scope, int depth)
{
    TSNode list = source_node_field(call, "arguments");
    uint32_t seen = 0, count = ts_node_is_null(list) ? 0 : ts_node_named_child_count(list);
    if (javascript_kind(js, list) == JS_TEMPLATE)
        return number == 0 ? javascript_values(js, list, scope, depth + 1)
                           : (struct source_values){};
    for (uint32_t i = 0; i < count; i++) {
        TSNode child = ts_node_named_child(list, i);
        if (javascript_kind(js, child) != JS_COMMENT && seen++ == number)
            return javascript_values(js, child, scope, depth + 1);
    }
    return (struct source_values){};
}

static struct source_values values_of_require(struct follow *js, TSNode call, uint32_t scope,
                                              int depth)
{
    struct source_values values = {}, names = javascript_argument(js, call, 0, scope, depth);
    for (uint32_t i = 0; i < names.count; i++)
        values_add(&values, names.list[i].kind == VALUE_TEXT
                                ? value_named(javascript_module_name(names.list[i].text))
                                : VALUE_IS(UNKNOWN));
    if (values.count == 0)
        values_add(&values, VALUE_IS(UNKNOWN));
    return values;
}

/* Reflect.get(object, "name") */
static struct source_values values_of_reflection(struct follow *js, TSNode call, uint32_t scope,
                                                 int depth)
{
    struct source_values of = javascript_argument(js, call, 0, scope, depth);
    struct source_values names = javascript_argument(js, call, 1, scope, depth);
    return members_of(js, &of, &names);
}

static struct source_value called(struct follow *js, struct str name)
{
    return value_named(follow_join(js, name, STR("()"), STR("")));
}

static struct source_values values_of_called(struct follow *js, TSNode call,
                                             const struct source_value *what, uint32_t scope,
                                             int depth)
{
    struct source_value text;
    struct str name = what->text;
    struct source_values one = values_of(*what);
    if (javascript_text_of_call(js, call, what, scope, depth, &text))
        return values_of(text);
    if (what->kind != VALUE_NAME)
        return values_of(VALUE_IS(UNKNOWN));
    if (javascript_is_require(&one))
        return values_of_require(js, call, scope, depth);
    if (str_is(name, "Reflect.get"))
        return values_of_reflection(js, call, scope, depth);
    if (str_ends(name, ".bind"))
        return values_of(value_named(str_of(name.ptr, name.len - strlen(".bind"))));
    if (str_is(name, "util.promisify") || str_is(name, "Object.create") ||
        str_is(name, "Object.freeze"))
        return javascript_argument(js, call, 0, scope, depth);
    return values_of(called(js, name));
}

static struct source_values values_of_call(struct follow *js, TSNode node, const char *field,
                                           uint32_t scope, int depth)
{
    struct source_values values = {};
    struct source_values of =
        javascript_values(js, source_node_field(node, field), scope, depth + 1);
    for (uint32_t i = 0; i < of.count; i++) {
        struct source_values more = values_of_called(js, node, &of.list[i], scope, depth);
        values_add_all(&values, &more);
    }
    return values;
}

/* ---- expressions ----------------------------------------------------------------------------- */

static struct source_values values_of_either(struct follow *js, TSNode a, TSNode b, uint32_t scope,
                                             int depth)
{
    struct source_values values = javascript_values(js, a, scope, depth + 1);
    struct source_values more = javascript_values(js, b, scope, depth + 1);
    values_add_all(&values, &more);
    return values;
}

static struct source_values values_of_operator(struct follow *js, TSNode node, uint32_t scope,
                                               int depth)
{
    struct str sign = source_node_text(js->tree, source_node_field(node, "operator"));
    if (str_is(sign, "||") || str_is(sign, "??") || str_is(sign, "&&"))
        return values_of_either(js, source_node_field(node, "left"),
                                source_node_field(node, "right"), scope, depth);
    return values_of(str_is(sign, "+") ? javascript_text_of(js, node, scope, depth)
                                       : VALUE_IS(UNKNOWN));
}

/* !0 and !1 of minified sources, and void 0 */
static struct source_value value_of_unary(const struct follow *js, TSNode node)
{
    struct str text = source_node_text(js->tree, node);
    return str_is(text, "!0")   ? VALUE_IS(TRUE)
           : str_is(text, "!1") ? VALUE_IS(FALSE)
                                : VALUE_IS(UNKNOWN);
}

static struct source_values values_of_kind(struct follow *js, TSNode node, uint32_t scope,
                                           int depth)
{
    switch ((int)javascript_kind(js, node)) {
    case JS_IDENTIFIER:
    case JS_SHORTHAND:
        return values_of_name(js, source_node_text(js->tree, node), scope, depth);
    case JS_IMPORT:
        return values_of(value_named(STR("import")));
    case JS_MEMBER:
    case JS_SUBSCRIPT:
        return values_of_member(js, node, scope, depth);
    case JS_CALL:
        return values_of_call(js, node, "function", scope, depth);
    case JS_NEW:
        return values_of_call(js, node, "constructor", scope, depth);
    case JS_STRING:
    case JS_TEMPLATE:
        return values_of(javascript_text_of(js, node, scope, depth));
    case JS_BINARY:
        return values_of_operator(js, node, scope, depth);
    case JS_UNARY:
        return values_of(value_of_unary(js, node));
    case JS_NUMBER:
        return values_of(follow_value_of_number(source_node_text(js->tree, node)));
    case JS_TRUE:
        return values_of(VALUE_IS(TRUE));
    case JS_FALSE:
        return values_of(VALUE_IS(FALSE));
    case JS_NULL:
    case JS_UNDEFINED:
        return values_of(VALUE_IS(NONE));
    case JS_ASSIGNMENT:
        return javascript_values(js, source_node_field(node, "right"), scope, depth + 1);
    case JS_SEQUENCE:
        return javascript_values(js, ts_node_named_child(node, ts_node_named_child_count(node) - 1),
                                 scope, depth + 1);
    case JS_PARENTHESIZED:
    case JS_AWAIT:
    case JS_AS:
    case JS_SATISFIES:
    case JS_NON_NULL:
        return javascript_values(js, ts_node_named_child(node, 0), scope, depth + 1);
    case JS_TERNARY:
        return values_of_either(js, source_node_field(node, "consequence"),
                                source_node_field(node, "alternative"), scope, depth);
    case JS_ARROW:
    case JS_FUNCTION_EXPRESSION:
    case JS_GENERATOR_EXPRESSION:
    case JS_CLASS_EXPRESSION:
        return values_of(value_named(str_from(function_name)));
    case JS_ARRAY:
    case JS_OBJECT:
    case JS_REGEX:
        return values_of(VALUE_IS(OTHER));
    default:
        return values_of(VALUE_IS(UNKNOWN));
    }
}

struct source_values javascript_values(struct follow *js, TSNode node, uint32_t scope, int depth)
{
    if (ts_node_is_null(node))
        return values_of(VALUE_IS(UNKNOWN));
    if (depth > DEPTH_MAX || js->fuel == 0) {
        js->cut = true;
        return values_of(VALUE_IS(UNKNOWN));
    }
    js->fuel--;
    return values_of_kind(js, node, scope, depth);
}
