/* The outline of JavaScript and TypeScript. */
#include <string.h>

#include "source/outline_private.h"

static const struct outline_node nodes[] = {
    {"", ROLE_NONE},
    {"function_declaration", ROLE_FUNCTION},
    {"generator_function_declaration", ROLE_FUNCTION},
    {"function_signature", ROLE_FUNCTION},
    {"method_definition", ROLE_FUNCTION},
    {"method_signature", ROLE_FUNCTION},
    {"abstract_method_signature", ROLE_FUNCTION},
    {"variable_declarator", ROLE_FUNCTION},
    {"assignment_expression", ROLE_FUNCTION},
    {"field_definition", ROLE_FUNCTION},
    {"public_field_definition", ROLE_FUNCTION},
    {"class_declaration", ROLE_CLASS},
    {"abstract_class_declaration", ROLE_CLASS},
    {"interface_declaration", ROLE_CLASS},
    {"enum_declaration", ROLE_CLASS},
    {"type_alias_declaration", ROLE_CLASS},
    {"internal_module", ROLE_CLASS},
    {"module", ROLE_CLASS},
    {"arrow_function", ROLE_LAMBDA},
    {"function_expression", ROLE_LAMBDA},
    {"generator_function", ROLE_LAMBDA},
    {"call_expression", ROLE_CALL},
    {"new_expression", ROLE_CALL},
    {"import_statement", ROLE_IMPORT},
    {"export_statement", ROLE_NOTE},
    {"throw_statement", ROLE_RAISE},
    {"comment", ROLE_COMMENT},
    {"if_statement", ROLE_IF},
    {"else_clause", ROLE_ELSE},
    {"for_statement", ROLE_LOOP},
    {"for_in_statement", ROLE_LOOP},
    {"while_statement", ROLE_LOOP},
    {"do_statement", ROLE_LOOP},
    {"catch_clause", ROLE_CATCH},
    {"switch_statement", ROLE_SWITCH},
    {"switch_case", ROLE_CASE},
    {"ternary_expression", ROLE_TERNARY},
    {"binary_expression", ROLE_BINARY},
    {"yield_expression", ROLE_YIELD},
};

/* ---- what a definition is -------------------------------------------------------------------- */

/* Of a node's type: which kind, in which field its name stands, whether only a value that is a
 * function makes it one. */
static const struct form {
    const char *type, *name;
    enum outline_kind kind;
    bool by_value;
} forms[] = {
    {"function_declaration", "name", OUTLINE_FUNCTION, false},
    {"generator_function_declaration", "name", OUTLINE_FUNCTION, false},
    {"function_signature", "name", OUTLINE_FUNCTION, false},
    {"method_definition", "name", OUTLINE_METHOD, false},
    {"method_signature", "name", OUTLINE_METHOD, false},
    {"abstract_method_signature", "name", OUTLINE_METHOD, false},
    {"variable_declarator", "name", OUTLINE_FUNCTION, true},
    {"assignment_expression", "left", OUTLINE_FUNCTION, true},
    {"field_definition", "property", OUTLINE_METHOD, true},
    {"public_field_definition", "name", OUTLINE_METHOD, true},
    {"class_declaration", "name", OUTLINE_CLASS, false},
    {"abstract_class_declaration", "name", OUTLINE_CLASS, false},
    {"interface_declaration", "name", OUTLINE_INTERFACE, false},
    {"enum_declaration", "name", OUTLINE_ENUM, false},
    {"type_alias_declaration", "name", OUTLINE_TYPE, false},
    {"internal_module", "name", OUTLINE_NAMESPACE, false},
    {"module", "name", OUTLINE_NAMESPACE, false},
};

static const struct form *form_of(TSNode node)
{
    const char *type = ts_node_type(node);
    for (size_t i = 0; i < sizeof forms / sizeof *forms; i++)
        if (strcmp(type, forms[i].type) == 0)
            return &forms[i];
    return NULL;
}

/* The function or class that a name is given, or a null node. */
static TSNode value_of(TSNode node)
{
    TSNode value = source_node_field(node, "value");
    if (ts_node_is_null(value))
        value = source_node_field(node, "right");
    bool defines = source_node_is(value, "arrow_function") ||
                   source_node_is(value, "function_expression") ||
                   source_node_is(value, "function") || source_node_is(value, "class") ||
                   source_node_is(value, "generator_function");
    return defines ? value : (TSNode){};
}

/* "f" of "exports.f", "module.exports.f" and "A.prototype.f", which it is then exported by. */
static struct str short_name(struct str name, uint32_t *traits)
{
    if (str_take_prefix(&name, "module."))
        *traits |= OUTLINE_IS_EXPORTED | OUTLINE_IS_PUBLIC;
    if (str_take_prefix(&name, "exports."))
        *traits |= OUTLINE_IS_EXPORTED | OUTLINE_IS_PUBLIC;
    return name;
}

