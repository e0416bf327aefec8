#include "testgen/builder.h"

#include <assert.h>

#include "base/mem.h"
#include "testgen/builder_private.h"

/* ---- drafts -------------------------------------------------------------------------------- */

void draft_init(struct draft *draft)
{
    draft->count = 0;
    draft->leaf_count = 0;
    draft->failed = false;
}

struct program draft_program(struct arena *arena, const struct draft *draft)
{
    struct statement *statements = arena_alloc(arena, draft->count * sizeof *statements);
    memcpy(statements, draft->statements, draft->count * sizeof *statements);
    return (struct program){.statements = statements, .count = draft->count};
}

int32_t builder_class_of(const struct subject *subject, const struct statement *statement)
{
    if (statement->kind != STATEMENT_CALL)
        return -1;
    const struct callable *callable = &subject->callables[statement->callable];
    if (callable->returns != NULL && callable->returns->kind == TYPE_CLASS)
        return (int32_t)callable->returns->index;
    return callable->kind == CALLABLE_CONSTRUCTOR ? callable->owner : -1;
}

void draft_resume(struct draft *draft, const struct subject *subject, const struct program *program)
{
    draft_init(draft);
    draft->count = program->count;
    for (uint32_t i = 0; i < program->count; i++) {
        draft->statements[i] = program->statements[i];
        draft->classes[i] = builder_class_of(subject, &program->statements[i]);
        memset(draft->arms[i], BELIEF_NO_ARM, sizeof draft->arms[i]);
    }
}

static uint32_t push(struct draft *draft, struct statement statement, int32_t class_index,
                     const uint8_t arms[BUILDER_PARAMETERS_MAX])
{
    if (draft->count == PROGRAM_STATEMENTS_MAX) {
        draft->failed = true;
        return UINT32_MAX;
    }
    draft->statements[draft->count] = statement;
    draft->classes[draft->count] = class_index;
    if (arms != NULL)
        memcpy(draft->arms[draft->count], arms, BUILDER_PARAMETERS_MAX);
    else
        memset(draft->arms[draft->count], BELIEF_NO_ARM, BUILDER_PARAMETERS_MAX);
    return draft->count++;
}

void draft_push(struct draft *draft, const struct subject *subject,
                const struct statement *statement)
{
    push(draft, *statement, builder_class_of(subject, statement), NULL);
}

/* ---- arguments ----------------------------------------------------------------------------- */

enum { VARIOUS_MAX = 4, ARGUMENTS_MAX = BUILDER_PARAMETERS_MAX + 1 + VARIOUS_MAX };

/* The arguments of one call, as they come together. */
struct call {
    const struct builder *builder;
    struct draft *draft;
    const struct plan *plan;
    const struct callable *callable;
    uint32_t index;
    int depth;
    struct argument arguments[ARGUMENTS_MAX];
    uint32_t count;
    uint8_t arms[BUILDER_PARAMETERS_MAX];
    bool by_name; /* one by place was left out: what follows is named */
};

static bool is_simple(const struct call *call)
{
    return call->plan != NULL && call->plan->simple;
}

static bool needs_object(const struct callable *callable)
{
    return callable->kind == CALLABLE_METHOD || callable->kind == CALLABLE_PROPERTY ||
           callable->kind == CALLABLE_SETTER;
}

static bool is_for(const struct callable *callable, const struct statement *statement,
                   uint32_t argument, struct str name)
{
    uint32_t objects = needs_object(callable);
    if (statement->arguments[argument].name.len > 0)
        return str_equal(statement->arguments[argument].name, name);
    return argument >= objects && argument - objects < callable->parameter_count &&
           str_equal(callable->parameters[argument - objects].name, name);
}

/* What an earlier call gave for a parameter of this name: what was put in is asked for. */
static const struct value *given_before(const struct call *call, uint32_t parameter)
{
    const struct subject *subject = call->builder->subject;
    const struct value *found = NULL;
    uint64_t seen = 0;
    for (uint32_t i = 0; i < call->draft->count; i++) {
        const struct statement *statement = &call->draft->statements[i];
        for (uint32_t k = 0; k < statement->argument_count; k++)
            if (is_for(&subject->callables[statement->callable], statement, k,
                       call->callable->parameters[parameter].name) &&
                !value_is_deep(statement->arguments[k].value) &&
                random_below(call->builder->random, ++seen) == 0)
                found = statement->arguments[k].value;
    }
    return found;
}

