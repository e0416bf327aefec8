#include "source/javascript_follow.h"

#include <string.h>

#include "base/mem.h"
#include "source/javascript_private.h"

/* ---- arguments ------------------------------------------------------------------------------- */

struct arguments {
    uint32_t count;
    struct source_argument list[FACT_ARGUMENTS_MAX];
};

static void add_argument(struct arguments *arguments, struct source_argument argument)
{
    if (arguments->count < FACT_ARGUMENTS_MAX)
        arguments->list[arguments->count++] = argument;
}

/* {shell: true} as an argument has `shell`. */
static void add_pairs(struct follow *js, TSNode object, uint32_t scope, struct arguments *arguments)
{
    uint32_t count = ts_node_named_child_count(object);
    for (uint32_t i = 0; i < count; i++) {
        TSNode pair = ts_node_named_child(object, i), key = source_node_field(pair, "key");
        enum javascript_kind kind = javascript_kind(js, pair);
        struct source_argument argument = {.spreads = kind == JS_SPREAD};
        if (kind == JS_PAIR && !ts_node_is_null(key)) {
            argument.keyword = source_node_text(js->tree, key);
            argument.value = javascript_values(js, source_node_field(pair, "value"), scope, 0);
        } else if (kind == JS_SHORTHAND) {
            argument.keyword = source_node_text(js->tree, pair);
            argument.value = javascript_values(js, pair, scope, 0);
        }
        if (argument.spreads || argument.keyword.len > 0)
            add_argument(arguments, argument);
    }
}

static void read_arguments(struct follow *js, TSNode list, uint32_t scope,
                           struct arguments *arguments)
{
    uint32_t count = ts_node_is_null(list) ? 0 : ts_node_named_child_count(list);
    if (javascript_kind(js, list) == JS_TEMPLATE) {
        add_argument(arguments,
                     (struct source_argument){.value = javascript_values(js, list, scope, 0)});
        return;
    }
    for (uint32_t i = 0; i < count; i++) {
        TSNode child = ts_node_named_child(list, i);
        enum javascript_kind kind = javascript_kind(js, child);
        if (kind != JS_COMMENT)
            add_argument(arguments,
                         (struct source_argument){.spreads = kind == JS_SPREAD,
                                                  .source = source_node_text(js->tree, child),
                                                  .value = javascript_values(js, child, scope, 0)});
    }
    for (uint32_t i = 0; i < count; i++)
        if (javascript_kind(js, ts_node_named_child(list, i)) == JS_OBJECT)
            add_pairs(js, ts_node_named_child(list, i), scope, arguments);
}

/* ---- calls ----------------------------------------------------------------------------------- */

static void tell_call(struct follow *js, TSNode call, const struct source_values *what,
                      const struct arguments *arguments, uint32_t from)
{
    from = from < arguments->count ? from : arguments->count;
    follow_tell(js, FACT_CALL, call, what, arguments->list + from, arguments->count - from);
}

/* eval.call(null, x) and eval.apply(null, [x]) call eval. */
static void tell_borrowed(struct follow *js, TSNode call, struct str name,
                          const struct arguments *arguments)
{
    static const char *const ways[] = {".call", ".apply", ".bind"};
    for (size_t i = 0; i < COUNT_OF(ways); i++) {
        if (!str_ends(name, ways[i]))
            continue;
        struct source_values what =
            values_of(value_named(str_of(name.ptr, name.len - strlen(ways[i]))));
        struct arguments spread = {.count = 1, .list = {{.spreads = true}}};
        spread.list[0].value = values_of(VALUE_IS(UNKNOWN));
        bool spreads = str_is(str_from(ways[i]), ".apply");
        tell_call(js, call, &what, spreads ? &spread : arguments, spreads ? 0 : 1);
    }
}

/* Reflect.apply(eval, null, ["x"]) */
static void tell_reflected(struct follow *js, TSNode call, const struct source_values *what,
                           const struct arguments *arguments)
{
    struct arguments spread = {.count = 1, .list = {{.spreads = true}}};
    spread.list[0].value = values_of(VALUE_IS(UNKNOWN));
    if (arguments->count > 0 &&
        (values_may_be(what, "Reflect.apply") || values_may_be(what, "Reflect.construct")))
        tell_call(js, call, &arguments->list[0].value, &spread, 0);
}

static void tell_modules(struct follow *js, TSNode call, const struct source_values *what,
                         const struct arguments *arguments)
{
    if (arguments->count == 0 || !javascript_is_require(what))
        return;
    const struct source_values *names = &arguments->list[0].value;
    for (uint32_t i = 0; i < names->count; i++)
        if (names->list[i].kind == VALUE_TEXT)
            follow_tell_name(js, FACT_IMPORT, call, javascript_module_name(names->list[i].text));
    if (values_have_unknown_text(names))
        follow_tell_name(js, FACT_DYNAMIC, call, STR("import"));
}

