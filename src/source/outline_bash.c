/* The outline of shell scripts: functions, the commands that they call, what they source. */
#include "source/outline_private.h"

static const struct outline_node nodes[] = {
    {"", ROLE_NONE},
    {"function_definition", ROLE_FUNCTION},
    {"command", ROLE_CALL},
    {"comment", ROLE_COMMENT},
    {"if_statement", ROLE_IF},
    {"elif_clause", ROLE_ELIF},
    {"else_clause", ROLE_ELSE},
    {"for_statement", ROLE_LOOP},
    {"c_style_for_statement", ROLE_LOOP},
    {"while_statement", ROLE_LOOP},
    {"case_statement", ROLE_SWITCH},
    {"case_item", ROLE_CASE},
};

static bool define(struct outliner *o, TSNode node, struct outline_entry *made)
{
    made->kind = OUTLINE_FUNCTION;
    made->name = outline_field(o, node, "name");
    made->traits = OUTLINE_IS_PUBLIC;
    if (made->name.len == 0 || made->name.len > OUTLINE_NAME_MAX)
        return false;
    made->signature = str_from(arena_text(o->arena, "%.*s()", (int)made->name.len, made->name.ptr));
    return true;
}

static void call(struct outliner *o, TSNode node)
{
    struct str name = outline_field(o, node, "name");
    if (str_is(name, "source") || str_is(name, ".")) {
        struct str path = outline_field(o, node, "argument");
        struct str unquoted = outline_unquoted(path);
        outline_add_import(o, node, unquoted.len > 0 ? unquoted : path, STR(""), STR(""));
        return;
    }
    for (size_t i = 0; i < name.len; i++)
        if (str_has(STR("$`\n\"' "), name.ptr[i]))
            return;
    outline_add_call(o, node, name);
}

static void pass(struct outliner *o, TSNode node)
{
    (void)o, (void)node;
}

const struct outline_grammar outline_bash = {
    .nodes = nodes,
    .node_count = sizeof nodes / sizeof *nodes,
    .define = define,
    .import = pass,
    .call = call,
    .raise = pass,
};
