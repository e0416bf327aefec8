#include "source/python_follow.h"

#include <string.h>

#include "source/python_private.h"

/* ---- calls ----------------------------------------------------------------------------------- */

static struct source_argument read_argument(struct follow *p, TSNode node, uint32_t scope)
{
    struct source_argument argument = {};
    enum python_kind kind = python_kind(node);
    if (kind == PYTHON_KEYWORD_ARGUMENT) {
        argument.keyword = source_node_text(p->tree, source_node_field(node, "name"));
        node = source_node_field(node, "value");
    }
    argument.source = source_node_text(p->tree, node);
    argument.spreads = kind == PYTHON_LIST_SPLAT || kind == PYTHON_DICTIONARY_SPLAT;
    argument.value =
        argument.spreads ? values_of(VALUE_IS(UNKNOWN)) : python_values(p, node, scope, 0);
    return argument;
}

static uint32_t read_arguments(struct follow *p, TSNode call, uint32_t scope,
                               struct source_argument arguments[FACT_ARGUMENTS_MAX])
{
    TSNode list = source_node_field(call, "arguments");
    uint32_t count = 0, children = ts_node_is_null(list) ? 0 : ts_node_named_child_count(list);
    for (uint32_t i = 0; i < children && count < FACT_ARGUMENTS_MAX; i++) {
        TSNode child = ts_node_named_child(list, i);
        if (!source_node_is(child, "comment"))
            arguments[count++] = read_argument(p, child, scope);
    }
    return count;
}

/* A module, by a name that was followed to an import: of what else objects are made of, an access
 * by a name that is made at run time is everyday. */
static bool is_module(const struct source_values *values)
{
    static const char *const modules[] = {"os",        "sys",   "subprocess", "builtins", "shutil",
                                          "importlib", "posix", "socket",     "ctypes",   "pty",
                                          "__main__",  "nt",    "platform",   "code",     "imp"};
    for (size_t i = 0; i < sizeof modules / sizeof *modules; i++)
        if (values_may_be(values, modules[i]))
            return true;
    return false;
}

/* Is it called where it stands: getattr(os, name)()? */
static bool is_called(TSNode node)
{
    TSNode parent = ts_node_parent(node);
    return !ts_node_is_null(parent) && python_kind(parent) == PYTHON_CALL &&
           ts_node_eq(source_node_field(parent, "function"), node);
}

static void tell_unfollowed(struct follow *p, TSNode node, struct str way,
                            struct source_argument name)
{
    struct source_values what = values_of(value_named(way));
    struct source_value called = is_called(node) ? VALUE_IS(TRUE) : VALUE_IS(FALSE);
    const struct source_argument arguments[] = {
        name, {.keyword = STR("called"), .value = values_of(called)}};
    follow_tell(p, FACT_DYNAMIC, node, &what, arguments, 2);
}

/* "sys" + "tem": a name that is known, and stands nowhere in the source as a whole. */
static void tell_pieces(struct follow *p, TSNode node, const struct source_values *name)
{
    struct str all = p->tree->bytes;
    struct source_values what = values_of(value_named(STR("a name in pieces")));
    for (uint32_t i = 0; i < name->count; i++) {
        struct str text = name->list[i].text;
        if (name->list[i].kind == VALUE_TEXT && text.len > 0 &&
            memmem(all.ptr, all.len, text.ptr, text.len) == NULL) {
            follow_tell(p, FACT_DYNAMIC, node, &what, NULL, 0);
            return;
        }
    }
}

/* getattr(os, name): which of os is meant shows only when it runs. */
static void tell_dynamic(struct follow *p, TSNode call, const struct source_values *what,
                         const struct source_argument *arguments, uint32_t count)
{
    bool reads = values_may_be(what, "builtins.getattr") && count >= 2 &&
                 is_module(&arguments[0].value) && values_have_unknown_text(&arguments[1].value);
    bool imports = (values_may_be(what, "builtins.__import__") ||
                    values_may_be(what, "importlib.import_module")) &&
                   count >= 1 && values_have_unknown_text(&arguments[0].value);
    if (values_may_be(what, "builtins.getattr") && count >= 2)
        tell_pieces(p, call, &arguments[1].value);
    if (reads || imports)
        tell_unfollowed(p, call, reads ? STR("getattr") : STR("import"), arguments[reads ? 1 : 0]);
    if (values_may_be(what, "builtins.getattr") && count >= 2 &&
        !values_have_unknown_text(&arguments[1].value))
        follow_tell(p, FACT_ATTRIBUTE, call, &arguments[1].value, NULL, 0);
}

