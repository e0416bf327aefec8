/*
 * Any bytes as what a guest says to "open", and as a program: a clean error, or a subject that the
 * search can build on without leaving its arrays.
 */
#include "tests/fuzz/fuzz.h"

#include <assert.h>

#include "testgen/belief.h"
#include "testgen/builder.h"
#include "testgen/marshal.h"

static void check_goals(const struct subject *subject)
{
    for (uint32_t i = 0; i < subject->goal_count; i++) {
        uint32_t steps = 0;
        for (int32_t at = (int32_t)i; at >= 0; at = subject->goals[at].parent)
            assert(++steps <= subject->goal_count && at < (int32_t)subject->goal_count);
        assert(subject->goals[i].callable < (int32_t)subject->callable_count);
    }
    for (uint32_t i = 0; i < subject->compare_count; i++)
        assert(subject->compares[i].goal_true < (int32_t)subject->goal_count);
}

/* Draws a call of each: what is described must be buildable, or refused by the draft. */
static void check_building(struct arena *arena, const struct subject *subject)
{
    struct random random;
    struct pool pool;
    struct beliefs beliefs;
    random_init(&random, 1);
    pool_init(&pool, arena, subject);
    beliefs_init(&beliefs, arena, subject);
    bool *drained = arena_alloc(arena, subject->callable_count);
    bool *invoked = arena_alloc(arena, subject->callable_count);
    for (uint32_t i = 0; i < subject->callable_count; i++)
        invoked[i] = i % 2 != 0;
    for (uint32_t i = 0; i < subject->callable_count && i < 8; i++) {
        struct builder builder = {.subject = subject,
                                  .random = &random,
                                  .pool = &pool,
                                  .beliefs = &beliefs,
                                  .arena = arena,
                                  .callable = i,
                                  .drained = drained,
                                  .invoked = invoked};
        struct draft draft;
        draft_init(&draft);
        builder_call(&builder, &draft, i, NULL);
        assert(draft.count <= PROGRAM_STATEMENTS_MAX);
        if (draft.failed || draft.count == 0)
            continue;
        struct program program = draft_program(arena, &draft), again;
        struct error err = {};
        auto_buf struct buf bytes;
        buf_init(&bytes, 16 << 20);
        program_write(&bytes, &program);
        assert(program_read(arena, buf_str(&bytes), subject->callable_count, &again, &err));
    }
}

static void check_program(struct arena *arena, struct str bytes)
{
    struct program program;
    struct error err = {};
    if (!program_read(arena, bytes, 5, &program, &err)) {
        assert(err.kind == ERROR_INPUT || err.kind == ERROR_LIMIT);
        return;
    }
    auto_buf struct buf again;
    buf_init(&again, 64 << 20);
    program_write(&again, &program);
    struct program second;
    assert(program_read(arena, buf_str(&again), 5, &second, &err));
    assert(program_equal(&program, &second));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct error err = {};
    struct subject subject;
    if (size > 65536)
        return -1;
    auto_arena struct arena arena;
    arena_init(&arena, (size_t)1 << 30);
    check_program(&arena, str_of(data, size));
    const struct value *value = marshal_read(&arena, str_of(data, size), &err);
    if (value == NULL)
        return 0;
    if (subject_read(&arena, value, &subject, &err)) {
        check_goals(&subject);
        check_building(&arena, &subject);
    } else {
        assert(err.kind == ERROR_INPUT || err.kind == ERROR_LIMIT);
    }
    return 0;
}
