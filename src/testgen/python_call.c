#include "testgen/python_value.h"

#include "base/mem.h"

enum form { FORM_BINARY, FORM_UNARY, FORM_FUNCTION, FORM_IN, FORM_ITEM, FORM_SET, FORM_DELETE };

/* Methods that a person calls by what they stand for. */
static const struct dunder {
    const char *name;
    enum form form;
    unsigned arguments;
    const char *text;
} dunders[] = {
    {"__eq__", FORM_BINARY, 1, "=="},
    {"__ne__", FORM_BINARY, 1, "!="},
    {"__lt__", FORM_BINARY, 1, "<"},
    {"__le__", FORM_BINARY, 1, "<="},
    {"__gt__", FORM_BINARY, 1, ">"},
    {"__ge__", FORM_BINARY, 1, ">="},
    {"__add__", FORM_BINARY, 1, "+"},
    {"__sub__", FORM_BINARY, 1, "-"},
    {"__mul__", FORM_BINARY, 1, "*"},
    {"__truediv__", FORM_BINARY, 1, "/"},
    {"__floordiv__", FORM_BINARY, 1, "//"},
    {"__mod__", FORM_BINARY, 1, "%"},
    {"__pow__", FORM_BINARY, 1, "**"},
    {"__and__", FORM_BINARY, 1, "&"},
    {"__or__", FORM_BINARY, 1, "|"},
    {"__xor__", FORM_BINARY, 1, "^"},
    {"__lshift__", FORM_BINARY, 1, "<<"},
    {"__rshift__", FORM_BINARY, 1, ">>"},
    {"__matmul__", FORM_BINARY, 1, "@"},
    {"__neg__", FORM_UNARY, 0, "-"},
    {"__pos__", FORM_UNARY, 0, "+"},
    {"__invert__", FORM_UNARY, 0, "~"},
    {"__len__", FORM_FUNCTION, 0, "len"},
    {"__hash__", FORM_FUNCTION, 0, "hash"},
    {"__str__", FORM_FUNCTION, 0, "str"},
    {"__repr__", FORM_FUNCTION, 0, "repr"},
    {"__bool__", FORM_FUNCTION, 0, "bool"},
    {"__iter__", FORM_FUNCTION, 0, "iter"},
    {"__next__", FORM_FUNCTION, 0, "next"},
    {"__reversed__", FORM_FUNCTION, 0, "reversed"},
    {"__abs__", FORM_FUNCTION, 0, "abs"},
    {"__int__", FORM_FUNCTION, 0, "int"},
    {"__float__", FORM_FUNCTION, 0, "float"},
    {"__round__", FORM_FUNCTION, 0, "round"},
    {"__round__", FORM_FUNCTION, 1, "round"},
    {"__bytes__", FORM_FUNCTION, 0, "bytes"},
    {"__format__", FORM_FUNCTION, 1, "format"},
    {"__divmod__", FORM_FUNCTION, 1, "divmod"},
    {"__contains__", FORM_IN, 1, "in"},
    {"__getitem__", FORM_ITEM, 1, ""},
    {"__setitem__", FORM_SET, 2, ""},
    {"__delitem__", FORM_DELETE, 1, ""},
};

static const struct dunder *find_dunder(struct str name, size_t arguments)
{
    for (size_t i = 0; i < COUNT_OF(dunders); i++)
        if (str_is(name, dunders[i].name) && dunders[i].arguments == arguments)
            return &dunders[i];
    return NULL;
}

static bool has_names(const struct statement *statement)
{
    for (uint32_t i = 0; i < statement->argument_count; i++)
        if (statement->arguments[i].name.len > 0)
            return true;
    return false;
}

static const struct python_node *text_node(struct python *python, const char *text)
{
    return python_atom(python->arena, str_from(text));
}

static const char *flat(struct python *python, const struct python_node *node)
{
    return python_flat(python->arena, node).ptr;
}

/* What stands before a dot, an operator or a bracket: a name, a call or a literal that needs no
 * parentheses. */
