#include "testgen/fit.h"

static bool fit_items(const struct type *type, const struct value *value)
{
    for (size_t i = 0; i < value->count; i++)
        if (type->item_count > 0 && !fit_value(type->items[0], value->items[i]))
            return false;
    return true;
}

static bool fit_tuple(const struct type *type, const struct value *value)
{
    if (value->kind != VALUE_TUPLE || value->count != type->item_count)
        return false;
    for (size_t i = 0; i < value->count; i++)
        if (!fit_value(type->items[i], value->items[i]))
            return false;
    return true;
}

static bool fit_dict(const struct type *type, const struct value *value)
{
    if (value->kind != VALUE_DICT)
        return false;
    for (size_t i = 0; i < value->count && type->item_count == 2; i++)
        if (!fit_value(type->items[i % 2], value->items[i]))
            return false;
    return true;
}

static bool fit_literal(const struct type *type, const struct value *value)
{
    for (size_t i = 0; i < type->literals->count; i++)
        if (value_equal(type->literals->items[i], value))
            return true;
    return false;
}

static bool fit_union(const struct type *type, const struct value *value)
{
    for (uint32_t i = 0; i < type->item_count; i++)
        if (fit_value(type->items[i], value))
            return true;
    return type->item_count == 0;
}

static bool is_whole(const struct value *value)
{
    return value->kind == VALUE_INT || value->kind == VALUE_BIG;
}

bool fit_value(const struct type *type, const struct value *value)
{
    if (value->kind == VALUE_SPECIAL)
        return true;
    switch (type->kind) {
    case TYPE_NONE:
        return value->kind == VALUE_NONE;
    case TYPE_BOOL:
        return value->kind == VALUE_BOOL;
    case TYPE_INT:
        return is_whole(value);
    case TYPE_FLOAT:
    case TYPE_COMPLEX:
        return value->kind == VALUE_FLOAT || is_whole(value);
    case TYPE_STR:
        return value->kind == VALUE_TEXT;
    case TYPE_BYTES:
        return value->kind == VALUE_BYTES;
    case TYPE_LIST:
        return value->kind == VALUE_LIST && fit_items(type, value);
    case TYPE_SET:
        return value->kind == VALUE_SET && fit_items(type, value);
    case TYPE_FROZENSET:
        return value->kind == VALUE_FROZENSET && fit_items(type, value);
    case TYPE_TUPLES:
        return value->kind == VALUE_TUPLE && fit_items(type, value);
    case TYPE_TUPLE:
        return fit_tuple(type, value);
    case TYPE_DICT:
        return fit_dict(type, value);
    case TYPE_LITERAL:
        return fit_literal(type, value);
    case TYPE_UNION:
        return fit_union(type, value);
    case TYPE_CALLABLE:
    case TYPE_CLASS:
    case TYPE_LIBRARY:
        return false; /* plain data is none of these */
    case TYPE_ANY:
    case TYPE_ITER:
        break;
    }
    return true;
}

static bool fit_parameter(const struct parameter *parameter, const struct value *value)
{
    if (!parameter->annotated || parameter->type_count == 0 ||
        parameter->kind == PARAMETER_VARARGS || parameter->kind == PARAMETER_VARKW)
        return true;
    if (parameter->standard != NULL && value_equal(parameter->standard, value))
        return true;
    for (uint32_t i = 0; i < parameter->type_count; i++)
        if (fit_value(parameter->types[i].type, value))
            return true;
    return false;
}

/* Which parameter an argument fills; NULL for one that only varargs take. */
static const struct parameter *find_parameter(const struct callable *callable, struct str name,
                                              uint32_t place)
{
    if (name.len == 0)
        return place < callable->parameter_count ? &callable->parameters[place] : NULL;
    for (uint32_t i = 0; i < callable->parameter_count; i++)
        if (str_equal(callable->parameters[i].name, name))
            return &callable->parameters[i];
    return NULL;
}

/* A method's first argument is its object, which is no parameter. */
static bool has_object(const struct callable *callable)
{
    return callable->kind == CALLABLE_METHOD || callable->kind == CALLABLE_PROPERTY ||
           callable->kind == CALLABLE_SETTER;
}

static uint32_t count_misfits(const struct callable *callable, const struct statement *statement)
{
    uint32_t misfits = 0, objects = has_object(callable);
    for (uint32_t i = objects; i < statement->argument_count; i++) {
        const struct argument *argument = &statement->arguments[i];
        const struct parameter *parameter = find_parameter(callable, argument->name, i - objects);
        misfits += parameter != NULL && !fit_parameter(parameter, argument->value);
    }
    return misfits;
}

uint32_t fit_misfits(const struct subject *subject, const struct program *program)
{
    uint32_t misfits = 0;
    for (uint32_t i = 0; i < program->count; i++) {
        const struct statement *statement = &program->statements[i];
        if (statement->kind == STATEMENT_CALL)
            misfits += count_misfits(&subject->callables[statement->callable], statement);
    }
    return misfits;
}
