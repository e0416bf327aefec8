#include "testgen/fit.h"

#include "base/mem.h"
#include "tests/test.h"

static const struct type t_int = {.kind = TYPE_INT}, t_float = {.kind = TYPE_FLOAT},
                         t_text = {.kind = TYPE_STR}, t_class = {.kind = TYPE_CLASS},
                         t_none = {.kind = TYPE_NONE};
static const struct type *const of_int[] = {&t_int}, *const int_or_none[] = {&t_int, &t_none};
static const struct type t_ints = {.kind = TYPE_LIST, .items = of_int, .item_count = 1},
                         t_maybe = {.kind = TYPE_UNION, .items = int_or_none, .item_count = 2};

TEST(a_value_fits_the_type_that_it_is_of)
{
    auto_arena struct arena arena;
    arena_init(&arena, 1 << 20);
    const struct value *one = value_int(&arena, 1), *text = value_text(&arena, STR("a"));
    const struct value *mixed[] = {one, text};
    const struct value *ones = value_many(&arena, VALUE_LIST, &one, 1);
    const struct value *both = value_many(&arena, VALUE_LIST, mixed, 2);

    CHECK(fit_value(&t_int, one) && fit_value(&t_float, one) && fit_value(&t_text, text));
    CHECK(!fit_value(&t_int, value_bool(true)));
    CHECK(!fit_value(&t_int, value_float(&arena, 1)));
    CHECK(!fit_value(&t_float, ones));
    CHECK(fit_value(&t_ints, ones) && !fit_value(&t_ints, both));
    CHECK(fit_value(&t_maybe, value_none()) && !fit_value(&t_maybe, text));
    CHECK(!fit_value(&t_class, one) && fit_value(&t_class, value_var(&arena, 0)));
}

static uint32_t misfits_of(const struct callable *callable, const struct argument *arguments,
                           uint32_t count)
{
    const struct subject subject = {.callables = callable, .callable_count = 1};
    const struct statement statement = {
        .kind = STATEMENT_CALL, .arguments = arguments, .argument_count = count};
    const struct program program = {&statement, 1};
    return fit_misfits(&subject, &program);
}

TEST(only_annotated_parameters_have_misfits_and_a_method_s_object_is_none)
{
    auto_arena struct arena arena;
    arena_init(&arena, 1 << 20);
    const struct weighted_type types[] = {{&t_float, 1}};
    const struct parameter parameters[] = {
        {.name = STR("total"), .annotated = true, .types = types, .type_count = 1},
        {.name = STR("code"), .types = types, .type_count = 1},
        {.name = STR("rate"),
         .annotated = true,
         .types = types,
         .type_count = 1,
         .standard = value_none()}};
    struct callable callable = {
        .kind = CALLABLE_FUNCTION, .parameters = parameters, .parameter_count = 3};
    const struct value *text = value_text(&arena, STR(""));
    const struct argument wrong[] = {
        {.value = text}, {.value = text}, {.name = STR("rate"), .value = text}};
    const struct argument right[] = {{.value = value_float(&arena, 1.5)},
                                     {.value = text},
                                     {.name = STR("rate"), .value = value_none()}};

    CHECK_INT(misfits_of(&callable, wrong, 3), 2);
    CHECK_INT(misfits_of(&callable, right, 3), 0);
    callable.kind = CALLABLE_METHOD;
    const struct argument object[] = {{.value = value_var(&arena, 0)}, {.value = text}};
    CHECK_INT(misfits_of(&callable, object, 2), 1);
}
