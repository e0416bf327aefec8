#include "testgen/program.h"

#include "base/mem.h"
#include "tests/test.h"

/* A call of callable `number` with earlier results, -1 for none. */
static struct statement call(struct arena *arena, uint32_t number, int a, int b)
{
    struct argument *arguments = arena_alloc(arena, 2 * sizeof *arguments);
    const int vars[] = {a, b};
    uint32_t count = 0;
    for (size_t i = 0; i < COUNT_OF(vars); i++)
        if (vars[i] >= 0)
            arguments[count++].value = value_var(arena, (uint32_t)vars[i]);
    return (struct statement){.kind = STATEMENT_CALL,
                              .callable = number,
                              .arguments = arguments,
                              .argument_count = count};
}

TEST(a_slice_keeps_what_the_last_statement_uses_and_what_touches_that)
{
    auto_arena struct arena arena;
    arena_init(&arena, 1 << 20);
    const struct statement statements[] = {
        call(&arena, 10, -1, -1), /* 0: an object that nobody needs */
        call(&arena, 11, -1, -1), /* 1: the one that is used */
        call(&arena, 12, 0, -1),  /* 2: acts on 0 alone */
        call(&arena, 13, -1, -1), /* 3: goes into 1 */
        call(&arena, 14, 1, 3),   /* 4: acts on 1 with 3 */
        call(&arena, 15, 1, -1),  /* 5: the last */
    };
    const struct program program = {statements, COUNT_OF(statements)};
    struct program slice = program_slice(&arena, &program);

    CHECK_INT(slice.count, 4);
    const uint32_t kept[] = {11, 13, 14, 15};
    for (uint32_t i = 0; i < COUNT_OF(kept); i++)
        CHECK_INT(slice.statements[i].callable, kept[i]);
    CHECK_INT(slice.statements[2].arguments[0].value->items[0]->integer, 0);
    CHECK_INT(slice.statements[2].arguments[1].value->items[0]->integer, 1);
    CHECK_INT(slice.statements[3].arguments[0].value->items[0]->integer, 0);
}

TEST(a_slice_of_what_belongs_together_is_all_of_it)
{
    auto_arena struct arena arena;
    arena_init(&arena, 1 << 20);
    const struct statement statements[] = {call(&arena, 1, -1, -1), call(&arena, 2, 0, -1),
                                           call(&arena, 3, 1, -1)};
    const struct program program = {statements, COUNT_OF(statements)};
    struct program slice = program_slice(&arena, &program);
    CHECK(program_equal(&slice, &program));
}