static const struct value *draw_value(struct call *call, uint32_t parameter)
{
    const struct value *before = given_before(call, parameter);
    if (before != NULL && !is_simple(call) && random_chance(call->builder->random, 0.4))
        return before;

    const struct belief *belief = belief_of(call->builder->beliefs, call->index, parameter);
    if (!is_simple(call)) {
        uint32_t arm = belief_draw(belief, call->builder->random);
        call->arms[parameter] = (uint8_t)arm;
        return builder_value(call->builder, call->draft, belief->arms[arm].type, call->depth);
    }
    uint32_t arm = belief_rank(belief, 0);
    arm = arm == BELIEF_NO_ARM ? 0 : arm;
    call->arms[parameter] = (uint8_t)arm;
    const struct value *value = builder_nth(call->builder, call->draft, belief->arms[arm].type, 1);
    return value != NULL
               ? value
               : builder_value(call->builder, call->draft, belief->arms[arm].type, call->depth);
}

static const struct value *planned(const struct call *call, uint32_t parameter)
{
    if (call->plan == NULL || call->plan->values[parameter] == NULL)
        return NULL;
    return call->plan->values[parameter];
}

static void give(struct call *call, struct str name, const struct value *value)
{
    if (call->count < ARGUMENTS_MAX)
        call->arguments[call->count++] = (struct argument){.name = name, .value = value};
}

static void give_various(struct call *call, uint32_t parameter)
{
    const struct value *fixed = planned(call, parameter);
    uint64_t count =
        fixed != NULL || is_simple(call) ? 1 : random_below(call->builder->random, VARIOUS_MAX);
    for (uint64_t i = 0; i < count && !call->by_name; i++)
        give(call, (struct str){"", 0}, fixed != NULL ? fixed : draw_value(call, parameter));
}

static bool is_parameter(const struct callable *callable, const char *name)
{
    for (uint32_t i = 0; i < callable->parameter_count; i++)
        if (str_is(callable->parameters[i].name, name))
            return true;
    return false;
}

/* Names that a stranger might give; a constant would do as well, if it were a name. */
static void give_named(struct call *call, uint32_t parameter)
{
    static const char *const names[] = {"a", "b", "key", "name", "x"};
    const struct value *fixed = planned(call, parameter);
    uint64_t count = fixed != NULL || is_simple(call) ? 0 : random_below(call->builder->random, 3);
    uint64_t first = random_below(call->builder->random, COUNT_OF(names));
    for (uint64_t i = 0; i < count; i++) {
        const char *name = names[(first + i) % COUNT_OF(names)];
        if (!is_parameter(call->callable, name))
            give(call, str_from(name), draw_value(call, parameter));
    }
}

/* With various arguments behind them, those by place cannot be left out. */
static bool has_various(const struct callable *callable)
{
    for (uint32_t i = 0; i < callable->parameter_count; i++)
        if (callable->parameters[i].kind == PARAMETER_VARARGS)
            return true;
    return false;
}

/* Of many options a few are given at a time: that is how they are called, and can be read. */
static double option_chance(const struct call *call)
{
    uint32_t options = 0;
    for (uint32_t i = 0; i < call->callable->parameter_count; i++)
        options += call->callable->parameters[i].optional;
    return options <= 3 ? 0.5 : 1.5 / options;
}

static bool is_left_out(const struct call *call, const struct parameter *parameter, uint32_t index)
{
    if (!parameter->optional || planned(call, index) != NULL)
        return false;
    if (parameter->kind == PARAMETER_POSITIONAL && call->by_name)
        return true;
    return call->plan != NULL || !random_chance(call->builder->random, option_chance(call));
}

static void give_plain(struct call *call, const struct parameter *parameter, uint32_t index)
{
    if (is_left_out(call, parameter, index)) {
        call->by_name = call->by_name || parameter->kind != PARAMETER_KEYWORD;
        return;
    }
    if (parameter->kind == PARAMETER_POSITIONAL && call->by_name)
        return;
    const struct value *fixed = planned(call, index);
    if (fixed != NULL)
        call->arms[index] = call->plan->arms[index];
    bool named =
        parameter->kind == PARAMETER_KEYWORD || call->by_name ||
        (parameter->optional && parameter->kind == PARAMETER_PLAIN && !has_various(call->callable));
    call->by_name = call->by_name || named;
    give(call, named ? parameter->name : (struct str){"", 0},
         fixed != NULL ? fixed : draw_value(call, index));
}

static void give_all(struct call *call)
{
    memset(call->arms, BELIEF_NO_ARM, sizeof call->arms);
    uint32_t count = call->callable->parameter_count;
    for (uint32_t i = 0; i < count && i < BUILDER_PARAMETERS_MAX; i++) {
        const struct parameter *parameter = &call->callable->parameters[i];
        if (parameter->kind == PARAMETER_VARARGS)
            give_various(call, i);
        else if (parameter->kind == PARAMETER_VARKW)
            give_named(call, i);
        else
            give_plain(call, parameter, i);
    }
}

