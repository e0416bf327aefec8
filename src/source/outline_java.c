/* The outline of Java. */
#include <string.h>

#include "source/outline_private.h"

static const struct outline_node nodes[] = {
    {"", ROLE_NONE},
    {"class_declaration", ROLE_CLASS},
    {"interface_declaration", ROLE_CLASS},
    {"enum_declaration", ROLE_CLASS},
    {"record_declaration", ROLE_CLASS},
    {"annotation_type_declaration", ROLE_CLASS},
    {"method_declaration", ROLE_FUNCTION},
    {"constructor_declaration", ROLE_FUNCTION},
    {"compact_constructor_declaration", ROLE_FUNCTION},
    {"lambda_expression", ROLE_LAMBDA},
    {"method_invocation", ROLE_CALL},
    {"object_creation_expression", ROLE_CALL},
    {"import_declaration", ROLE_IMPORT},
    {"package_declaration", ROLE_NOTE},
    {"throw_statement", ROLE_RAISE},
    {"line_comment", ROLE_COMMENT},
    {"block_comment", ROLE_COMMENT},
    {"if_statement", ROLE_IF},
    {"for_statement", ROLE_LOOP},
    {"enhanced_for_statement", ROLE_LOOP},
    {"while_statement", ROLE_LOOP},
    {"do_statement", ROLE_LOOP},
    {"catch_clause", ROLE_CATCH},
    {"switch_expression", ROLE_SWITCH},
    {"switch_label", ROLE_CASE},
    {"ternary_expression", ROLE_TERNARY},
    {"binary_expression", ROLE_BINARY},
    {"yield_statement", ROLE_NONE},
};

static enum outline_kind kind_of(TSNode node)
{
    static const struct {
        const char *type;
        enum outline_kind kind;
    } kinds[] = {
        {"class_declaration", OUTLINE_CLASS},
        {"interface_declaration", OUTLINE_INTERFACE},
        {"annotation_type_declaration", OUTLINE_INTERFACE},
        {"enum_declaration", OUTLINE_ENUM},
        {"record_declaration", OUTLINE_RECORD},
    };

    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
        if (source_node_is(node, kinds[i].type))
            return kinds[i].kind;
    return OUTLINE_METHOD;
}

/* ---- modifiers ------------------------------------------------------------------------------- */

static void meet_annotation(struct outliner *o, struct str text, struct outline_entry *made)
{
    (void)str_take_prefix(&text, "@");
    outline_add_word(o, OUTLINE_WORD_DECORATOR, text);
    if (str_is(text, "Test") || str_starts(text, "Test(") ||
        str_starts(text, "ParameterizedTest") || str_starts(text, "RepeatedTest"))
        made->traits |= OUTLINE_IS_TEST;
}

static void take_modifiers(struct outliner *o, TSNode node, struct outline_entry *made)
{
    TSNode list = ts_node_named_child(node, 0);
    uint32_t count = source_node_is(list, "modifiers") ? ts_node_child_count(list) : 0;
    for (uint32_t i = 0; i < count; i++) {
        TSNode child = ts_node_child(list, i);
        struct str text = outline_text(o, child);
        if (source_node_is(child, "annotation") || source_node_is(child, "marker_annotation"))
            meet_annotation(o, text, made);
        else if (str_is(text, "public"))
            made->traits |= OUTLINE_IS_PUBLIC;
        else if (str_is(text, "protected"))
            made->traits |= OUTLINE_IS_PROTECTED;
        else if (str_is(text, "static"))
            made->traits |= OUTLINE_IS_STATIC;
        else if (str_is(text, "abstract"))
            made->traits |= OUTLINE_IS_ABSTRACT;
    }
}

/* What an interface holds is public without a word. */
static void take_visibility(struct outliner *o, struct outline_entry *made)
{
    const struct outline_entry *upper = &o->file->entries[made->parent];
    if (upper->kind == OUTLINE_INTERFACE)
        made->traits |= OUTLINE_IS_PUBLIC;
    bool shown = upper->kind == OUTLINE_MODULE || (upper->traits & OUTLINE_IS_EXPORTED) != 0;
    if (shown && (made->traits & OUTLINE_IS_PUBLIC) != 0)
        made->traits |= OUTLINE_IS_EXPORTED;
}

/* ---- definitions ----------------------------------------------------------------------------- */

static uint32_t count_parameters(TSNode node)
{
    TSNode list = source_node_field(node, "parameters");
    uint32_t count = 0, children = ts_node_is_null(list) ? 0 : ts_node_named_child_count(list);
    for (uint32_t i = 0; i < children; i++) {
        TSNode child = ts_node_named_child(list, i);
        count +=
            source_node_is(child, "formal_parameter") || source_node_is(child, "spread_parameter");
    }
    return count;
}

