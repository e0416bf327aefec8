#include "testgen/program.h"

#include <assert.h>

#include "testgen/marshal.h"

enum { ARGUMENTS_MAX = 64, DRAIN_MAX = 1000, WRITE_MAX = 256 << 20 };

/* ---- writing ------------------------------------------------------------------------------- */

static const struct value *arguments_value(struct arena *arena, const struct statement *statement)
{
    const struct value *items[ARGUMENTS_MAX];
    size_t count = 0;
    for (uint32_t i = 0; i < statement->argument_count && count < ARGUMENTS_MAX; i++)
        if (statement->arguments[i].name.len == 0)
            items[count++] = statement->arguments[i].value;
    return value_many(arena, VALUE_TUPLE, items, count);
}

static const struct value *keywords_value(struct arena *arena, const struct statement *statement)
{
    const struct value *items[2 * ARGUMENTS_MAX];
    size_t count = 0;
    for (uint32_t i = 0; i < statement->argument_count && count < ARGUMENTS_MAX; i++) {
        const struct argument *argument = &statement->arguments[i];
        if (argument->name.len == 0)
            continue;
        items[count++] = value_text(arena, argument->name);
        items[count++] = argument->value;
    }
    return value_many(arena, VALUE_DICT, items, count);
}

static const struct value *statement_value(struct arena *arena, const struct statement *statement)
{
    const struct value *kind = value_int(arena, statement->kind);
    switch (statement->kind) {
    case STATEMENT_CALL: {
        const struct value *args = arguments_value(arena, statement);
        const struct value *keywords = keywords_value(arena, statement);
        const struct value *items[] = {kind, value_int(arena, statement->callable), args, keywords,
                                       value_bool(value_is_deep(args) || value_is_deep(keywords))};
        return value_many(arena, VALUE_TUPLE, items, 5);
    }
    case STATEMENT_LITERAL: {
        const struct value *items[] = {kind, statement->value,
                                       value_bool(value_is_deep(statement->value))};
        return value_many(arena, VALUE_TUPLE, items, 3);
    }
    case STATEMENT_DRAIN: {
        const struct value *items[] = {kind, value_int(arena, statement->var),
                                       value_int(arena, statement->limit)};
        return value_many(arena, VALUE_TUPLE, items, 3);
    }
    case STATEMENT_ENTER: {
        const struct value *items[] = {kind, value_int(arena, statement->var)};
        return value_many(arena, VALUE_TUPLE, items, 2);
    }
    }
    assert(!"a kind of statement");
    return value_none();
}

void program_write(struct buf *out, const struct program *program)
{
    assert(program->count <= PROGRAM_STATEMENTS_MAX);
    auto_arena struct arena arena;
    arena_init(&arena, WRITE_MAX);
    const struct value *statements[PROGRAM_STATEMENTS_MAX];
    for (uint32_t i = 0; i < program->count; i++)
        statements[i] = statement_value(&arena, &program->statements[i]);
    marshal_write(out, value_many(&arena, VALUE_TUPLE, statements, program->count));
}

/* ---- reading ------------------------------------------------------------------------------- */

/* What a value may refer to: variables below `vars` and callables below `callables`. */
struct scope {
    uint32_t vars, callables;
};

static bool is_index(const struct value *value, uint32_t below)
{
    return value->kind == VALUE_INT && value->integer >= 0 && value->integer < below;
}

static bool is_sound(const struct value *value, struct scope scope);

static bool are_sound(const struct value *value, struct scope scope)
{
    for (size_t i = 0; i < value->count; i++)
        if (!is_sound(value->items[i], scope))
            return false;
    return true;
}

static bool is_sound_dict_of_names(const struct value *value, struct scope scope)
{
    if (value->kind != VALUE_DICT || value->count > 2 * (size_t)ARGUMENTS_MAX)
        return false;
    for (size_t i = 0; i < value->count; i += 2)
        if (value->items[i]->kind != VALUE_TEXT || value->items[i]->text.len == 0)
            return false;
    return are_sound(value, scope);
}

static bool is_sound_call(const struct value *args, const struct value *keywords,
                          struct scope scope)
{
    return args->kind == VALUE_TUPLE && are_sound(args, scope) &&
           is_sound_dict_of_names(keywords, scope) &&
           args->count + keywords->count / 2 <= ARGUMENTS_MAX;
}

static bool is_sound(const struct value *value, struct scope scope)
{
    if (value->kind != VALUE_SPECIAL)
        return are_sound(value, scope);
    if (value_is_special(value, "var"))
        return value->count == 1 && is_index(value->items[0], scope.vars);
    return value_is_special(value, "make") && value->count == 3 &&
           is_index(value->items[0], scope.callables) &&
           is_sound_call(value->items[1], value->items[2], scope);
}