static bool is_type(enum outline_kind kind)
{
    return kind == OUTLINE_CLASS || kind == OUTLINE_INTERFACE;
}

/* ---- visibility ------------------------------------------------------------------------------ */

/* An export statement is met before what it exports: that begins inside it, as its declaration. */
static bool is_exported(const struct outliner *o, TSNode node)
{
    return o->exported_end > 0 && ts_node_start_byte(node) < o->exported_end && o->frame_count <= 2;
}

static void take_visibility(struct outliner *o, TSNode node, struct outline_entry *made)
{
    const struct outline_entry *upper = &o->file->entries[made->parent];
    TSNode first = ts_node_child(node, 0);
    struct str access =
        source_node_is(first, "accessibility_modifier") ? outline_text(o, first) : STR("");
    if (upper->kind == OUTLINE_MODULE && is_exported(o, node))
        made->traits |= OUTLINE_IS_EXPORTED | OUTLINE_IS_PUBLIC;
    if (upper->kind == OUTLINE_MODULE)
        return;
    if (str_is(access, "protected"))
        made->traits |= OUTLINE_IS_PROTECTED;
    else if (made->kind == OUTLINE_METHOD && !str_is(access, "private") &&
             made->name.ptr[0] != '#' && made->name.ptr[0] != '_')
        made->traits |= upper->traits & (OUTLINE_IS_PUBLIC | OUTLINE_IS_EXPORTED);
    else if (upper->kind == OUTLINE_NAMESPACE && is_exported(o, node))
        made->traits |= upper->traits & (OUTLINE_IS_PUBLIC | OUTLINE_IS_EXPORTED);
}

static void take_signs(TSNode node, struct outline_entry *made)
{
    static const struct {
        const char *sign;
        uint32_t trait;
    } signs[] = {
        {"async", OUTLINE_IS_ASYNC},       {"static", OUTLINE_IS_STATIC},
        {"abstract", OUTLINE_IS_ABSTRACT}, {"get", OUTLINE_IS_PROPERTY},
        {"set", OUTLINE_IS_PROPERTY},      {"*", OUTLINE_IS_GENERATOR},
    };

    for (size_t i = 0; i < sizeof signs / sizeof *signs; i++)
        if (outline_has_child(node, signs[i].sign))
            made->traits |= signs[i].trait;
}

/* ---- parts ----------------------------------------------------------------------------------- */

static uint32_t count_parameters(TSNode function)
{
    TSNode list = source_node_field(function, "parameters");
    uint32_t count = 0, children = ts_node_is_null(list) ? 0 : ts_node_named_child_count(list);
    for (uint32_t i = 0; i < children; i++)
        count += !source_node_is(ts_node_named_child(list, i), "comment");
    return !ts_node_is_null(source_node_field(function, "parameter")) ? 1 : count;
}

static void take_bases(struct outliner *o, TSNode node)
{
    uint32_t count = ts_node_named_child_count(node);
    for (uint32_t i = 0; i < count && i < 8; i++) {
        TSNode child = ts_node_named_child(node, i);
        if (source_node_is(child, "class_heritage") ||
            source_node_is(child, "extends_type_clause")) {
            struct str text = outline_text(o, child);
            (void)str_take_prefix(&text, "extends ");
            outline_add_word(o, OUTLINE_WORD_BASE, text);
        }
    }
}

static struct str signature_of(struct outliner *o, TSNode node, TSNode function)
{
    TSNode body = source_node_field(function, "body");
    uint32_t start = ts_node_start_byte(node), end = ts_node_end_byte(node);
    if (!ts_node_is_null(body) && ts_node_start_byte(body) > start)
        end = ts_node_start_byte(body);
    struct str line = outline_one_line(o, start, end);
    if (str_ends(line, "=>"))
        line.len -= 2;
    while (line.len > 0 && str_has(STR("{; "), line.ptr[line.len - 1]))
        line.len--;
    return line;
}

