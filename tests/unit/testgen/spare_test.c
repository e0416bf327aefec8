#include "testgen/spare.h"

#include "base/mem.h"
#include "tests/test.h"

/* Door() with close() and is_open: goal 0 is entering close, goal 1 entering is_open. */
enum { DOOR, CLOSE, IS_OPEN };

static const struct callable callables[] = {
    [DOOR] = {.kind = CALLABLE_CONSTRUCTOR},
    [CLOSE] = {.kind = CALLABLE_METHOD},
    [IS_OPEN] = {.kind = CALLABLE_PROPERTY},
};
static const struct goal goals[] = {{.callable = CLOSE}, {.callable = IS_OPEN}};
static const struct subject subject = {.callables = callables,
                                       .callable_count = COUNT_OF(callables),
                                       .goals = goals,
                                       .goal_count = COUNT_OF(goals)};

static struct arena *arena(void)
{
    static struct arena kept;
    if (kept.max == 0)
        arena_init(&kept, 1 << 20);
    return &kept;
}

/* Is it open? At once, or when it has been closed before. */
static struct trial asking(bool closed, bool seen)
{
    struct argument *object = arena_alloc(arena(), sizeof *object);
    struct statement *all = arena_alloc(arena(), 3 * sizeof *all);
    struct check *check = arena_alloc(arena(), sizeof *check);
    object->value = value_var(arena(), 0);
    uint32_t count = 0;
    all[count++] = (struct statement){.callable = DOOR};
    if (closed)
        all[count++] =
            (struct statement){.callable = CLOSE, .arguments = object, .argument_count = 1};
    all[count++] =
        (struct statement){.callable = IS_OPEN, .arguments = object, .argument_count = 1};
    *check = (struct check){COMPONENT_VALUE, CHECK_SAME, count - 1, STR(""), value_bool(seen)};
    return (struct trial){
        .target = IS_OPEN, .program = {all, count}, .checks = check, .check_count = 1};
}

static const uint32_t both[] = {0, 1}, mutants[] = {4, 5};

static const char *why(const struct trial *tests, uint32_t count, uint32_t index)
{
    const bool kept[] = {true, true, true};
    const char *found = spare_why(&subject, tests, kept, count, index);
    return found != NULL ? found : "";
}

TEST(spare_is_who_proves_what_an_earlier_one_proves)
{
    struct trial tests[] = {asking(false, false), asking(true, true), asking(false, true)};
    tests[0].goals = tests[1].goals = both;
    tests[0].goal_count = tests[1].goal_count = 2;
    CHECK_TEXT(why(tests, 3, 0), "");
    CHECK_TEXT(why(tests, 3, 1), "the same branches and mutants as in another test");
    tests[1].kills = mutants;
    tests[1].kill_count = 1;
    CHECK_TEXT(why(tests, 3, 1), "");
}

TEST(spare_is_a_longer_way_to_the_same_that_proves_nothing_alone)
{
    struct trial tests[] = {asking(false, false), asking(true, false), asking(true, true)};
    tests[0].goals = both + 1;
    tests[1].goals = tests[2].goals = both;
    tests[0].goal_count = 1;
    tests[1].goal_count = tests[2].goal_count = 2;
    tests[1].kills = tests[2].kills = mutants;
    tests[1].kill_count = 1;
    tests[2].kill_count = 2;
    CHECK_TEXT(why(tests, 3, 1), "a longer way to what another test does");
    CHECK_TEXT(why(tests, 3, 2), ""); /* it proves more */
    tests[2].kill_count = 0;
    CHECK_TEXT(why(tests, 3, 1), ""); /* nobody else kills its mutant */
    CHECK_TEXT(why(tests, 3, 2), ""); /* it proves nothing, but sees something else */
}