/* ---- makers -------------------------------------------------------------------------------- */

const struct value *builder_make(const struct builder *builder, struct draft *draft,
                                 uint32_t callable, const struct plan *plan, int depth)
{
    struct call call = {.builder = builder,
                        .draft = draft,
                        .plan = plan,
                        .callable = &builder->subject->callables[callable],
                        .index = callable,
                        .depth = depth + 2};
    if (depth > BUILDER_DEPTH_MAX)
        return value_none();
    give_all(&call);
    const struct value *places[ARGUMENTS_MAX], *names[2 * ARGUMENTS_MAX];
    size_t placed = 0, named = 0;
    for (uint32_t i = 0; i < call.count; i++)
        if (call.arguments[i].name.len == 0) {
            places[placed++] = call.arguments[i].value;
        } else {
            names[named++] = value_text(builder->arena, call.arguments[i].name);
            names[named++] = call.arguments[i].value;
        }
    const struct value *items[] = {value_int(builder->arena, callable),
                                   value_many(builder->arena, VALUE_TUPLE, places, placed),
                                   value_many(builder->arena, VALUE_DICT, names, named)};
    return value_special(builder->arena, "make", items, 3);
}

static bool fits_callback(const struct callable *callable, uint32_t arguments)
{
    return callable->kind == CALLABLE_LIBRARY && callable->returns != NULL &&
           callable->returns->kind == TYPE_CALLABLE &&
           (arguments == 0 || callable->returns->index == 0 ||
            callable->returns->index == arguments);
}

const struct value *builder_callback(const struct builder *builder, struct draft *draft,
                                     uint32_t arguments, int depth)
{
    uint32_t found = UINT32_MAX;
    uint64_t seen = 0;
    for (uint32_t i = 0; i < builder->subject->callable_count; i++)
        if (fits_callback(&builder->subject->callables[i], arguments) &&
            random_below(builder->random, ++seen) == 0)
            found = i;
    return found == UINT32_MAX ? value_none() : builder_make(builder, draft, found, NULL, depth);
}

const struct value *builder_var(const struct builder *builder, const struct draft *draft,
                                uint32_t var)
{
    const struct statement *last = &draft->statements[var];
    if (last->kind == STATEMENT_LITERAL)
        return last->value;
    return value_var(builder->arena, var);
}

bool class_is_a(const struct subject *subject, int32_t class_index, uint32_t base)
{
    if (class_index < 0 || class_index == (int32_t)base)
        return class_index >= 0;
    const struct class *class = &subject->classes[class_index];
    for (uint32_t i = 0; i < class->base_count; i++)
        if ((int32_t) class->bases[i] < class_index && /* no circles */
            class_is_a(subject, (int32_t) class->bases[i], base))
            return true;
    return false;
}

/* Often one of those that are derived from it: what a base leaves open only they can do. */
static uint32_t draw_derived(const struct builder *builder, uint32_t base)
{
    const struct subject *subject = builder->subject;
    bool own = subject->classes[base].maker_count > 0;
    uint64_t seen = 0;
    uint32_t found = base;
    if (own && !random_chance(builder->random, 0.6))
        return base;
    for (uint32_t i = 0; i < subject->class_count; i++)
        if (i != base && subject->classes[i].maker_count > 0 &&
            class_is_a(subject, (int32_t)i, base) && random_below(builder->random, ++seen) == 0)
            found = i;
    return found;
}

static uint32_t draw_maker(const struct builder *builder, const struct class *class, bool simple)
{
    if (simple || random_chance(builder->random, 0.4))
        return class->makers[0];
    return class->makers[random_below(builder->random, class->maker_count)];
}

static uint32_t find_instance(const struct builder *builder, const struct draft *draft,
                              uint32_t class_index)
{
    for (uint32_t i = 0; i < draft->count; i++)
        if (class_is_a(builder->subject, draft->classes[i], class_index))
            return i;
    return UINT32_MAX;
}

/* Where one more statement and its needs have no room, an instance that is there must do. */
enum { OBJECT_STATEMENTS_MAX = PROGRAM_STATEMENTS_MAX - 8, OBJECT_DEPTH_MAX = 3 };

static void append_call(struct call *call, int32_t class_index);

/* Any of them: what is made of several holds the one that stands first no more often than others.
 */
static uint32_t draw_instance(const struct builder *builder, const struct draft *draft,
                              uint32_t class_index)
{
    uint32_t found = UINT32_MAX;
    uint64_t seen = 0;
    for (uint32_t i = 0; i < draft->count; i++)
        if (class_is_a(builder->subject, draft->classes[i], class_index) &&
            random_below(builder->random, ++seen) == 0)
            found = i;
    return found;
}

