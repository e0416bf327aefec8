/*
 * Any bytes as a guest's answer to each question: a clean error, or traces, judgements,
 * observations and suspicions within their bounds. The first byte chooses the question.
 */
#include "tests/fuzz/fuzz.h"

#include <assert.h>

#include "testgen/guest_private.h"
#include "testgen/marshal.h"

enum { GOALS = 40, COMPARES = 9 };

static void check_trace(struct arena *arena, const struct value *value)
{
    struct subject subject = {.goal_count = GOALS, .compare_count = COMPARES};
    struct trace trace;
    struct error err = {};
    if (!guest_read_trace(&subject, arena, value, &trace, &err)) {
        assert(err.kind == ERROR_INPUT);
        return;
    }
    assert(trace.status <= RUN_INVALID && trace.origin <= ORIGIN_ARGUMENT);
    for (uint32_t i = 0; i < trace.hit_count; i++)
        assert(trace.hits[i] < GOALS && (i == 0 || trace.hits[i] > trace.hits[i - 1]));
    for (uint32_t i = 0; i < trace.operand_count; i++)
        assert(trace.operands[i].compare < COMPARES && !value_is_deep(trace.operands[i].a) &&
               !value_is_deep(trace.operands[i].b));
}

static void check_judgement(struct arena *arena, const struct value *value)
{
    static const uint32_t mutants[] = {1, 2, 7};
    struct mutant_request request = {.mutants = mutants, .count = 3};
    struct judgement judgement;
    struct error err = {};
    if (!guest_read_judgement(arena, value, &request, &judgement, &err))
        return;
    assert(judgement.count <= 3);
    for (uint32_t i = 0; i < judgement.count; i++)
        assert(judgement.masks[i].mutant == 1 || judgement.masks[i].mutant == 2 ||
               judgement.masks[i].mutant == 7);
}

static void check_observation(struct arena *arena, const struct value *value)
{
    struct observation observation;
    struct error err = {};
    if (!guest_read_observation(arena, value, &observation, &err))
        return;
    for (uint32_t i = 0; i < observation.count; i++)
        assert(observation.components[i].kind <= COMPONENT_EFFECT &&
               observation.components[i].statement <= PROGRAM_STATEMENTS_MAX);
}

static void check_doubts(struct arena *arena, const struct value *value)
{
    struct subject subject = {.callable_count = GOALS};
    struct doubts doubts;
    struct error err = {};
    if (!guest_read_doubts(&subject, arena, value, &doubts, &err))
        return;
    for (uint32_t i = 0; i < doubts.count; i++)
        assert(doubts.doubts[i].kind.len > 0 && doubts.doubts[i].text.len > 0 &&
               doubts.doubts[i].program.count <= PROGRAM_STATEMENTS_MAX);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static void (*const checks[])(struct arena *, const struct value *) = {
        check_trace, check_judgement, check_observation, check_doubts};
    struct error err = {};
    if (size == 0 || size > 65536)
        return -1;
    auto_arena struct arena arena;
    arena_init(&arena, 256 << 20);
    const struct value *value = marshal_read(&arena, str_of(data + 1, size - 1), &err);
    if (value == NULL)
        return -1;
    checks[data[0] % 4](&arena, value);
    return 0;
}
