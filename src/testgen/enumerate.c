#include "base/mem.h"
#include "testgen/search_private.h"

/* Pass A. Values that its builder makes may need statements before the call, so each program is
 * a draft of its own: values are asked for by number, not kept. */

enum {
    ARMS_MAX = 3,
    SINGLE_MAX = 40, /* values of one parameter while the others are simple */
    PAIR_VALUES = 7,
    PAIRS_MAX = 400
};

/* Which value of which arm a parameter takes. */
struct choice {
    uint32_t parameter, arm, n;
};

static bool needs_object(const struct callable *callable)
{
    return callable->kind == CALLABLE_METHOD || callable->kind == CALLABLE_PROPERTY ||
           callable->kind == CALLABLE_SETTER;
}

/* False if one of the choices is past the last value of its type. */
static bool try_choices(struct search *search, uint32_t callable, const struct choice *choices,
                        size_t count, bool *ret_more, struct error *err)
{
    struct builder builder = search_builder(search, callable);
    const struct callable *described = &builder.subject->callables[callable];
    struct draft draft;
    struct plan plan = {.simple = true};
    draft_init(&draft);
    if (needs_object(described))
        builder_object(&builder, &draft, (uint32_t)described->owner, true, 0);
    for (size_t i = 0; i < count; i++) {
        const struct belief *belief = belief_of(builder.beliefs, callable, choices[i].parameter);
        plan.arms[choices[i].parameter] = (uint8_t)choices[i].arm;
        plan.values[choices[i].parameter] =
            builder_nth(&builder, &draft, belief->arms[choices[i].arm].type, choices[i].n);
        *ret_more = plan.values[choices[i].parameter] != NULL;
        if (!*ret_more)
            return true;
    }
    builder_call(&builder, &draft, callable, &plan);
    *ret_more = true;
    search->efforts[callable].hopeless = draft.failed && draft.count == 0;
    return search_try_draft(search, &draft, callable, err);
}

static bool try_singles(struct search *search, uint32_t callable, uint32_t parameter,
                        uint32_t values, struct error *err)
{
    const struct belief *belief = belief_of(&search->beliefs, callable, parameter);
    for (uint32_t rank = 0; rank < ARMS_MAX; rank++) {
        uint32_t arm = belief_rank(belief, rank);
        bool more = arm != BELIEF_NO_ARM;
        for (uint32_t n = 0; more && n < values; n++) {
            struct choice choice = {.parameter = parameter, .arm = arm, .n = n};
            if (!try_choices(search, callable, &choice, 1, &more, err))
                return false;
        }
    }
    return true;
}

static bool try_pair(struct search *search, uint32_t callable, uint32_t first, uint32_t second,
                     uint32_t *pairs, struct error *err)
{
    uint32_t arms[] = {belief_rank(belief_of(&search->beliefs, callable, first), 0),
                       belief_rank(belief_of(&search->beliefs, callable, second), 0)};
    if (arms[0] == BELIEF_NO_ARM || arms[1] == BELIEF_NO_ARM)
        return true;
    for (uint32_t i = 0; i<PAIR_VALUES * PAIR_VALUES && * pairs> 0; i++, --*pairs) {
        struct choice choices[] = {{.parameter = first, .arm = arms[0], .n = i / PAIR_VALUES},
                                   {.parameter = second, .arm = arms[1], .n = i % PAIR_VALUES}};
        bool more;
        if (!try_choices(search, callable, choices, 2, &more, err))
            return false;
    }
    return true;
}

static bool try_pairs(struct search *search, uint32_t callable, uint32_t count, uint32_t pairs,
                      struct error *err)
{
    for (uint32_t first = 0; first < count; first++)
        for (uint32_t second = first + 1; second < count; second++)
            if (!try_pair(search, callable, first, second, &pairs, err))
                return false;
    return true;
}

/* A third of the search's budget at most, in equal shares. */
static uint32_t share_of(const struct search *search)
{
    const struct subject *subject = &search->engine->subject;
    uint32_t targets = 1;
    for (uint32_t i = 0; i < subject->callable_count; i++)
        targets += subject->callables[i].test;
    uint64_t share = search->executions_end / 3 / targets;
    return share > 1000 ? 1000 : (uint32_t)share;
}

bool search_enumerate(struct search *search, uint32_t callable, struct error *err)
{
    const struct callable *described = &search->engine->subject.callables[callable];
    uint32_t count = described->parameter_count, share = share_of(search);
    if (count > BUILDER_PARAMETERS_MAX)
        count = BUILDER_PARAMETERS_MAX;
    bool more;
    if (!try_choices(search, callable, NULL, 0, &more, err))
        return false;
    uint32_t values = count > 0 ? share / 2 / (count * ARMS_MAX) + 2 : 0;
    values = values > SINGLE_MAX ? SINGLE_MAX : values;
    for (uint32_t i = 0; i < count; i++)
        if (!try_singles(search, callable, i, values, err))
            return false;
    uint32_t pairs = share / 2 > PAIRS_MAX ? PAIRS_MAX : share / 2;
    return try_pairs(search, callable, count, pairs, err) && search_flush(search, err);
}

/* ---- drawn calls --------------------------------------------------------------------------- */

static uint32_t draw_method(const struct builder *builder, const struct class *class)
{
    for (int i = 0; i < 8 && class->method_count > 0; i++) {
        uint32_t method = class->methods[random_below(builder->random, class->method_count)];
        enum callable_kind kind = builder->subject->callables[method].kind;
        if (kind == CALLABLE_METHOD || kind == CALLABLE_SETTER)
            return method;
    }
    return UINT32_MAX;
}

/* Calls that may change the object before the call under test. */
static void prepare(const struct builder *builder, struct draft *draft, uint32_t class_index)
{
    static const unsigned char counts[] = {0, 0, 0, 1, 1, 1, 2, 2, 3, 5};
    uint32_t count = counts[random_below(builder->random, COUNT_OF(counts))];
    const struct class *class = &builder->subject->classes[class_index];
    for (uint32_t i = 0; i < count; i++) {
        uint32_t method = draw_method(builder, class);
        if (method != UINT32_MAX)
            builder_call(builder, draft, method, NULL);
    }
}

bool search_draw(struct search *search, uint32_t callable, uint32_t count, struct error *err)
{
    struct builder builder = search_builder(search, callable);
    const struct callable *described = &builder.subject->callables[callable];
    for (uint32_t i = 0; i < count; i++) {
        struct draft draft;
        draft_init(&draft);
        if (needs_object(described)) {
            builder_object(&builder, &draft, (uint32_t)described->owner, false, 0);
            prepare(&builder, &draft, (uint32_t)described->owner);
        }
        builder_call(&builder, &draft, callable, NULL);
        if (!search_try_draft(search, &draft, callable, err))
            return false;
    }
    return true;
}
