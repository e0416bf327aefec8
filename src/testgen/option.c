#include "testgen/place.h"
#include "testgen/search_private.h"

/* Options at their defaults stand nowhere in a program, so pass B cannot swap them: here the call
 * under test is given one more of them. */

enum { MEMBERS_MAX = 8 };

static bool is_given(const struct callable *callable, const struct statement *call,
                     uint32_t parameter)
{
    uint32_t placed = 0;
    bool has_object = callable->kind == CALLABLE_METHOD || callable->kind == CALLABLE_SETTER;
    for (uint32_t i = 0; i < call->argument_count; i++) {
        placed += call->arguments[i].name.len == 0;
        if (str_equal(call->arguments[i].name, callable->parameters[parameter].name))
            return true;
    }
    return placed > parameter + (has_object ? 1U : 0U);
}

static bool give_option(struct arena *arena, const struct subject *subject,
                        const struct program *program, uint32_t parameter,
                        const struct value *value, struct program *ret)
{
    uint32_t last = program->count;
    while (last > 0 && program->statements[last - 1].kind != STATEMENT_CALL)
        last--;
    if (last == 0)
        return false;
    const struct statement *call = &program->statements[last - 1];
    const struct callable *callable = &subject->callables[call->callable];
    if (parameter >= callable->parameter_count || is_given(callable, call, parameter))
        return false;
    const struct parameter *option = &callable->parameters[parameter];
    if (!option->optional || (option->kind != PARAMETER_PLAIN && option->kind != PARAMETER_KEYWORD))
        return false;
    struct statement *statements = arena_alloc(arena, program->count * sizeof *statements);
    struct argument *arguments = arena_alloc(arena, (call->argument_count + 1) * sizeof *arguments);
    memcpy(statements, program->statements, program->count * sizeof *statements);
    if (call->argument_count > 0)
        memcpy(arguments, call->arguments, call->argument_count * sizeof *arguments);
    arguments[call->argument_count] = (struct argument){.name = option->name, .value = value};
    statements[last - 1].arguments = arguments;
    statements[last - 1].argument_count = call->argument_count + 1;
    *ret = (struct program){.statements = statements, .count = program->count};
    return true;
}

static bool try_option(struct search *search, const struct program *program, uint32_t target,
                       uint32_t parameter, const struct value *value, struct error *err)
{
    struct program longer;
    if (!give_option(&search->batch, &search->engine->subject, program, parameter, value, &longer))
        return true;
    return search_try(search, &longer, target, err);
}

/* Only plain values: an object would need statements before the call. */
static bool try_drawn_option(struct search *search, const struct program *program, uint32_t target,
                             uint32_t parameter, struct error *err)
{
    struct builder builder = search_builder(search, target);
    const struct belief *belief = belief_of(&search->beliefs, target, parameter);
    struct draft draft;
    draft_resume(&draft, builder.subject, program);
    const struct type *type = belief->arms[belief_draw(belief, builder.random)].type;
    const struct value *value = builder_value(&builder, &draft, type, 1);
    if (draft.failed || draft.count > program->count)
        return true;
    return try_option(search, program, target, parameter, value, err);
}

/* A compare may have seen the default of an option, or have asked whether it is given at all. */
static bool swap_option(struct search *search, const struct program *program, uint32_t target,
                        uint32_t parameter, const struct operands *seen, struct error *err)
{
    const struct value *standard =
        search->engine->subject.callables[target].parameters[parameter].standard;
    if (standard != NULL && value_equal(standard, seen->a)) {
        size_t step = seen->b->kind == VALUE_DICT ? 2 : 1;
        for (size_t i = 0; i < seen->b->count && i < MEMBERS_MAX * step; i += step)
            if (!try_option(search, program, target, parameter, seen->b->items[i], err))
                return false;
        if (!value_is_deep(seen->b) &&
            !try_option(search, program, target, parameter, seen->b, err))
            return false;
    }
    return try_drawn_option(search, program, target, parameter, err) &&
           try_drawn_option(search, program, target, parameter, err);
}

bool search_options(struct search *search, const struct program *program, uint32_t target,
                    const struct operands *seen, struct error *err)
{
    const struct callable *callable = &search->engine->subject.callables[target];
    for (uint32_t i = 0; i < callable->parameter_count && i < BUILDER_PARAMETERS_MAX; i++)
        if (callable->parameters[i].optional && !swap_option(search, program, target, i, seen, err))
            return false;
    return true;
}
