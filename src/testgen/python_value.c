#include "testgen/python_value.h"

#include <math.h>
#include <stdarg.h>
#include <stdio.h>

static const struct python_node *refuse(struct python *python, const char *why)
{
    python->why = why;
    return NULL;
}

void python_import(struct python *python, const char *format, ...)
{
    char line[400];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(line, sizeof line, format, arguments);
    va_end(arguments);
    for (uint32_t i = 0; i < python->import_count; i++)
        if (str_is(python->imports[i], line))
            return;
    if (python->import_count == PYTHON_IMPORTS_MAX)
        python->why = "it needs too many imports";
    else
        python->imports[python->import_count++] =
            str_of(arena_string(python->arena, str_from(line)), strlen(line));
}

static struct str top_of(struct str dotted)
{
    struct str top = STR(""), rest = dotted;
    (void)!str_take_until(&rest, '.', &top);
    return top;
}

/* "wallet.Wallet" of module wallet → "Wallet" */
static bool without_module(struct str *text, struct str module)
{
    if (text->len <= module.len + 1 || memcmp(text->ptr, module.ptr, module.len) != 0 ||
        text->ptr[module.len] != '.')
        return false;
    *text = str_skip(*text, module.len + 1);
    return true;
}

static struct str whole_name(struct python *python, struct str text, struct str import)
{
    python_import(python, "import %.*s", (int)import.len, import.ptr);
    const char *whole = arena_text(python->arena, "%.*s.%.*s", (int)import.len, import.ptr,
                                   (int)text.len, text.ptr);
    return str_from(whole);
}

/* Imported by its own name, a function called test_… or a class Test… would be run as a test. */
static bool looks_like_a_test(struct str name)
{
    return str_starts(name, "test") || str_starts(name, "Test");
}

struct str python_name(struct python *python, struct str text, struct str import)
{
    if (import.len == 0)
        return text;
    if (str_has(text, '<')) /* f.<locals>.C: nobody can import it */
        python->why = "a name that is no name outside of its function";
    bool dotted = without_module(&text, import);
    bool ours = str_equal(top_of(import), top_of(python->subject->module));
    struct str first = top_of(text);
    if ((dotted && !ours) || looks_like_a_test(first))
        return whole_name(python, text, import);
    python_import(python, "from %.*s import %.*s", (int)import.len, import.ptr, (int)first.len,
                  first.ptr);
    return text;
}

static const struct python_node *many(struct python *python, const struct value *value,
                                      const char *head, const char *open, const char *close)
{
    const struct python_node **items =
        arena_alloc(python->arena, (value->count + 1) * sizeof *items);
    for (size_t i = 0; i < value->count; i++) {
        items[i] = python_value(python, value->items[i]);
        if (items[i] == NULL)
            return NULL;
    }
    return python_group(python->arena, str_from(head), open, items, value->count, close);
}

static const struct python_node *tuple(struct python *python, const struct value *value)
{
    const struct python_node *node = many(python, value, "", "(", ")");
    if (node == NULL || value->count != 1)
        return node;
    struct python_node *lone = arena_alloc(python->arena, sizeof *lone);
    *lone = *node;
    lone->lone_comma = true;
    return lone;
}

static const struct python_node *set(struct python *python, const struct value *value, bool frozen)
{
    if (value->count == 0)
        return python_atom(python->arena, frozen ? STR("frozenset()") : STR("set()"));
    return frozen ? many(python, value, "", "frozenset({", "})")
                  : many(python, value, "", "{", "}");
}

static const struct python_node *dict(struct python *python, const struct value *value)
{
    const struct python_node **items =
        arena_alloc(python->arena, (value->count + 1) * sizeof *items);
    for (size_t i = 0; i + 1 < value->count; i += 2) {
        const struct python_node *key = python_value(python, value->items[i]);
        const struct python_node *item = python_value(python, value->items[i + 1]);
        if (key == NULL || item == NULL)
            return NULL;
        struct str prefix = python_flat(python->arena, key);
        const char *text = arena_text(python->arena, "%.*s: ", (int)prefix.len, prefix.ptr);
        items[i / 2] = python_around(python->arena, str_from(text), item, STR(""));
    }
    return python_group(python->arena, STR(""), "{", items, value->count / 2, "}");
}

static const struct python_node *number(struct python *python, double number)
{
    if (isnan(number))
        return python_atom(python->arena, STR("float(\"nan\")"));
    if (isinf(number))
        return python_atom(python->arena,
                           number > 0 ? STR("float(\"inf\")") : STR("float(\"-inf\")"));
    auto_buf struct buf out;
    buf_init(&out, 400);
    python_float(&out, number);
    return python_atom(python->arena, buf_str(&out));
}