static void tell_passed(struct follow *js, TSNode call, const struct arguments *arguments)
{
    for (uint32_t i = 0; i < arguments->count; i++)
        for (uint32_t k = 0; k < arguments->list[i].value.count; k++)
            if (arguments->list[i].value.list[k].kind == VALUE_NAME)
                follow_tell_name(js, FACT_PASSED, call, arguments->list[i].value.list[k].text);
}

/* Of what a `new` makes, "new " stands before the name, too. */
static struct source_values with_new(struct follow *js, struct source_values what)
{
    for (uint32_t i = 0; i < what.count; i++)
        if (what.list[i].kind == VALUE_NAME)
            what.list[i] = value_named(follow_join(js, STR("new "), what.list[i].text, STR("")));
    return what;
}

static void follow_call(struct follow *js, TSNode call, bool is_new, uint32_t scope)
{
    struct arguments arguments = {};
    TSNode called = source_node_field(call, is_new ? "constructor" : "function");
    struct source_values what = javascript_values(js, called, scope, 0);
    read_arguments(js, source_node_field(call, "arguments"), scope, &arguments);
    if (is_new)
        what = with_new(js, what);
    tell_call(js, call, &what, &arguments, 0);
    tell_passed(js, call, &arguments);
    tell_modules(js, call, &what, &arguments);
    tell_reflected(js, call, &what, &arguments);
    for (uint32_t i = 0; i < what.count; i++)
        if (what.list[i].kind == VALUE_NAME)
            tell_borrowed(js, call, what.list[i].text, &arguments);
}

/* ---- members --------------------------------------------------------------------------------- */

/* What has members that are dangerous: the global object, and modules of the system. */
static bool is_namespace(const struct source_value *value)
{
    return value->kind == VALUE_NAME &&
           follow_is_one_of(value->text, "globalThis child_process fs fs/promises vm process net "
                                         "http https os worker_threads cluster module Reflect");
}

static bool is_index(const struct source_values *key)
{
    for (uint32_t i = 0; i < key->count; i++)
        if (key->list[i].kind != VALUE_TEXT && key->list[i].kind != VALUE_NUMBER)
            return false;
    return true;
}

/* x[key]: which member is meant shows only when it runs. */
static void follow_subscript(struct follow *js, TSNode node, uint32_t scope)
{
    struct source_values of = javascript_values(js, source_node_field(node, "object"), scope, 0);
    struct source_values key = javascript_values(js, source_node_field(node, "index"), scope, 0);
    for (uint32_t i = 0; i < key.count; i++)
        if (key.list[i].kind == VALUE_TEXT)
            follow_tell_name(js, FACT_ATTRIBUTE, node, key.list[i].text);
    if (is_index(&key))
        return;
    for (uint32_t i = 0; i < of.count; i++)
        if (is_namespace(&of.list[i])) {
            follow_tell_name(js, FACT_DYNAMIC, node, STR("a namespace"));
            return;
        }
    follow_tell_name(js, FACT_DYNAMIC, node,
                     node.id == js->written ? STR("a written member") : STR("a member"));
}

/* ---- assignments ----------------------------------------------------------------------------- */

static void tell_assigned(struct follow *js, TSNode node, struct str name, TSNode value,
                          uint32_t scope)
{
    const struct source_argument argument = {.value = javascript_values(js, value, scope, 0)};
    struct source_values what = values_of(value_named(name));
    if (!ts_node_is_null(value) && name.len > 0)
        follow_tell(js, FACT_ASSIGN, node, &what, &argument, 1);
}

/* The last name of `x`, `a.x`, `a["x"]`, or nothing. */
static struct str last_name(struct follow *js, TSNode node, uint32_t scope)
{
    enum javascript_kind kind = javascript_kind(js, node);
    if (kind == JS_MEMBER || kind == JS_SUBSCRIPT) {
        struct source_values name = javascript_member_name(js, node, scope, 0);
        return values_are_text(&name) ? name.list[0].text : STR("");
    }
    if (kind == JS_IDENTIFIER || kind == JS_PROPERTY || kind == JS_SHORTHAND)
        return source_node_text(js->tree, node);
    if (kind != JS_STRING)
        return STR("");
    struct source_value text = javascript_text_of(js, node, scope, 0);
    return text.kind == VALUE_TEXT ? text.text : STR("");
}

static void follow_assignment(struct follow *js, TSNode node, const char *target, const char *value,
                              uint32_t scope)
{
    TSNode left = source_node_field(node, target);
    if (ts_node_is_null(left))
        return;
    js->written = left.id;
    tell_assigned(js, node, last_name(js, left, scope), source_node_field(node, value), scope);
}

/* ---- the rest -------------------------------------------------------------------------------- */

static void follow_text(struct follow *js, TSNode node, uint32_t scope)
{
    struct source_values what = javascript_values(js, node, scope, 0);
    if (values_have_text(&what))
        follow_tell(js, FACT_TEXT, node, &what, NULL, 0);
}