static bool read_call(struct arena *arena, const struct value *const *items, struct scope scope,
                      struct statement *ret)
{
    const struct value *args = items[2], *keywords = items[3];
    if (!is_index(items[1], scope.callables) || !is_sound_call(args, keywords, scope))
        return false;
    uint32_t count = (uint32_t)(args->count + keywords->count / 2);
    if (!arena_fits(arena, count * sizeof(struct argument)))
        return false;
    struct argument *arguments = arena_alloc(arena, count * sizeof *arguments);
    for (size_t i = 0; i < args->count; i++)
        arguments[i].value = args->items[i];
    for (size_t i = 0; i < keywords->count; i += 2)
        arguments[args->count + i / 2] =
            (struct argument){.name = keywords->items[i]->text, .value = keywords->items[i + 1]};
    *ret = (struct statement){
        .callable = (uint32_t)items[1]->integer, .arguments = arguments, .argument_count = count};
    return true;
}

static bool read_drain(const struct value *const *items, struct scope scope, struct statement *ret)
{
    if (!is_index(items[1], scope.vars) || !is_index(items[2], DRAIN_MAX + 1))
        return false;
    *ret = (struct statement){.kind = STATEMENT_DRAIN,
                              .var = (uint32_t)items[1]->integer,
                              .limit = (uint32_t)items[2]->integer};
    return true;
}

static bool read_statement(struct arena *arena, const struct value *value, struct scope scope,
                           struct statement *ret)
{
    if (value->kind != VALUE_TUPLE || value->count == 0 || !is_index(value->items[0], 4))
        return false;
    const struct value *const *items = value->items;
    switch ((enum statement_kind)items[0]->integer) {
    case STATEMENT_CALL:
        return value->count == 5 && read_call(arena, items, scope, ret);
    case STATEMENT_LITERAL:
        *ret = (struct statement){.kind = STATEMENT_LITERAL, .value = items[1]};
        return value->count == 3 && is_sound(items[1], scope);
    case STATEMENT_DRAIN:
        return value->count == 3 && read_drain(items, scope, ret);
    case STATEMENT_ENTER:
        if (value->count != 2 || !is_index(items[1], scope.vars))
            return false;
        *ret = (struct statement){.kind = STATEMENT_ENTER, .var = (uint32_t)items[1]->integer};
        return true;
    }
    return false;
}

bool program_read(struct arena *arena, struct str bytes, uint32_t callable_count,
                  struct program *ret, struct error *err)
{
    const struct value *value = marshal_read(arena, bytes, err);
    if (value == NULL)
        return error_wrap(err, "read a program");
    if (value->kind != VALUE_TUPLE || value->count == 0 || value->count > PROGRAM_STATEMENTS_MAX)
        return error_set(err, ERROR_INPUT, "a program is a tuple of 1 to %d statements",
                         PROGRAM_STATEMENTS_MAX);
    if (!arena_fits(arena, value->count * sizeof(struct statement)))
        return error_set(err, ERROR_LIMIT, "a program is too large");
    struct statement *statements = arena_alloc(arena, value->count * sizeof *statements);
    for (uint32_t i = 0; i < value->count; i++) {
        struct scope scope = {.vars = i, .callables = callable_count};
        if (!read_statement(arena, value->items[i], scope, &statements[i]))
            return error_set(err, ERROR_INPUT, "statement %u of a program is not sound", i);
    }
    *ret = (struct program){.statements = statements, .count = (uint32_t)value->count};
    return true;
}

/* ---- comparing ----------------------------------------------------------------------------- */

enum { STATEMENT_WEIGHT = 4, KEYWORD_WEIGHT = 1 };

static uint32_t statement_weight(const struct statement *statement)
{
    if (statement->kind == STATEMENT_LITERAL)
        return STATEMENT_WEIGHT + value_weight(statement->value);
    uint32_t weight = STATEMENT_WEIGHT;
    for (uint32_t i = 0; i < statement->argument_count; i++)
        weight += 1 + value_weight(statement->arguments[i].value) +
                  (statement->arguments[i].name.len > 0 ? KEYWORD_WEIGHT : 0);
    return weight;
}

uint32_t program_weight(const struct program *program)
{
    uint32_t weight = 0;
    for (uint32_t i = 0; i < program->count; i++)
        weight += statement_weight(&program->statements[i]);
    return weight;
}

static bool call_equal(const struct statement *a, const struct statement *b)
{
    if (a->callable != b->callable || a->argument_count != b->argument_count)
        return false;
    for (uint32_t i = 0; i < a->argument_count; i++)
        if (!str_equal(a->arguments[i].name, b->arguments[i].name) ||
            !value_equal(a->arguments[i].value, b->arguments[i].value))
            return false;
    return true;
}

