#include "base/mem.h"
#include "testgen/place.h"
#include "testgen/search_private.h"

/* ---- programs ------------------------------------------------------------------------------ */

enum { PLACES_MAX = 64 };

/* Another object of its class that is there by then. */
static struct program change_object(const struct builder *builder, const struct program *program,
                                    const struct place *place, size_t number)
{
    const struct statement *statements = program->statements;
    uint32_t now = (uint32_t)place->value->items[0]->integer, found = now;
    int32_t class = builder_class_of(builder->subject, &statements[now]);
    uint64_t seen = 0;
    for (uint32_t i = 0; class >= 0 && i < place->statement; i++)
        if (i != now &&
            class_is_a(builder->subject, builder_class_of(builder->subject, &statements[i]),
                       (uint32_t) class) &&
            random_below(builder->random, ++seen) == 0)
            found = i;
    return found == now
               ? *program
               : place_put(builder->arena, program, number, value_var(builder->arena, found));
}

static struct program change_place(const struct builder *builder, const struct program *program)
{
    struct place places[PLACES_MAX];
    size_t count = place_list(program, places, PLACES_MAX);
    for (int i = 0; i < 4 && count > 0; i++) {
        size_t at = (size_t)random_below(builder->random, count);
        if (places[at].var)
            return change_object(builder, program, &places[at], at);
        const struct value *value = evolve_value(builder, places[at].value, places[at].hashed);
        if (value != places[at].value)
            return place_put(builder->arena, program, at, value);
    }
    return *program;
}

/* A value that another program has at a place of the same kind. */
static struct program borrow_value(const struct builder *builder, const struct program *program,
                                   const struct program *other)
{
    struct place places[PLACES_MAX], others[PLACES_MAX];
    size_t count = place_list(program, places, PLACES_MAX);
    size_t other_count = place_list(other, others, PLACES_MAX);
    for (int i = 0; i < 8 && count > 0 && other_count > 0; i++) {
        size_t at = (size_t)random_below(builder->random, count);
        const struct place *from = &others[random_below(builder->random, other_count)];
        if (!places[at].var && !from->var && from->value->kind == places[at].value->kind &&
            !value_is_deep(from->value) && (!places[at].hashed || place_can_hash(from->value)))
            return place_put(builder->arena, program, at, from->value);
    }
    return *program;
}

static uint32_t draw_sibling(const struct builder *builder, uint32_t callable)
{
    const struct callable *described = &builder->subject->callables[callable];
    if (described->owner < 0)
        return callable;
    const struct class *class = &builder->subject->classes[described->owner];
    for (int i = 0; i < 6 && class->method_count > 0; i++) {
        uint32_t method = class->methods[random_below(builder->random, class->method_count)];
        enum callable_kind kind = builder->subject->callables[method].kind;
        if (kind == CALLABLE_METHOD || kind == CALLABLE_SETTER)
            return method;
    }
    return callable;
}

enum { LONG = PROGRAM_STATEMENTS_MAX - 6 };

/* One more call on what is there, then the call under test once more. */
static struct program lengthen(const struct builder *builder, const struct program *program,
                               uint32_t callable)
{
    struct draft draft;
    if (program->count > LONG)
        return *program;
    draft_resume(&draft, builder->subject, program);
    if (draft.statements[draft.count - 1].kind == STATEMENT_CALL &&
        draft.statements[draft.count - 1].callable == callable &&
        random_chance(builder->random, 0.5))
        draft.count--; /* only the last one is under test */
    builder_call(builder, &draft, draw_sibling(builder, callable), NULL);
    if (!draft.failed)
        builder_call(builder, &draft, callable, NULL);
    return draft.failed ? *program : draft_program(builder->arena, &draft);
}

static struct program shorten(const struct builder *builder, const struct program *program)
{
    struct program shorter;
    uint32_t index = (uint32_t)random_below(builder->random, program->count);
    if (index + 1 < program->count && program_without(builder->arena, program, index, &shorter))
        return shorter;
    return *program;
}

