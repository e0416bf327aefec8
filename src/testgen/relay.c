#include "testgen/relay.h"

#include "base/mem.h"
#include "testgen/fit.h"
#include "testgen/search_private.h"

enum {
    RESULTS_EACH = 4,
    RESULTS_MAX = 160,
    PARAMETERS_MAX = 2, /* of each callable, the first ones */
    WEIGHT_MAX = 60,
    HAUL_MAX = 512
};

struct result {
    uint32_t from; /* callable */
    const struct value *value;
};

struct relay {
    struct matrix *matrix;
    struct result results[RESULTS_MAX];
    uint32_t count;
};

/* ---- results ------------------------------------------------------------------------------- */

/* Numbers and the like others come by themselves. */
static bool is_worth_it(const struct value *value)
{
    switch (value->kind) {
    case VALUE_TEXT:
    case VALUE_BYTES:
        return value->text.len > 1 && value_weight(value) <= WEIGHT_MAX;
    case VALUE_TUPLE:
    case VALUE_LIST:
    case VALUE_SET:
    case VALUE_FROZENSET:
    case VALUE_DICT:
        return value->count > 0 && !value_is_deep(value) && value_weight(value) <= WEIGHT_MAX;
    case VALUE_NONE:
    case VALUE_BOOL:
    case VALUE_INT:
    case VALUE_BIG:
    case VALUE_FLOAT:
    case VALUE_SPECIAL:
        break;
    }
    return false;
}

static void add_result(struct relay *relay, uint32_t from, const struct value *value)
{
    uint32_t same = 0;
    for (uint32_t i = 0; i < relay->count; i++) {
        if (value_equal(relay->results[i].value, value))
            return;
        same += relay->results[i].from == from;
    }
    if (same < RESULTS_EACH && relay->count < RESULTS_MAX)
        relay->results[relay->count++] = (struct result){from, value};
}

static void find_results(struct relay *relay)
{
    for (uint32_t i = 0; i < relay->matrix->count; i++) {
        const struct exam *exam = &relay->matrix->exams[i];
        uint32_t act = program_act(&exam->candidate->program);
        for (uint32_t k = 0; exam->why == NULL && k < exam->observation.count; k++) {
            const struct component *component = &exam->observation.components[k];
            if (component->kind == COMPONENT_VALUE && component->statement == act &&
                component->stable && is_worth_it(component->view))
                add_result(relay, exam->candidate->target, component->view);
        }
    }
}

/* ---- passing them on ----------------------------------------------------------------------- */

static bool fits(const struct parameter *parameter, const struct value *value)
{
    for (uint32_t i = 0; i < parameter->type_count; i++)
        if (fit_value(parameter->types[i].type, value))
            return true;
    return parameter->type_count == 0;
}

static bool pass(struct search *search, uint32_t callable, uint32_t parameter,
                 const struct value *value, struct error *err)
{
    struct builder builder = search_builder(search, callable);
    const struct callable *described = &builder.subject->callables[callable];
    struct plan plan = {.simple = true};
    struct draft draft;
    draft_init(&draft);
    if (described->kind == CALLABLE_METHOD)
        builder_object(&builder, &draft, (uint32_t)described->owner, true, 0);
    memset(plan.arms, BELIEF_NO_ARM, sizeof plan.arms);
    plan.values[parameter] = value;
    builder_call(&builder, &draft, callable, &plan);
    return search_try_draft(search, &draft, callable, err);
}

static bool pass_all(const struct relay *relay, struct search *search, uint32_t callable,
                     struct error *err)
{
    const struct callable *described = &search->engine->subject.callables[callable];
    for (uint32_t i = 0; i < relay->count && search_goes_on(search); i++)
        for (uint32_t k = 0; k < described->parameter_count && k < PARAMETERS_MAX; k++) {
            const struct result *result = &relay->results[i];
            if (result->from == callable || !fits(&described->parameters[k], result->value))
                continue;
            pool_learn(&search->pool, callable, result->value);
            if (!pass(search, callable, k, result->value, err))
                return false;
        }
    return search_flush(search, err);
}

static bool relay_to(const struct relay *relay, uint32_t callable, uint64_t executions,
                     struct error *err)
{
    struct search *search = relay->matrix->engine->search;
    uint64_t end_before = search->executions_end;
    auto_free const struct candidate **list = mem_alloc(HAUL_MAX * sizeof *list);
    struct haul haul = {.list = list, .max = HAUL_MAX};
    arena_init(&haul.arena, SIZE_MAX);
    search->executions_end = search->engine->guest.executions + executions;
    search->haul = &haul;
    bool good = pass_all(relay, search, callable, err);
    search->haul = NULL;
    search->executions_end = end_before;
    good = good && matrix_hunt(relay->matrix, haul.list, haul.count, executions, err);
    arena_done(&haul.arena);
    return good;
}

bool relay_results(struct matrix *matrix, uint64_t executions, struct error *err)
{
    auto_free struct relay *relay = mem_alloc(sizeof *relay);
    struct engine *engine = matrix->engine;
    uint64_t end = engine->guest.executions + executions;
    relay->matrix = matrix;
    find_results(relay);
    for (uint32_t i = 0; i < engine->subject.callable_count && engine_goes_on(engine, end); i++)
        if (engine->subject.callables[i].test && !relay_to(relay, i, executions / 8 + 1, err))
            return false;
    return true;
}
