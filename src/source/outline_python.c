/* The outline of Python. */
#include <string.h>

#include "source/outline_private.h"

static const struct outline_node nodes[] = {
    {"", ROLE_NONE},
    {"function_definition", ROLE_FUNCTION},
    {"class_definition", ROLE_CLASS},
    {"decorated_definition", ROLE_DECORATED},
    {"lambda", ROLE_LAMBDA},
    {"call", ROLE_CALL},
    {"import_statement", ROLE_IMPORT},
    {"import_from_statement", ROLE_IMPORT},
    {"future_import_statement", ROLE_IMPORT},
    {"raise_statement", ROLE_RAISE},
    {"comment", ROLE_COMMENT},
    {"if_statement", ROLE_IF},
    {"elif_clause", ROLE_ELIF},
    {"else_clause", ROLE_ELSE},
    {"for_statement", ROLE_LOOP},
    {"while_statement", ROLE_LOOP},
    {"except_clause", ROLE_CATCH},
    {"except_group_clause", ROLE_CATCH},
    {"match_statement", ROLE_SWITCH},
    {"case_clause", ROLE_CASE},
    {"conditional_expression", ROLE_TERNARY},
    {"for_in_clause", ROLE_REPEAT},
    {"if_clause", ROLE_FILTER},
    {"boolean_operator", ROLE_BINARY},
    {"yield", ROLE_YIELD},
    {"assignment", ROLE_NOTE},
    {"augmented_assignment", ROLE_NOTE},
};

/* ---- definitions ----------------------------------------------------------------------------- */

static TSNode first_statement(TSNode body)
{
    uint32_t i = 0, count = ts_node_is_null(body) ? 0 : ts_node_named_child_count(body);
    while (i + 1 < count && source_node_is(ts_node_named_child(body, i), "comment"))
        i++;
    return ts_node_named_child(body, i);
}

/* A text that begins a body documents it; its lines are documentation, not code. */
static void take_doc(struct outliner *o, TSNode body, struct outline_entry *made)
{
    TSNode statement = first_statement(body);
    if (!source_node_is(statement, "expression_statement"))
        return;
    TSNode literal = ts_node_named_child(statement, 0);
    if (!source_node_is(literal, "string"))
        return;
    made->doc = outline_clean_docstring(o, outline_text(o, literal));
    made->doctests = outline_count_doctests(made->doc);
    o->file->comments += ts_node_end_point(literal).row - ts_node_start_point(literal).row + 1;
}

static void meet_decorator(struct outliner *o, struct str text, struct outline_entry *made)
{
    struct str name = text;
    const char *open = memchr(text.ptr, '(', text.len);
    if (open != NULL)
        name.len = (size_t)(open - text.ptr);
    outline_add_word(o, OUTLINE_WORD_DECORATOR, text);
    if (str_is(name, "staticmethod") || str_is(name, "classmethod"))
        made->traits |= OUTLINE_IS_STATIC;
    if (str_is(name, "property") || str_ends(name, "cached_property") || str_ends(name, ".setter"))
        made->traits |= OUTLINE_IS_PROPERTY;
    if (str_ends(name, "abstractmethod"))
        made->traits |= OUTLINE_IS_ABSTRACT;
}

/* Those of the definition that begins where the last one that has any ends. */
static void take_decorators(struct outliner *o, TSNode node, struct outline_entry *made)
{
    if (ts_node_is_null(o->decorated) || ts_node_end_byte(o->decorated) != ts_node_end_byte(node) ||
        o->walk.depth == 0 || o->trail[o->walk.depth - 1] != ROLE_DECORATED)
        return;
    uint32_t count = ts_node_named_child_count(o->decorated);
    for (uint32_t i = 0; i < count; i++) {
        TSNode child = ts_node_named_child(o->decorated, i);
        if (source_node_is(child, "decorator"))
            meet_decorator(o, outline_text(o, ts_node_named_child(child, 0)), made);
    }
}

/* Without self and cls: their caller does not write them. */
static uint32_t count_parameters(struct outliner *o, TSNode list, bool is_method)
{
    uint32_t count = 0, children = ts_node_is_null(list) ? 0 : ts_node_named_child_count(list);
    for (uint32_t i = 0; i < children; i++) {
        TSNode child = ts_node_named_child(list, i);
        struct str text = outline_text(o, child);
        bool own = is_method && i == 0 && (str_is(text, "self") || str_is(text, "cls"));
        count += !own && !source_node_is(child, "comment") &&
                 !source_node_is(child, "keyword_separator") &&
                 !source_node_is(child, "positional_separator");
    }
    return count;
}

static void take_bases(struct outliner *o, TSNode node)
{
    TSNode list = source_node_field(node, "superclasses");
    uint32_t count = ts_node_is_null(list) ? 0 : ts_node_named_child_count(list);
    for (uint32_t i = 0; i < count; i++) {
        TSNode child = ts_node_named_child(list, i);
        if (!source_node_is(child, "keyword_argument") && !source_node_is(child, "comment"))
            outline_add_word(o, OUTLINE_WORD_BASE, outline_text(o, child));
    }
}