static bool define(struct outliner *o, TSNode node, struct outline_entry *made)
{
    const struct form *form = form_of(node);
    TSNode function = form == NULL || !form->by_value ? node : value_of(node);
    if (form == NULL || ts_node_is_null(function))
        return false;
    made->kind = form->kind;
    made->name = short_name(outline_field(o, node, form->name), &made->traits);
    struct str unquoted = outline_unquoted(made->name);
    if (unquoted.len > 0)
        made->name = unquoted;
    if (made->name.len == 0 || made->name.len > OUTLINE_NAME_MAX)
        return false;
    if (source_node_is(function, "class"))
        made->kind = OUTLINE_CLASS;
    if (made->kind == OUTLINE_METHOD && !is_type(o->file->entries[made->parent].kind))
        made->kind = OUTLINE_FUNCTION;
    take_visibility(o, node, made);
    take_signs(node, made);
    take_signs(function, made);
    made->signature = signature_of(o, node, function);
    made->parameters = count_parameters(function);
    made->doc = outline_comment_before(o, node);
    if (is_type(made->kind))
        take_bases(o, function);
    return true;
}

/* ---- imports, calls, exceptions -------------------------------------------------------------- */

static void import_specifiers(struct outliner *o, TSNode list, struct str module)
{
    uint32_t count = ts_node_named_child_count(list);
    for (uint32_t i = 0; i < count; i++) {
        TSNode child = ts_node_named_child(list, i);
        if (source_node_is(child, "import_specifier"))
            outline_add_import(o, child, module, outline_field(o, child, "name"),
                               outline_field(o, child, "alias"));
    }
}

static void import_clause(struct outliner *o, TSNode clause, struct str module)
{
    uint32_t count = ts_node_named_child_count(clause);
    for (uint32_t i = 0; i < count; i++) {
        TSNode child = ts_node_named_child(clause, i);
        if (source_node_is(child, "identifier"))
            outline_add_import(o, child, module, STR("default"), outline_text(o, child));
        else if (source_node_is(child, "namespace_import"))
            outline_add_import(o, child, module, STR("*"),
                               outline_text(o, ts_node_named_child(child, 0)));
        else
            import_specifiers(o, child, module);
    }
}

static void import(struct outliner *o, TSNode node)
{
    struct str module = outline_unquoted(outline_field(o, node, "source"));
    uint32_t count = ts_node_named_child_count(node);
    bool bare = true;
    for (uint32_t i = 0; i < count; i++) {
        TSNode child = ts_node_named_child(node, i);
        if (!source_node_is(child, "import_clause"))
            continue;
        import_clause(o, child, module);
        bare = false;
    }
    if (bare && module.len > 0)
        outline_add_import(o, node, module, STR(""), STR(""));
}

/* require("x") and import("x") are imports, too. */
static void call(struct outliner *o, TSNode node)
{
    struct str name = outline_field(o, node, "function");
    if (name.len == 0)
        name = outline_field(o, node, "constructor");
    if (str_is(name, "require") || str_is(name, "import")) {
        TSNode list = source_node_field(node, "arguments");
        struct str module = ts_node_is_null(list)
                                ? STR("")
                                : outline_unquoted(outline_text(o, ts_node_named_child(list, 0)));
        if (module.len > 0) {
            outline_add_import(o, node, module, STR(""), STR(""));
            return;
        }
    }
    outline_add_call(o, node, outline_dotted(o, name));
}

static void raise_one(struct outliner *o, TSNode node)
{
    outline_add_raised(o, node, "new_expression", "constructor");
}

/* ---- exports --------------------------------------------------------------------------------- */

static void export_specifiers(struct outliner *o, TSNode clause)
{
    uint32_t count = ts_node_named_child_count(clause);
    for (uint32_t i = 0; i < count; i++) {
        struct str name = outline_field(o, ts_node_named_child(clause, i), "name");
        outline_add_word(o, OUTLINE_WORD_EXPORT, name);
        o->lists_exports = true;
    }
}

static void note(struct outliner *o, TSNode node)
{
    struct str source = outline_unquoted(outline_field(o, node, "source"));
    uint32_t count = ts_node_named_child_count(node);
    if (source.len > 0)
        outline_add_import(o, node, source, STR("*"), STR(""));
    if (!ts_node_is_null(source_node_field(node, "declaration")))
        o->exported_end = ts_node_end_byte(node);
    for (uint32_t i = 0; i < count && source.len == 0; i++) {
        TSNode child = ts_node_named_child(node, i);
        if (source_node_is(child, "export_clause"))
            export_specifiers(o, child);
    }
    TSNode value = source_node_field(node, "value");
    if (source_node_is(value, "identifier"))
        outline_add_word(o, OUTLINE_WORD_EXPORT, outline_text(o, value));
    o->lists_exports = o->lists_exports || source_node_is(value, "identifier");
}

static void finish(struct outliner *o)
{
    outline_mark_exports(o);
}

const struct outline_grammar outline_script = {
    .nodes = nodes,
    .node_count = sizeof nodes / sizeof *nodes,
    .define = define,
    .import = import,
    .call = call,
    .raise = raise_one,
    .note = note,
    .finish = finish,
};