static bool statement_equal(const struct statement *a, const struct statement *b)
{
    if (a->kind != b->kind)
        return false;
    if (a->kind == STATEMENT_CALL)
        return call_equal(a, b);
    if (a->kind == STATEMENT_LITERAL)
        return value_equal(a->value, b->value);
    return a->var == b->var && a->limit == b->limit;
}

bool program_equal(const struct program *a, const struct program *b)
{
    if (a->count != b->count)
        return false;
    for (uint32_t i = 0; i < a->count; i++)
        if (!statement_equal(&a->statements[i], &b->statements[i]))
            return false;
    return true;
}

/* ---- leaving out --------------------------------------------------------------------------- */

struct gap {
    struct arena *arena;
    uint32_t index; /* of the statement that goes */
    bool needed;
};

static const struct value *closed_value(struct gap *gap, const struct value *value);

static const struct value *closed_var(struct gap *gap, const struct value *value)
{
    uint32_t var = (uint32_t)value->items[0]->integer;
    gap->needed = gap->needed || var == gap->index;
    return var > gap->index ? value_var(gap->arena, var - 1) : value;
}

static const struct value *closed_value(struct gap *gap, const struct value *value)
{
    if (!value_is_deep(value))
        return value;
    if (value_is_special(value, "var"))
        return closed_var(gap, value);
    const struct value **items = arena_alloc(gap->arena, value->count * sizeof(struct value *));
    for (size_t i = 0; i < value->count; i++)
        items[i] = closed_value(gap, value->items[i]);
    struct value *copy = arena_alloc(gap->arena, sizeof *copy);
    *copy = *value;
    copy->items = items;
    return copy;
}

static struct statement closed_statement(struct gap *gap, const struct statement *from)
{
    struct statement to = *from;
    if (from->kind == STATEMENT_DRAIN || from->kind == STATEMENT_ENTER) {
        gap->needed = gap->needed || from->var == gap->index;
        to.var = from->var > gap->index ? from->var - 1 : from->var;
        return to;
    }
    if (from->kind == STATEMENT_LITERAL) {
        to.value = closed_value(gap, from->value);
        return to;
    }
    struct argument *arguments =
        arena_alloc(gap->arena, from->argument_count * sizeof(struct argument));
    for (uint32_t i = 0; i < from->argument_count; i++)
        arguments[i] = (struct argument){.name = from->arguments[i].name,
                                         .value = closed_value(gap, from->arguments[i].value)};
    to.arguments = arguments;
    return to;
}

bool program_without(struct arena *arena, const struct program *program, uint32_t index,
                     struct program *ret)
{
    assert(index < program->count);
    if (program->count == 1)
        return false;
    struct gap gap = {.arena = arena, .index = index};
    struct statement *statements = arena_alloc(arena, (program->count - 1) * sizeof *statements);
    uint32_t count = 0;
    for (uint32_t i = 0; i < program->count; i++)
        if (i != index)
            statements[count++] = i < index ? program->statements[i]
                                            : closed_statement(&gap, &program->statements[i]);
    if (gap.needed)
        return false;
    *ret = (struct program){.statements = statements, .count = count};
    return true;
}

/* ---- what belongs together ----------------------------------------------------------------- */

/* One bit for each variable. */
static uint32_t vars_of_value(const struct value *value)
{
    uint32_t vars = 0;
    if (value_is_special(value, "var"))
        return UINT32_C(1) << value->items[0]->integer;
    for (size_t i = 0; i < value->count; i++)
        vars |= vars_of_value(value->items[i]);
    return vars;
}

static uint32_t vars_of(const struct statement *statement)
{
    uint32_t vars = 0;
    if (statement->kind == STATEMENT_DRAIN || statement->kind == STATEMENT_ENTER)
        return UINT32_C(1) << statement->var;
    if (statement->kind == STATEMENT_LITERAL)
        return vars_of_value(statement->value);
    for (uint32_t i = 0; i < statement->argument_count; i++)
        vars |= vars_of_value(statement->arguments[i].value);
    return vars;
}

static uint32_t find_needed(const struct program *program)
{
    uint32_t needed = UINT32_C(1) << (program->count - 1), before;
    do {
        before = needed;
        for (uint32_t i = program->count; i-- > 0;) {
            uint32_t vars = vars_of(&program->statements[i]);
            if (needed >> i & 1)
                needed |= vars;
            else if (vars & needed)
                needed |= UINT32_C(1) << i;
        }
    } while (needed != before);
    return needed;
}

struct program program_slice(struct arena *arena, const struct program *program)
{
    static_assert(PROGRAM_STATEMENTS_MAX <= 32);
    assert(program->count > 0);
    struct program slice = *program;
    uint32_t needed = find_needed(program);
    for (uint32_t i = program->count - 1; i-- > 0;)
        if (!(needed >> i & 1) && !program_without(arena, &slice, i, &slice))
            break;
    return slice;
}