static void follow_import(struct follow *js, TSNode node)
{
    TSNode from = source_node_field(node, "source");
    uint32_t count = ts_node_named_child_count(node);
    for (uint32_t i = 0; i < count && ts_node_is_null(from); i++)
        if (javascript_kind(js, ts_node_named_child(node, i)) == JS_IMPORT_REQUIRE)
            from = source_node_field(ts_node_named_child(node, i), "source");
    struct str text = ts_node_is_null(from) ? STR("") : source_node_text(js->tree, from);
    if (text.len > 2)
        follow_tell_name(js, FACT_IMPORT, node,
                         javascript_module_name(str_of(text.ptr + 1, text.len - 2)));
}

static void tell_compared(struct follow *js, TSNode node, TSNode name, TSNode with, uint32_t scope)
{
    struct source_values what = values_of(value_named(last_name(js, name, scope)));
    const struct source_argument argument = {.value = javascript_values(js, with, scope, 0)};
    if (what.list[0].kind == VALUE_NAME)
        follow_tell(js, FACT_COMPARE, node, &what, &argument, 1);
}

static void follow_operator(struct follow *js, TSNode node, uint32_t scope)
{
    TSNode left = source_node_field(node, "left"), right = source_node_field(node, "right");
    struct str sign = source_node_text(js->tree, source_node_field(node, "operator"));
    if (str_is(sign, "+"))
        follow_text(js, node, scope);
    if (!follow_is_one_of(sign, "== === != !=="))
        return;
    tell_compared(js, node, left, right, scope);
    tell_compared(js, node, right, left, scope);
}

/* A regular expression that is written down is a call of RegExp. */
static void follow_regex(struct follow *js, TSNode node)
{
    TSNode pattern = source_node_field(node, "pattern");
    struct source_argument argument = {};
    struct source_values what = values_of(value_named(STR("RegExp")));
    if (ts_node_is_null(pattern))
        return;
    argument.value = values_of(
        (struct source_value){.kind = VALUE_TEXT, .text = source_node_text(js->tree, pattern)});
    follow_tell(js, FACT_CALL, node, &what, &argument, 1);
}

static void follow_node(struct follow *js, TSNode node, enum javascript_kind kind, uint32_t scope)
{
    struct source_values debugger = values_of(value_named(STR("debugger")));
    switch ((int)kind) {
    case JS_CALL:
    case JS_NEW:
        follow_call(js, node, kind == JS_NEW, scope);
        break;
    case JS_SUBSCRIPT:
        follow_subscript(js, node, scope);
        break;
    case JS_MEMBER:
        follow_tell_name(js, FACT_ATTRIBUTE, node,
                         source_node_text(js->tree, source_node_field(node, "property")));
        break;
    case JS_ASSIGNMENT:
        follow_assignment(js, node, "left", "right", scope);
        break;
    case JS_DECLARATOR:
        follow_assignment(js, node, "name", "value", scope);
        break;
    case JS_PAIR:
        follow_assignment(js, node, "key", "value", scope);
        break;
    case JS_FIELD:
        follow_assignment(js, node, "property", "value", scope);
        break;
    case JS_PUBLIC_FIELD:
        follow_assignment(js, node, "name", "value", scope);
        break;
    case JS_IMPORT_STATEMENT:
        follow_import(js, node);
        break;
    case JS_STRING:
    case JS_TEMPLATE:
        follow_text(js, node, scope);
        break;
    case JS_BINARY:
        follow_operator(js, node, scope);
        break;
    case JS_REGEX:
        follow_regex(js, node);
        break;
    case JS_DEBUGGER:
        follow_tell(js, FACT_CALL, node, &debugger, NULL, 0);
        break;
    default:
        break;
    }
}

/* ---- the walk -------------------------------------------------------------------------------- */

static const char *const kind_names[] = {
    NULL,
#define KIND(kind, name) name,
#include "source/javascript_kinds.def"
#undef KIND
};

/* Each grammar has numbers of its own. */
static const struct source_kinds *kinds_of(const struct source_language *language)
{
    static struct source_kinds kinds[SOURCE_LANGUAGES];
    source_kinds_make(&kinds[language->id], language, kind_names, JS_KINDS);
    return &kinds[language->id];
}

bool javascript_follow(const struct source_tree *tree, const struct source_language *language,
                       struct arena *arena, source_hear *hear, void *cookie)
{
    struct follow js = {.tree = tree,
                        .kinds = kinds_of(language),
                        .arena = arena,
                        .hear = hear,
                        .cookie = cookie,
                        .fuel = FOLLOW_FUEL};
    auto_walk struct source_walk walk;
    TSNode node;
    uint32_t scope = 0, next = 1;
    javascript_bind_all(&js);
    source_walk_init(&walk, ts_tree_root_node(tree->tree));
    while (source_walk_next(&walk, &node)) {
        enum javascript_kind kind = javascript_kind(&js, node);
        if (walk.leaves && javascript_opens_scope(kind))
            scope = js.scopes[scope].parent;
        if (walk.leaves)
            continue;
        follow_node(&js, node, kind, scope);
        if (javascript_opens_scope(kind))
            scope = next++;
    }
    follow_done(&js);
    return !js.cut;
}