static bool is_full(const struct draft *draft, int depth)
{
    return draft->count > OBJECT_STATEMENTS_MAX || depth > OBJECT_DEPTH_MAX;
}

bool builder_has_object(const struct builder *builder, const struct draft *draft,
                        const struct type *type, int depth)
{
    return type->kind != TYPE_CLASS || !is_full(draft, depth) ||
           find_instance(builder, draft, type->index) != UINT32_MAX;
}

uint32_t builder_object(const struct builder *builder, struct draft *draft, uint32_t class_index,
                        bool simple, int depth)
{
    uint32_t there = draw_instance(builder, draft, class_index);
    bool full = is_full(draft, depth);
    if (there != UINT32_MAX && (full || random_chance(builder->random, 0.25)))
        return there;
    class_index = draw_derived(builder, class_index);
    const struct class *class = &builder->subject->classes[class_index];
    if (full || class->maker_count == 0) {
        draft->failed = true;
        return UINT32_MAX;
    }
    static const struct plan simplest = {.simple = true};
    uint32_t maker = draw_maker(builder, class, simple);
    struct call call = {.builder = builder,
                        .draft = draft,
                        .plan = simple ? &simplest : NULL,
                        .callable = &builder->subject->callables[maker],
                        .index = maker,
                        .depth = depth + 1};
    append_call(&call, (int32_t)class_index);
    return draft->failed ? UINT32_MAX : draft->count - 1;
}

/* ---- calls --------------------------------------------------------------------------------- */

static void push_call(struct call *call, int32_t class_index)
{
    struct draft *draft = call->draft;
    give_all(call);
    if (draft->failed)
        return;
    struct argument *arguments = arena_alloc(call->builder->arena, call->count * sizeof *arguments);
    memcpy(arguments, call->arguments, call->count * sizeof *arguments);
    struct statement statement = {
        .callable = call->index, .arguments = arguments, .argument_count = call->count};
    push(draft, statement, class_index, call->arms);
}

static void append_call(struct call *call, int32_t class_index)
{
    struct draft *draft = call->draft;
    const struct builder *builder = call->builder;
    if (needs_object(call->callable)) {
        uint32_t owner = (uint32_t)call->callable->owner;
        uint32_t var = call->callable->test ? find_instance(builder, draft, owner)
                                            : draw_instance(builder, draft, owner);
        if (var == UINT32_MAX)
            var = builder_object(builder, draft, owner, is_simple(call), call->depth);
        if (draft->failed)
            return;
        give(call, (struct str){"", 0}, builder_var(builder, draft, var));
    }
    push_call(call, class_index);
}

/* The method that no source has: the guest describes it for what functions return. */
static bool is_invoker(const struct callable *callable)
{
    return callable->kind == CALLABLE_METHOD && callable->line == 0 &&
           str_is(callable->name, "__call__");
}

bool builder_is_invocation(const struct subject *subject, const struct statement *statement)
{
    return statement->kind == STATEMENT_CALL &&
           is_invoker(&subject->callables[statement->callable]) && statement->argument_count > 0 &&
           value_is_special(statement->arguments[0].value, "var");
}

static void invoke(const struct builder *builder, struct draft *draft)
{
    const struct subject *subject = builder->subject;
    uint32_t index = 0;
    while (index < subject->callable_count && !is_invoker(&subject->callables[index]))
        index++;
    if (index == subject->callable_count)
        return;
    struct call call = {
        .builder = builder, .draft = draft, .callable = &subject->callables[index], .index = index};
    give(&call, (struct str){"", 0}, value_var(builder->arena, draft->count - 1));
    push_call(&call, -1);
}

enum { DRAIN_USUAL = 10 };

void builder_call(const struct builder *builder, struct draft *draft, uint32_t callable,
                  const struct plan *plan)
{
    struct call call = {.builder = builder,
                        .draft = draft,
                        .plan = plan,
                        .callable = &builder->subject->callables[callable],
                        .index = callable};
    struct statement made = {.callable = callable};
    append_call(&call, builder_class_of(builder->subject, &made));
    if (!draft->failed && builder->invoked[callable] && random_chance(builder->random, 0.85)) {
        invoke(builder, draft);
        return;
    }
    bool drains = call.callable->generator || builder->drained[callable];
    if (draft->failed || !(drains || call.callable->manager))
        return;
    struct statement next = {.kind = drains ? STATEMENT_DRAIN : STATEMENT_ENTER,
                             .var = draft->count - 1,
                             .limit = drains ? DRAIN_USUAL : 0};
    push(draft, next, -1, NULL);
}