static const struct python_node *quoted(struct python *python, const struct value *value)
{
    return python_text(python->arena, value->text,
                       value->kind == VALUE_TEXT ? python_quote : python_quote_bytes);
}

static const struct python_node *integer(struct python *python, int64_t integer)
{
    return python_atom(python->arena,
                       str_from(arena_text(python->arena, "%lld", (long long)integer)));
}

static const struct python_node *variable(struct python *python, const struct value *value)
{
    int64_t index = value->items[0]->integer;
    if (python->in_place != NULL && python->in_place[index] != NULL)
        return python->in_place[index];
    if (python->names[index].len == 0)
        return refuse(python, "a variable without a name");
    return python_atom(python->arena, python->names[index]);
}

static bool is_text(const struct value *value, size_t index)
{
    return index < value->count && value->items[index]->kind == VALUE_TEXT;
}

/* The items of a tuple, then the entries of a dict as name=value. */
static const struct python_node *apply(struct python *python, struct str text,
                                       const struct value *places, const struct value *names)
{
    size_t count = places->count + names->count / 2;
    const struct python_node **items = arena_alloc(python->arena, (count + 1) * sizeof *items);
    for (size_t i = 0; i < count; i++) {
        bool by_place = i < places->count;
        size_t at = by_place ? i : 2 * (i - places->count);
        items[i] = python_value(python, by_place ? places->items[at] : names->items[at + 1]);
        if (items[i] == NULL)
            return NULL;
        if (by_place)
            continue;
        struct str name = names->items[at]->text;
        const char *prefix = arena_text(python->arena, "%.*s=", (int)name.len, name.ptr);
        items[i] = python_around(python->arena, str_from(prefix), items[i], STR(""));
    }
    return python_group(python->arena, text, "(", items, count, ")");
}

static const struct python_node *made_by(struct python *python, const struct value *value)
{
    int64_t index = value->items[0]->integer;
    const struct value *places = value->items[1], *names = value->items[2];
    const struct callable *callable = &python->subject->callables[index];
    struct str text = python_callable_text(python, callable);
    if (python_callable_is_value(callable))
        return python_atom(python->arena, text);
    return apply(python, text, places, names);
}

static const struct python_node *make(struct python *python, const struct value *value)
{
    size_t count = value->count;
    bool view = count == 4 && is_text(value, 0) && is_text(value, 1);
    bool ours = count == 3 && value->items[0]->kind == VALUE_INT && value->items[0]->integer >= 0 &&
                value->items[0]->integer < python->subject->callable_count;
    if (!(view || ours) || value->items[count - 2]->kind != VALUE_TUPLE ||
        value->items[count - 1]->kind != VALUE_DICT)
        return refuse(python, "an expression of an unknown form");
    if (ours)
        return made_by(python, value);
    struct str text = python_name(python, value->items[0]->text, value->items[1]->text);
    return apply(python, text, value->items[2], value->items[3]);
}

static const struct python_node *special(struct python *python, const struct value *value)
{
    if (str_is(value->text, "var") && value->count == 1 && value->items[0]->kind == VALUE_INT)
        return variable(python, value);
    if (str_is(value->text, "make"))
        return make(python, value);
    if (str_is(value->text, "set") || str_is(value->text, "frozenset"))
        return set(python, value, str_is(value->text, "frozenset"));
    if (str_is(value->text, "name") && is_text(value, 0) && is_text(value, 1))
        return python_atom(python->arena,
                           python_name(python, value->items[0]->text, value->items[1]->text));
    if (str_is(value->text, "equal") && value->count == 3)
        return python_value(python, value->items[2]);
    return refuse(python, "a value that no expression makes");
}

const struct python_node *python_value(struct python *python, const struct value *value)
{
    switch (value->kind) {
    case VALUE_NONE:
        return python_atom(python->arena, STR("None"));
    case VALUE_BOOL:
        return python_atom(python->arena, value->truth ? STR("True") : STR("False"));
    case VALUE_INT:
        return integer(python, value->integer);
    case VALUE_BIG:
        return python_atom(python->arena, value->text);
    case VALUE_FLOAT:
        return number(python, value->number);
    case VALUE_TEXT:
    case VALUE_BYTES:
        return quoted(python, value);
    case VALUE_TUPLE:
        return tuple(python, value);
    case VALUE_LIST:
        return many(python, value, "", "[", "]");
    case VALUE_SET:
        return set(python, value, false);
    case VALUE_FROZENSET:
        return set(python, value, true);
    case VALUE_DICT:
        return dict(python, value);
    case VALUE_SPECIAL:
        return special(python, value);
    }
    return NULL;
}