static bool is_public(struct str name)
{
    bool special = name.len > 4 && str_starts(name, "__") && str_ends(name, "__");
    return name.len > 0 && (name.ptr[0] != '_' || special);
}

static bool is_class(const struct outline_entry *entry)
{
    return entry->kind == OUTLINE_CLASS;
}

/* "def f(a, b=1) -> int" of all that stands before the colon. */
static struct str signature_of(struct outliner *o, TSNode node, TSNode body)
{
    uint32_t start = ts_node_start_byte(node), end = ts_node_end_byte(node);
    if (!ts_node_is_null(body) && ts_node_start_byte(body) > start)
        end = ts_node_start_byte(body);
    struct str line = outline_one_line(o, start, end);
    if (str_ends(line, ":"))
        line.len--;
    return str_of(line.ptr, str_trim(line).len);
}

static bool define(struct outliner *o, TSNode node, struct outline_entry *made)
{
    const struct outline_entry *upper = &o->file->entries[made->parent];
    TSNode body = source_node_field(node, "body");
    bool is_type = source_node_is(node, "class_definition");
    made->name = outline_field(o, node, "name");
    if (made->name.len == 0 || made->name.len > OUTLINE_NAME_MAX)
        return false;
    made->kind = is_type ? OUTLINE_CLASS : is_class(upper) ? OUTLINE_METHOD : OUTLINE_FUNCTION;
    made->signature = signature_of(o, node, body);
    if (is_public(made->name) && (upper->kind == OUTLINE_MODULE ||
                                  (is_class(upper) && (upper->traits & OUTLINE_IS_PUBLIC) != 0)))
        made->traits |= OUTLINE_IS_PUBLIC;
    if (!is_type && outline_has_child(node, "async"))
        made->traits |= OUTLINE_IS_ASYNC;
    if (!is_type && str_starts(made->name, "test"))
        made->traits |= OUTLINE_IS_TEST;
    made->parameters =
        count_parameters(o, source_node_field(node, "parameters"), made->kind == OUTLINE_METHOD);
    take_decorators(o, node, made);
    take_bases(o, node);
    take_doc(o, body, made);
    return true;
}

/* ---- imports, calls, exceptions -------------------------------------------------------------- */

/* "a.b" or "a.b as c" */
static void import_one(struct outliner *o, TSNode node, struct str module)
{
    struct str alias = {}, name = outline_text(o, node);
    if (source_node_is(node, "aliased_import")) {
        name = outline_field(o, node, "name");
        alias = outline_field(o, node, "alias");
    }
    if (module.len > 0)
        outline_add_import(o, node, module, name, alias);
    else
        outline_add_import(o, node, name, STR(""), alias);
}

static void import(struct outliner *o, TSNode node)
{
    TSNode from = source_node_field(node, "module_name");
    struct str module = outline_text(o, from);
    uint32_t count = ts_node_named_child_count(node);
    if (source_node_is(node, "future_import_statement"))
        return;
    for (uint32_t i = 0; i < count; i++) {
        TSNode child = ts_node_named_child(node, i);
        if (source_node_is(child, "wildcard_import"))
            outline_add_import(o, child, module, STR("*"), STR(""));
        else if (source_node_is(child, "aliased_import") ||
                 (source_node_is(child, "dotted_name") && !ts_node_eq(child, from)))
            import_one(o, child, module);
    }
}

static void call(struct outliner *o, TSNode node)
{
    outline_add_call(o, node, outline_dotted(o, outline_field(o, node, "function")));
}

static void raise_one(struct outliner *o, TSNode node)
{
    outline_add_raised(o, node, "call", "function");
}

/* ---- what the module says of itself ---------------------------------------------------------- */

/* __all__ = ["a", "b"], += and the like. */
static void note(struct outliner *o, TSNode node)
{
    TSNode value = source_node_field(node, "right");
    if (outline_here_number(o) != 0 || !str_is(outline_field(o, node, "left"), "__all__") ||
        (!source_node_is(value, "list") && !source_node_is(value, "tuple")))
        return;
    uint32_t count = ts_node_named_child_count(value);
    o->lists_exports = true;
    for (uint32_t i = 0; i < count; i++)
        outline_add_word(o, OUTLINE_WORD_EXPORT,
                         outline_unquoted(outline_text(o, ts_node_named_child(value, i))));
}

static void finish(struct outliner *o)
{
    take_doc(o, ts_tree_root_node(o->tree->tree), &o->file->entries[0]);
    outline_mark_exports(o);
    if (memmem(o->tree->bytes.ptr, o->tree->bytes.len, "\nif __name__ == ", 16) != NULL)
        o->file->traits |= OUTLINE_FILE_ENTRY;
}

const struct outline_grammar outline_python = {
    .nodes = nodes,
    .node_count = sizeof nodes / sizeof *nodes,
    .define = define,
    .import = import,
    .call = call,
    .raise = raise_one,
    .note = note,
    .finish = finish,
};
