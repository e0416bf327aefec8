#include "testgen/label.h"

#include "base/mem.h"
#include "tests/test.h"

/* Basket() with put(name, count=1) and total(); split(cents, shares). */
enum { SPLIT, BASKET, PUT, TOTAL };

static const struct parameter split_parameters[] = {{.name = STR("cents")},
                                                    {.name = STR("shares")}};
static const struct parameter put_parameters[] = {{.name = STR("name")}, {.name = STR("count")}};
static const struct callable callables[] = {
    [SPLIT] = {.name = STR("split"),
               .qual = STR("split"),
               .owner = -1,
               .parameters = split_parameters,
               .parameter_count = 2},
    [BASKET] = {.name = STR("Basket"), .qual = STR("Basket"), .kind = CALLABLE_CONSTRUCTOR},
    [PUT] = {.name = STR("put"),
             .qual = STR("Basket.put"),
             .kind = CALLABLE_METHOD,
             .parameters = put_parameters,
             .parameter_count = 2},
    [TOTAL] = {.name = STR("total"), .qual = STR("Basket.total"), .kind = CALLABLE_METHOD},
};
static const struct class basket = {.qual = STR("Basket")};
static const struct subject subject = {.callables = callables,
                                       .callable_count = COUNT_OF(callables),
                                       .classes = &basket,
                                       .class_count = 1};

static struct arena *arena(void)
{
    static struct arena kept;
    if (kept.max == 0)
        arena_init(&kept, 16 << 20);
    return &kept;
}

static struct labels begin(void)
{
    struct labels labels;
    labels_init(&labels, arena(), &subject, 16);
    return labels;
}

static const struct value *number(int64_t integer)
{
    return value_int(arena(), integer);
}

static const struct value *text(const char *content)
{
    return value_text(arena(), str_from(content));
}

static struct statement call(uint32_t callable, const struct value *first,
                             const struct value *second)
{
    struct argument *arguments = arena_alloc(arena(), 2 * sizeof *arguments);
    arguments[0].value = first;
    arguments[1].value = second;
    return (struct statement){.kind = STATEMENT_CALL,
                              .callable = callable,
                              .arguments = arguments,
                              .argument_count = (uint32_t)(first != NULL) + (second != NULL)};
}

static struct trial *trial_of(const struct statement *statements, uint32_t count)
{
    struct trial *trial = arena_alloc(arena(), sizeof *trial);
    struct statement *copies = arena_alloc(arena(), count * sizeof *copies);
    for (uint32_t i = 0; i < count; i++)
        copies[i] = statements[i];
    trial->program = (struct program){copies, count};
    trial->target = statements[count - 1].callable;
    return trial;
}

static struct trial *splitting(const struct value *cents, const struct value *shares)
{
    struct statement statement = call(SPLIT, cents, shares);
    return trial_of(&statement, 1);
}

static void raises(struct trial *trial, const char *name)
{
    const struct value *view[] = {text(name), text(""), text("no"), number(ORIGIN_RAISE)};
    struct check *check = arena_alloc(arena(), sizeof *check);
    *check = (struct check){.kind = COMPONENT_RAISES,
                            .form = CHECK_RAISED,
                            .view = value_many(arena(), VALUE_TUPLE, view, 4)};
    trial->checks = check;
    trial->check_count = 1;
}

static const char *name_of(struct labels *labels, const struct trial *trial)
{
    struct str name = labels_name(labels, &trial, 1);
    return arena_string(arena(), name);
}

static const char *ids_of(const struct trial *const *trials, uint32_t count)
{
    struct labels labels = begin();
    const struct str *ids = labels_ids(&labels, trials, count);
    char *all = arena_string(arena(), ids[0]);
    for (uint32_t i = 1; i < count; i++)
        all = arena_text(arena(), "%s|%.*s", all, (int)ids[i].len, ids[i].ptr);
    return all;
}

TEST(label_says_no_more_than_is_needed)
{
    struct labels labels = begin();
    CHECK_TEXT(name_of(&labels, splitting(number(5), number(2))), "split");
    CHECK_TEXT(name_of(&labels, splitting(number(5), number(1))), "split cents 5 shares 1");
    CHECK_TEXT(name_of(&labels, splitting(number(5), number(1))), "split with cents and shares");
    CHECK_TEXT(name_of(&labels, splitting(number(5), number(1))), "split 2");
}

TEST(label_tells_what_was_refused_and_why)
{
    struct labels labels = begin();
    struct trial *below = splitting(number(5), number(0)), *bare = splitting(text(""), number(-1));
    below->condition = STR("shares below 1");
    raises(below, "ValueError");
    raises(bare, "money.Trouble");
    CHECK_TEXT(name_of(&labels, below), "split shares below 1 raises ValueError");
    CHECK_TEXT(name_of(&labels, bare), "split empty cents shares minus 1 raises Trouble");
}

TEST(label_tells_what_was_done_before)
{
    struct labels labels = begin();
    struct statement made = call(BASKET, NULL, NULL),
                     put = call(PUT, value_var(arena(), 0), text("x")),
                     total = call(TOTAL, value_var(arena(), 0), NULL);
    CHECK_TEXT(name_of(&labels, trial_of((struct statement[]){made, total}, 2)), "Basket.total");
    CHECK_TEXT(name_of(&labels, trial_of((struct statement[]){made, put, put, total}, 4)),
               "Basket.total after put");
}

TEST(label_tells_of_a_few_options_only)
{
    struct labels labels = begin();
    struct statement statement = {.kind = STATEMENT_CALL, .callable = SPLIT};
    const struct argument arguments[] = {
        {STR("one"), number(1)}, {STR("two"), number(2)}, {STR("three"), number(3)}};
    statement.arguments = arguments;
    statement.argument_count = 3;
    struct trial *trial = trial_of(&statement, 1);
    CHECK_TEXT(name_of(&labels, trial), "split");
    CHECK_TEXT(name_of(&labels, trial), "split with one and two");
}

TEST(label_ids_tell_what_sets_a_case_apart)
{
    struct trial *const same_shares[] = {splitting(number(-3), number(2)),
                                         splitting(value_float(arena(), 7), number(2))};
    CHECK_TEXT(ids_of((const struct trial *const *)same_shares, 2), "cents -3|cents 7.0");
    struct trial *const both[] = {splitting(text("a;b"), value_none()),
                                  splitting(text(""), number(1))};
    CHECK_TEXT(ids_of((const struct trial *const *)both, 2),
               "cents a;b, shares none|empty cents, shares 1");
    struct trial *const texts[] = {
        splitting(text("12.50 EUR"), number(1)), splitting(text("3"), number(1)),
        splitting(text("a[0]"), number(1)), splitting(text("b[0]"), number(1))};
    CHECK_TEXT(ids_of((const struct trial *const *)texts, 4),
               "12.50 EUR|cents 3|cents of 4 characters|cents of 4 characters 2");
}

TEST(label_ids_prefer_the_condition_that_only_one_case_meets)
{
    struct trial *first = splitting(number(1), number(1)),
                 *second = splitting(number(2), number(1)),
                 *third = splitting(number(3), number(1));
    first->condition = second->condition = STR("cents above 0");
    third->condition = STR("cents above 2");
    const struct trial *all[] = {first, second, third};
    CHECK_TEXT(ids_of(all, 3), "cents 1|cents 2|cents above 2");
}
