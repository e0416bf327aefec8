#include "testgen/subject.h"

#include "testgen/belief.h"
#include "testgen/pool.h"
#include "tests/test.h"
#include "tests/unit/testgen/sample.h"

static struct arena *memory(void)
{
    static struct arena arena;
    if (arena.max == 0)
        arena_init(&arena, 16 << 20);
    return &arena;
}

TEST(subject_is_what_the_guest_describes)
{
    struct subject subject;
    struct error err = {};
    CHECK_OK(subject_read(memory(), sample_description(memory()), &subject, &err), err);
    CHECK_INT(subject.callable_count, SAMPLE_CALLABLES);
    CHECK(str_is(subject.callables[SAMPLE_PICK].name, "pick"));
    CHECK_INT(subject.callables[SAMPLE_PUT].kind, CALLABLE_METHOD);
    CHECK_INT(subject.callables[SAMPLE_PUT].owner, 0);
    CHECK_INT(subject.callables[SAMPLE_PICK].parameter_count, 2);
    CHECK_INT(subject.callables[SAMPLE_PICK].parameters[1].types[0].type->kind, TYPE_STR);
    CHECK(subject.callables[SAMPLE_PICK].parameters[1].optional);
    CHECK_INT(subject.goal_count, 11);
    CHECK_INT(subject.goals[3].parent, 2);
    CHECK_INT(subject.compares[1].operator, COMPARE_EQ);
    CHECK_INT(subject.constants[0].value->integer, 12);
    CHECK_INT(subject.classes[0].makers[0], SAMPLE_BOX);
}

/* The sample with one list replaced must be refused, and the error names it. */
static void check_refused(const char *key, const struct value *list)
{
    struct arena *arena = memory();
    const struct value *good = sample_description(arena);
    const struct value *entries[64];
    size_t count = 0;
    for (size_t i = 0; i < good->count; i++)
        if (!str_is(good->items[i - i % 2]->text, key))
            entries[count++] = good->items[i];
    entries[count++] = sample_text(arena, key);
    entries[count++] = list;
    struct subject subject;
    struct error err = {};
    CHECK(!subject_read(arena, sample_dict(arena, count, entries), &subject, &err));
    CHECK_INT(err.kind, ERROR_INPUT);
    CHECK(err.text[0] != '\0');
}

#define I(number) value_int(arena, number)
#define T(text) sample_text(arena, text)

TEST(subject_refuses_goals_that_depend_on_each_other)
{
    struct arena *arena = memory();
    const struct value *a = TUPLE(arena, I(0), I(1), I(0), I(1), T(""));
    const struct value *b = TUPLE(arena, I(0), I(1), I(0), I(0), T(""));
    check_refused("goals", TUPLE(arena, a, b, b, b, b, b, b, b, b, b, b));
    const struct value *self = TUPLE(arena, I(0), I(1), I(0), I(0), T(""));
    check_refused("goals", TUPLE(arena, self, self, self, self, self, self, self));
}

TEST(subject_refuses_indexes_out_of_range)
{
    struct arena *arena = memory();
    check_refused("compares", TUPLE(arena, TUPLE(arena, I(1), I(11), T("<"))));
    check_refused("compares", TUPLE(arena, TUPLE(arena, I(-2), I(1), T("<"))));
    check_refused("compares", TUPLE(arena, TUPLE(arena, I(1), I(2), T("<>"))));
    check_refused("constants", TUPLE(arena, TUPLE(arena, I(3), I(0))));
    check_refused("mutants", TUPLE(arena, TUPLE(arena, I(0), I(1), T("a"))));
    check_refused("seeds", TUPLE(arena, TUPLE(arena, T("no bytes"), T("doctest"))));
    check_refused("classes", TUPLE(arena, DICT(arena, T("make"), TUPLE(arena, I(3)))));
    check_refused("callables", T("none"));
}

static const struct value *deep_type(struct arena *arena, int depth)
{
    return depth == 0 ? TUPLE(arena, T("int"))
                      : TUPLE(arena, T("list"), deep_type(arena, depth - 1));
}

TEST(subject_refuses_types_that_are_none_or_too_deep)
{
    struct arena *arena = memory();
    const struct value *types[] = {deep_type(arena, 12), TUPLE(arena, T("list")),
                                   TUPLE(arena, T("class"), I(7)), TUPLE(arena, T("matrix"))};
    for (size_t i = 0; i < 4; i++) {
        const struct value *parameter =
            DICT(arena, T("name"), T("x"), T("kind"), T("plain"), T("types"),
                 TUPLE(arena, TUPLE(arena, types[i], I(1))));
        const struct value *bad = DICT(arena, T("name"), T("f"), T("kind"), T("function"),
                                       T("params"), TUPLE(arena, parameter));
        check_refused("callables", TUPLE(arena, bad, bad, bad));
    }
}

TEST(subject_too_large_for_its_arena_is_refused)
{
    struct subject subject;
    struct error err = {};
    auto_arena struct arena small;
    arena_init(&small, 600);
    CHECK(!subject_read(&small, sample_description(memory()), &subject, &err));
}

TEST(pool_prefers_the_callables_own_constants)
{
    struct subject subject;
    struct error err = {};
    struct pool pool;
    struct random random;
    random_init(&random, 1);
    CHECK_OK(subject_read(memory(), sample_description(memory()), &subject, &err), err);
    pool_init(&pool, memory(), &subject);
    CHECK_INT(pool_pick(&pool, &random, SAMPLE_PICK, POOL_INT)->integer, 12);
    CHECK(pool_pick(&pool, &random, SAMPLE_PICK, POOL_TEXT) == NULL);
    pool_learn(&pool, SAMPLE_PICK, sample_text(memory(), "seen"));
    CHECK(str_is(pool_pick(&pool, &random, SAMPLE_PICK, POOL_TEXT)->text, "seen"));
    CHECK(pool_nth(&pool, SAMPLE_PICK, POOL_TEXT, 0) == NULL); /* no constant of the source */
    for (int i = 0; i < 1000; i++)
        pool_learn(&pool, SAMPLE_PICK, value_int(memory(), 1000 + i));
    CHECK(pool.lists[SAMPLE_PICK][POOL_INT].count < 100);
}

TEST(belief_turns_from_what_does_not_fit)
{
    struct subject subject;
    struct error err = {};
    struct beliefs beliefs;
    struct random random;
    random_init(&random, 1);
    CHECK_OK(subject_read(memory(), sample_description(memory()), &subject, &err), err);
    beliefs_init(&beliefs, memory(), &subject);
    const struct belief *belief = belief_of(&beliefs, SAMPLE_PICK, 0);
    CHECK_INT(belief->arms[0].type->kind, TYPE_INT);
    int wrong = 0;
    for (int i = 0; i < 1000; i++)
        wrong += belief_draw(belief, &random) != 0;
    CHECK(wrong < 50); /* annotated: hardly ever something else */
    for (int i = 0; i < 100; i++)
        belief_tell(&beliefs, SAMPLE_PICK, 0, 0, -2);
    belief_tell(&beliefs, SAMPLE_PICK, 0, 1, 5);
    CHECK_INT(belief_rank(belief, 0), 1);
    wrong = 0;
    for (int i = 0; i < 1000; i++)
        wrong += belief_draw(belief, &random) != 0;
    CHECK(wrong > 900);
}