static void tell_passed(struct follow *p, TSNode call, const struct source_argument *arguments,
                        uint32_t count)
{
    for (uint32_t i = 0; i < count; i++)
        for (uint32_t k = 0; k < arguments[i].value.count; k++)
            if (arguments[i].value.list[k].kind == VALUE_NAME)
                follow_tell_name(p, FACT_PASSED, call, arguments[i].value.list[k].text);
}

/* __import__("os") is an import, too. */
static void tell_import_call(struct follow *p, TSNode call, const struct source_values *what,
                             const struct source_argument *arguments, uint32_t count)
{
    if (count == 0 || (!values_may_be(what, "builtins.__import__") &&
                       !values_may_be(what, "importlib.import_module")))
        return;
    for (uint32_t i = 0; i < arguments[0].value.count; i++)
        if (arguments[0].value.list[i].kind == VALUE_TEXT)
            follow_tell_name(p, FACT_IMPORT, call, arguments[0].value.list[i].text);
}

static void follow_text(struct follow *p, TSNode node, uint32_t scope)
{
    struct source_values what = python_values(p, node, scope, 0);
    for (uint32_t i = 0; i < what.count; i++)
        if (what.list[i].kind == VALUE_TEXT || what.list[i].kind == VALUE_PART) {
            follow_tell(p, FACT_TEXT, node, &what, NULL, 0);
            return;
        }
}

static void follow_call(struct follow *p, TSNode call, uint32_t scope)
{
    struct source_argument arguments[FACT_ARGUMENTS_MAX];
    struct source_values what = python_values(p, source_node_field(call, "function"), scope, 0);
    uint32_t count = read_arguments(p, call, scope, arguments);
    follow_tell(p, FACT_CALL, call, &what, arguments, count);
    tell_passed(p, call, arguments, count);
    tell_import_call(p, call, &what, arguments, count);
    tell_dynamic(p, call, &what, arguments, count);
    if (values_may_be(&what, "str.format") || values_may_be(&what, "str.replace"))
        follow_text(p, call, scope);
}

/* @eval: what decorates is called with what it decorates. */
static void follow_decorator(struct follow *p, TSNode node, uint32_t scope)
{
    TSNode expression = ts_node_named_child(node, 0);
    if (python_kind(expression) == PYTHON_CALL)
        return;
    struct source_values what = python_values(p, expression, scope, 0);
    const struct source_argument argument = {.value = values_of(VALUE_IS(OTHER))};
    follow_tell(p, FACT_CALL, expression, &what, &argument, 1);
}

/* Python 2's `exec code` */
static void follow_exec(struct follow *p, TSNode node, uint32_t scope)
{
    const struct source_argument argument = {
        .value = python_values(p, ts_node_named_child(node, 0), scope, 0)};
    struct source_values what =
        values_of((struct source_value){.kind = VALUE_NAME, .text = STR("builtins.exec")});
    follow_tell(p, FACT_CALL, node, &what, &argument, 1);
}

/* ---- imports, assignments, texts ------------------------------------------------------------- */

static void follow_import(struct follow *p, TSNode node)
{
    TSNode module = source_node_field(node, "module_name");
    struct str from = ts_node_is_null(module) ? STR("") : source_node_text(p->tree, module);
    uint32_t count = ts_node_named_child_count(node);
    for (uint32_t i = 0; i < count; i++) {
        TSNode item = ts_node_named_child(node, i);
        if (python_kind(item) == PYTHON_ALIASED_IMPORT)
            item = source_node_field(item, "name");
        struct str name = source_node_text(p->tree, item);
        if (python_kind(item) != PYTHON_DOTTED_NAME && python_kind(item) != PYTHON_WILDCARD_IMPORT)
            continue;
        if (from.len == 0)
            follow_tell_name(p, FACT_IMPORT, item, name);
        else if (!ts_node_eq(item, module))
            follow_tell_name(p, FACT_IMPORT, module, follow_join(p, from, STR("."), name));
    }
}

/* A default is assigned, too. */
static void tell_assigned(struct follow *p, TSNode node, TSNode name, TSNode value, uint32_t scope)
{
    struct str text = source_node_text(p->tree, name);
    const struct source_argument argument = {.value = python_values(p, value, scope, 0)};
    struct source_values what = values_of((struct source_value){.kind = VALUE_NAME, .text = text});
    follow_tell(p, FACT_ASSIGN, node, &what, &argument, 1);
}