static const char *operand(struct python *python, const struct python_node *node)
{
    const char *text = flat(python, node);
    bool needs = text[0] == '-' || strstr(text, " ") != NULL;
    bool closed = node->open.len > 0 || text[0] == '"' || text[0] == '\'';
    return needs && !closed ? arena_text(python->arena, "(%s)", text) : text;
}

static bool is_singleton(struct python *python, const struct python_node *node)
{
    struct str text = python_flat(python->arena, node);
    return str_is(text, "None") || str_is(text, "True") || str_is(text, "False");
}

/* "x == None" is what is tested here, and what linters take for a slip. */
static const struct python_node *by_function(struct python *python, const struct dunder *dunder,
                                             const struct python_node *const *arguments)
{
    python_import(python, "import operator");
    struct str function =
        str_is(str_from(dunder->name), "__eq__") ? STR("operator.eq") : STR("operator.ne");
    return python_group(python->arena, function, "(", arguments, 2, ")");
}

static const struct python_node *by_operator(struct python *python, const struct dunder *dunder,
                                             const struct python_node *const *arguments)
{
    struct arena *arena = python->arena;
    const char *self = operand(python, arguments[0]);
    switch (dunder->form) {
    case FORM_BINARY:
        if (dunder->text[1] == '=' && strchr("=!", dunder->text[0]) != NULL &&
            is_singleton(python, arguments[1]))
            return by_function(python, dunder, arguments);
        return text_node(python, arena_text(arena, "%s %s %s", self, dunder->text,
                                            operand(python, arguments[1])));
    case FORM_UNARY:
        return text_node(python, arena_text(arena, "%s%s", dunder->text, self));
    case FORM_FUNCTION:
        return python_group(arena, str_from(dunder->text), "(", arguments, 1 + dunder->arguments,
                            ")");
    case FORM_IN:
        return text_node(python,
                         arena_text(arena, "%s in %s", operand(python, arguments[1]), self));
    case FORM_ITEM:
        return text_node(python, arena_text(arena, "%s[%s]", self, flat(python, arguments[1])));
    case FORM_SET:
        return text_node(python, arena_text(arena, "%s[%s] = %s", self, flat(python, arguments[1]),
                                            flat(python, arguments[2])));
    case FORM_DELETE:
        return text_node(python, arena_text(arena, "del %s[%s]", self, flat(python, arguments[1])));
    }
    return NULL;
}

/* ---- which arguments are told by name ------------------------------------------------------- */

enum { PLACES_OBJECT_MAX = 2, PLACES_MAX = 4 };

/* Could the parameter at this place be told by name? */
static bool has_plain_name(const struct callable *callable, uint32_t place)
{
    return place < callable->parameter_count &&
           callable->parameters[place].kind == PARAMETER_PLAIN &&
           callable->parameters[place].name.len > 0;
}

static bool says_little(const struct value *value)
{
    return value->kind == VALUE_BOOL || value->kind == VALUE_NONE;
}

/* From which place on: a true or false says nothing by itself, nor do many values in a row.
 * Whatever follows one that has a name must have one as well. */
static uint32_t first_named(const struct callable *callable, const struct statement *statement,
                            uint32_t first)
{
    bool makes = callable->kind == CALLABLE_CONSTRUCTOR;
    uint32_t count = 0, from = 0;
    while (first + count < statement->argument_count &&
           statement->arguments[first + count].name.len == 0)
        count++;
    if (callable->kind == CALLABLE_LIBRARY || count == 0)
        return count;
    for (uint32_t i = count; i-- > 0; from = i)
        if (!has_plain_name(callable, i)) {
            from = i + 1;
            break;
        }
    if (count > (makes ? PLACES_OBJECT_MAX : PLACES_MAX))
        return from;
    while (from < count && !says_little(statement->arguments[first + from].value))
        from++;
    return from;
}

static struct str name_of_argument(const struct callable *callable,
                                   const struct statement *statement, uint32_t first,
                                   uint32_t argument, uint32_t named)
{
    struct str name = statement->arguments[first + argument].name;
    return name.len == 0 && argument >= named ? callable->parameters[argument].name : name;
}

