#include "testgen/oracle.h"

#include "tests/test.h"

TEST(oracle_refuses_views_of_variables_that_the_program_does_not_have)
{
    auto_arena struct arena arena;
    arena_init(&arena, 1 << 16);
    static const struct statement statements[2];
    const struct program program = {.statements = statements, .count = 2};
    const struct value *const numbers[] = {value_int(&arena, -1), value_int(&arena, 2),
                                           value_int(&arena, INT64_MAX), value_none()};
    for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++) {
        const struct value *view = value_special(&arena, "var", &numbers[i], 1);
        const struct component hostile = {.kind = COMPONENT_VALUE,
                                          .statement = 1,
                                          .view = value_many(&arena, VALUE_LIST, &view, 1),
                                          .stable = true};
        CHECK(!oracle_can_check(&program, &hostile));
    }
    const struct component good = {
        .kind = COMPONENT_VALUE, .statement = 1, .view = value_var(&arena, 1), .stable = true};
    CHECK(oracle_can_check(&program, &good));
    CHECK_INT(oracle_form(&good), CHECK_SAME);
}