/* The same preparation, another call under test. */
static struct program call_again(const struct builder *builder, const struct program *program,
                                 uint32_t callable)
{
    struct draft draft;
    draft_resume(&draft, builder->subject, program);
    while (draft.count > 0 && (draft.statements[draft.count - 1].kind != STATEMENT_CALL ||
                               draft.statements[draft.count - 1].callable == callable))
        draft.count--;
    builder_call(builder, &draft, callable, NULL);
    return draft.failed ? *program : draft_program(builder->arena, &draft);
}

/* An attribute of an object that only stands in is set before the call: so circles come about. */
static uint32_t draw_setter(const struct builder *builder, const struct program *program)
{
    uint32_t found = UINT32_MAX;
    uint64_t seen = 0;
    for (uint32_t i = 0; i + 1 < program->count; i++) {
        int32_t class = builder_class_of(builder->subject, &program->statements[i]);
        const struct class *made = class < 0 ? NULL : &builder->subject->classes[class];
        for (uint32_t k = 0; made != NULL && made->line == 0 && k < made->method_count; k++)
            if (random_below(builder->random, ++seen) == 0)
                found = made->methods[k];
    }
    return found;
}

static struct program tie(const struct builder *builder, const struct program *program)
{
    const struct statement *act = &program->statements[program->count - 1];
    uint32_t setter = draw_setter(builder, program);
    struct draft draft;
    if (setter == UINT32_MAX || act->kind != STATEMENT_CALL || program->count > LONG)
        return *program;
    draft_resume(&draft, builder->subject, program);
    draft.count--;
    builder_call(builder, &draft, setter, NULL);
    if (!draft.failed)
        draft_push(&draft, builder->subject, act);
    return draft.failed ? *program : draft_program(builder->arena, &draft);
}

static struct program evolve_program(const struct builder *builder, const struct program *program,
                                     const struct program *other, uint32_t callable)
{
    bool has_state = builder->subject->callables[callable].owner >= 0;
    double drawn = random_unit(builder->random);
    if (drawn > 0.9 && program->count > 1) {
        struct program tied = tie(builder, program);
        if (tied.count > program->count)
            return tied;
    }
    if (drawn < (has_state ? 0.5 : 0.8))
        return change_place(builder, program);
    if (drawn < (has_state ? 0.6 : 0.97) || !has_state)
        return borrow_value(builder, program, other);
    if (drawn < 0.75)
        return lengthen(builder, program, callable);
    return drawn < 0.85 ? shorten(builder, program) : call_again(builder, program, callable);
}

/* ---- the pass ------------------------------------------------------------------------------ */

static bool reaches_line(const struct search *search, const struct candidate *candidate,
                         const uint32_t *lines, size_t line_count)
{
    const struct goal *goals = search->engine->subject.goals;
    for (uint32_t i = 0; i < candidate->hit_count; i++)
        for (size_t k = 0; k < line_count; k++)
            if (goals[candidate->hits[i]].line == lines[k])
                return true;
    return false;
}

/* Any of the list, rare ways as likely as common ones: of two drawn the one with fewer alike. */
static const struct candidate *draw_base(struct search *search, const struct archive_list *list,
                                         const uint32_t *lines, size_t line_count)
{
    struct random *random = &search->engine->random;
    const struct candidate *first = list->candidates[random_below(random, list->count)];
    const struct candidate *second = list->candidates[random_below(random, list->count)];
    if (line_count > 0 && reaches_line(search, second, lines, line_count))
        return second;
    if (first->status != RUN_DONE && second->status == RUN_DONE)
        return second;
    return first;
}

bool search_evolve(struct search *search, uint32_t callable, uint32_t count, const uint32_t *lines,
                   size_t line_count, struct error *err)
{
    struct builder builder = search_builder(search, callable);
    struct archive_list *list = &search->engine->archive.lists[callable];
    for (uint32_t i = 0; i < count && list->count > 0; i++) {
        struct program program = draw_base(search, list, lines, line_count)->program;
        const struct program *other =
            &list->candidates[random_below(builder.random, list->count)]->program;
        uint64_t changes = 1 + random_below(builder.random, 3);
        for (uint64_t k = 0; k < changes; k++)
            program = evolve_program(&builder, &program, other, callable);
        if (!search_try(search, &program, callable, err))
            return false;
    }
    return true;
}