static void add_types(struct outliner *o, TSNode clause, enum outline_word_kind kind)
{
    uint32_t count = ts_node_is_null(clause) ? 0 : ts_node_named_child_count(clause);
    for (uint32_t i = 0; i < count; i++) {
        TSNode child = ts_node_named_child(clause, i);
        if (source_node_is(child, "type_list"))
            add_types(o, child, kind);
        else
            outline_add_word(o, kind, outline_text(o, child));
    }
}

static TSNode child_of_type(TSNode node, const char *type)
{
    uint32_t count = ts_node_named_child_count(node);
    for (uint32_t i = 0; i < count; i++)
        if (source_node_is(ts_node_named_child(node, i), type))
            return ts_node_named_child(node, i);
    return (TSNode){};
}

/* Behind annotations, which may be long, up to the body. */
static struct str signature_of(struct outliner *o, TSNode node)
{
    TSNode body = source_node_field(node, "body"), modifiers = ts_node_named_child(node, 0);
    uint32_t start = ts_node_start_byte(node), end = ts_node_end_byte(node);
    uint32_t count = source_node_is(modifiers, "modifiers") ? ts_node_child_count(modifiers) : 0;
    for (uint32_t i = 0; i < count; i++) {
        TSNode child = ts_node_child(modifiers, i);
        if (source_node_is(child, "annotation") || source_node_is(child, "marker_annotation"))
            start = ts_node_end_byte(child);
    }
    if (!ts_node_is_null(body) && ts_node_start_byte(body) > start)
        end = ts_node_start_byte(body);
    struct str line = outline_one_line(o, start, end);
    while (line.len > 0 && str_has(STR("; "), line.ptr[line.len - 1]))
        line.len--;
    return str_trim(line);
}

static bool define(struct outliner *o, TSNode node, struct outline_entry *made)
{
    made->kind = kind_of(node);
    made->name = outline_field(o, node, "name");
    if (made->name.len == 0 || made->name.len > OUTLINE_NAME_MAX)
        return false;
    take_modifiers(o, node, made);
    take_visibility(o, made);
    made->signature = signature_of(o, node);
    made->parameters = count_parameters(node);
    made->doc = outline_comment_before(o, node);
    add_types(o, source_node_field(node, "superclass"), OUTLINE_WORD_BASE);
    add_types(o, source_node_field(node, "interfaces"), OUTLINE_WORD_BASE);
    add_types(o, child_of_type(node, "throws"), OUTLINE_WORD_RAISED);
    uint32_t both = OUTLINE_IS_PUBLIC | OUTLINE_IS_STATIC;
    if (str_is(made->name, "main") && (made->traits & both) == both) {
        made->traits |= OUTLINE_IS_MAIN;
        o->file->traits |= OUTLINE_FILE_ENTRY;
    }
    return true;
}

/* ---- imports, calls, exceptions -------------------------------------------------------------- */

/* "a.b.C" is C of a.b, "a.b.*" all of it; a static one names a member of a class. */
static void import(struct outliner *o, TSNode node)
{
    TSNode what = ts_node_named_child(node, 0);
    struct str path = outline_text(o, what), name = STR("*");
    if (!source_node_is(ts_node_named_child(node, 1), "asterisk")) {
        size_t dot = path.len;
        while (dot > 0 && path.ptr[dot - 1] != '.')
            dot--;
        name = str_skip(path, dot);
        path.len = dot > 0 ? dot - 1 : 0;
    }
    outline_add_import(o, node, path, name, STR(""));
}

static void call(struct outliner *o, TSNode node)
{
    TSNode object = source_node_field(node, "object");
    struct str name = outline_field(o, node, "name");
    if (name.len == 0)
        name = outline_field(o, node, "type");
    if (!ts_node_is_null(object)) {
        uint32_t start = ts_node_start_byte(object);
        uint32_t end = ts_node_end_byte(source_node_field(node, "name"));
        name = str_of(o->tree->bytes.ptr + start, end - start);
    }
    outline_add_call(o, node, outline_dotted(o, name));
}

static void raise_one(struct outliner *o, TSNode node)
{
    TSNode what = ts_node_named_child(node, 0);
    if (source_node_is(what, "object_creation_expression"))
        outline_add_word(o, OUTLINE_WORD_RAISED, outline_field(o, what, "type"));
}

static void note(struct outliner *o, TSNode node)
{
    struct str package = outline_text(o, ts_node_named_child(node, 0));
    if (package.len <= OUTLINE_NAME_MAX)
        o->file->package = package;
}

const struct outline_grammar outline_java = {
    .nodes = nodes,
    .node_count = sizeof nodes / sizeof *nodes,
    .define = define,
    .import = import,
    .call = call,
    .raise = raise_one,
    .note = note,
};