/* x = …, self.x = …, d["x"] = …: by the last of its names. */
static void follow_assignment(struct follow *p, TSNode node, uint32_t scope)
{
    TSNode left = source_node_field(node, "left"), right = source_node_field(node, "right");
    enum python_kind kind = python_kind(left);
    p->written = left.id;
    if (ts_node_is_null(right) || ts_node_is_null(left))
        return;
    if (kind == PYTHON_ATTRIBUTE)
        left = source_node_field(left, "attribute");
    if (kind == PYTHON_IDENTIFIER || kind == PYTHON_ATTRIBUTE)
        tell_assigned(p, node, left, right, scope);
}

/* What is written, or taken out of a table, reaches nothing. */
static bool reaches(const struct follow *p, TSNode node)
{
    TSNode parent = ts_node_parent(node);
    bool goes = !ts_node_is_null(parent) && source_node_is(parent, "delete_statement");
    return !goes && node.id != p->written;
}

/* globals()[name](…): what is called shows only when it runs. */
static void follow_subscript(struct follow *p, TSNode node, uint32_t scope)
{
    struct source_values of = python_values(p, source_node_field(node, "value"), scope, 0);
    TSNode subscript = source_node_field(node, "subscript");
    struct source_values key = python_values(p, subscript, scope, 0);
    const struct source_argument written = {.source = source_node_text(p->tree, subscript),
                                            .value = key};
    bool whole = values_may_be(&of, "builtins.globals()") || values_may_be(&of, "builtins") ||
                 values_may_be(&of, "builtins.__dict__") || values_may_be(&of, "os.__dict__") ||
                 values_may_be(&of, "sys.modules");
    if (whole)
        tell_pieces(p, node, &key);
    if (whole && values_have_unknown_text(&key) && reaches(p, node))
        tell_unfollowed(p, node, STR("a namespace"), written);
}

/* ---- the walk -------------------------------------------------------------------------------- */

static void follow_node(struct follow *p, TSNode node, enum python_kind kind, uint32_t scope)
{
    switch ((int)kind) {
    case PYTHON_CALL:
        follow_call(p, node, scope);
        break;
    case PYTHON_DECORATOR:
        follow_decorator(p, node, scope);
        break;
    case PYTHON_EXEC:
        follow_exec(p, node, scope);
        break;
    case PYTHON_IMPORT:
    case PYTHON_IMPORT_FROM:
        follow_import(p, node);
        break;
    case PYTHON_ASSIGNMENT:
        follow_assignment(p, node, scope);
        break;
    case PYTHON_DEFAULT_PARAMETER:
    case PYTHON_TYPED_DEFAULT:
        tell_assigned(p, node, source_node_field(node, "name"), source_node_field(node, "value"),
                      scope);
        break;
    case PYTHON_ATTRIBUTE:
        follow_tell_name(p, FACT_ATTRIBUTE, node,
                         source_node_text(p->tree, source_node_field(node, "attribute")));
        break;
    case PYTHON_SUBSCRIPT:
        follow_subscript(p, node, scope);
        break;
    case PYTHON_STRING:
    case PYTHON_CONCATENATED_STRING:
    case PYTHON_BINARY_OPERATOR:
        follow_text(p, node, scope);
        break;
    default:
        break;
    }
}

/* The same walk as python_bind_all's, so that scopes are met in the same order. A decorator stands
 * outside of what it decorates. */
bool python_follow(const struct source_tree *tree, struct arena *arena, source_hear *hear,
                   void *cookie)
{
    struct follow p = {
        .tree = tree, .arena = arena, .hear = hear, .cookie = cookie, .fuel = FOLLOW_FUEL};
    auto_walk struct source_walk walk;
    TSNode node;
    uint32_t scope = 0, next = 1;
    python_bind_all(&p);
    source_walk_init(&walk, ts_tree_root_node(tree->tree));
    while (source_walk_next(&walk, &node)) {
        enum python_kind kind = python_kind(node);
        if (walk.leaves && python_opens_scope(kind))
            scope = p.scopes[scope].parent;
        if (walk.leaves)
            continue;
        follow_node(&p, node, kind, scope);
        if (python_opens_scope(kind))
            scope = next++;
    }
    follow_done(&p);
    return !p.cut;
}