static const struct python_node *with_names(struct python *python,
                                            const struct statement *statement, uint32_t first,
                                            const struct python_node *const *arguments,
                                            const char *head)
{
    const struct callable *callable = &python->subject->callables[statement->callable];
    uint32_t count = statement->argument_count - first;
    uint32_t named = first_named(callable, statement, first);
    const struct python_node **items = arena_alloc(python->arena, (count + 1) * sizeof *items);
    for (uint32_t i = 0; i < count; i++) {
        struct str name = name_of_argument(callable, statement, first, i, named);
        items[i] = arguments[first + i];
        if (name.len > 0)
            items[i] =
                python_around(python->arena,
                              str_from(arena_text(python->arena, "%.*s=", (int)name.len, name.ptr)),
                              items[i], STR(""));
    }
    return python_group(python->arena, str_from(head), "(", items, count, ")");
}

static const struct python_node *on_object(struct python *python, const struct statement *statement,
                                           const struct callable *callable,
                                           const struct python_node *const *arguments)
{
    if (statement->argument_count == 0) {
        python->why = "a method without an object";
        return NULL;
    }
    const struct dunder *dunder = find_dunder(callable->name, statement->argument_count - 1);
    if (callable->kind == CALLABLE_METHOD && dunder != NULL && !has_names(statement))
        return by_operator(python, dunder, arguments);
    const char *self = operand(python, arguments[0]);
    if (str_is(callable->name, "__call__"))
        return with_names(python, statement, 1, arguments, self);
    const char *member =
        arena_text(python->arena, "%s.%.*s", self, (int)callable->name.len, callable->name.ptr);
    if (callable->kind == CALLABLE_PROPERTY)
        return text_node(python, member);
    if (callable->kind == CALLABLE_SETTER && statement->argument_count == 2)
        return text_node(python,
                         arena_text(python->arena, "%s = %s", member, flat(python, arguments[1])));
    return with_names(python, statement, 1, arguments, member);
}

bool python_callable_is_value(const struct callable *callable)
{
    return callable->kind == CALLABLE_LIBRARY && callable->parameter_count == 0;
}

static void add_definition(struct python *python, struct str text)
{
    for (uint32_t i = 0; i < python->definition_count; i++)
        if (str_equal(python->definitions[i], text))
            return;
    if (python->definition_count == PYTHON_DEFINITIONS_MAX)
        python->why = "it needs too many classes of its own";
    else
        python->definitions[python->definition_count++] = text;
}

struct str python_callable_text(struct python *python, const struct callable *callable)
{
    const struct subject *subject = python->subject;
    if (callable->define.len > 0)
        add_definition(python, callable->define);
    if (callable->kind == CALLABLE_LIBRARY)
        return python_name(python, callable->text, callable->import);
    bool makes = callable->kind == CALLABLE_CONSTRUCTOR && callable->owner >= 0;
    const struct class *class = makes ? &subject->classes[callable->owner] : NULL;
    if (class != NULL && class->text.len > 0)
        return python_name(python, class->text,
                           class->import.len > 0 ? class->import : subject->module);
    return python_name(python, callable->text.len > 0 ? callable->text : callable->qual,
                       callable->import.len > 0 ? callable->import : subject->module);
}

const struct python_node *python_call(struct python *python, const struct statement *statement,
                                      const struct python_node *const *arguments)
{
    const struct callable *callable = &python->subject->callables[statement->callable];
    const struct python_node *node;
    if (python_callable_is_value(callable)) {
        return python_atom(python->arena, python_callable_text(python, callable));
    } else if (callable->kind == CALLABLE_METHOD || callable->kind == CALLABLE_PROPERTY ||
               callable->kind == CALLABLE_SETTER) {
        node = on_object(python, statement, callable, arguments);
    } else {
        struct str text = python_callable_text(python, callable);
        node = with_names(python, statement, 0, arguments, arena_string(python->arena, text));
    }
    if (node == NULL || !callable->async || callable->generator)
        return node;
    python_import(python, "import asyncio");
    return python_group(python->arena, STR("asyncio.run"), "(", &node, 1, ")");
}
