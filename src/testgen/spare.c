#include "testgen/spare.h"

struct numbers {
    const uint32_t *list;
    uint32_t count;
};

static bool has(struct numbers numbers, uint32_t number)
{
    for (uint32_t i = 0; i < numbers.count; i++)
        if (numbers.list[i] == number)
            return true;
    return false;
}

static bool holds_all(struct numbers of, struct numbers in)
{
    for (uint32_t i = 0; i < of.count; i++)
        if (!has(in, of.list[i]))
            return false;
    return true;
}

static struct numbers goals_of(const struct trial *test)
{
    return (struct numbers){test->goals, test->goal_count};
}

static struct numbers kills_of(const struct trial *test)
{
    return (struct numbers){test->kills, test->kill_count};
}

static bool is_twin(const struct trial *a, const struct trial *b)
{
    return a->goal_count == b->goal_count && a->kill_count == b->kill_count &&
           holds_all(goals_of(a), goals_of(b)) && holds_all(kills_of(a), kills_of(b));
}

/* ---- the same by a longer way --------------------------------------------------------------- */

static bool is_argument_alike(const struct value *a, const struct value *b)
{
    bool objects = value_is_special(a, "var") && value_is_special(b, "var");
    return objects || value_equal(a, b);
}

static bool is_act_alike(const struct trial *a, const struct trial *b)
{
    const struct statement *one = &a->program.statements[program_act(&a->program)];
    const struct statement *other = &b->program.statements[program_act(&b->program)];
    if (one->kind != STATEMENT_CALL || other->kind != STATEMENT_CALL ||
        one->callable != other->callable || one->argument_count != other->argument_count)
        return false;
    for (uint32_t i = 0; i < one->argument_count; i++)
        if (!str_equal(one->arguments[i].name, other->arguments[i].name) ||
            !is_argument_alike(one->arguments[i].value, other->arguments[i].value))
            return false;
    return true;
}

static bool sees_the_same(const struct trial *a, const struct trial *b)
{
    if (a->check_count != b->check_count)
        return false;
    for (uint32_t i = 0; i < a->check_count; i++)
        if (a->checks[i].kind != b->checks[i].kind || a->checks[i].form != b->checks[i].form ||
            !str_equal(a->checks[i].path, b->checks[i].path) ||
            !value_equal(a->checks[i].view, b->checks[i].view))
            return false;
    return true;
}

/* Within the callable that both are about. */
static bool goes_the_same_way(const struct subject *subject, const struct trial *a,
                              const struct trial *b)
{
    for (uint32_t i = 0; i < a->goal_count; i++)
        if (subject->goals[a->goals[i]].callable == (int32_t)a->target &&
            !has(goals_of(b), a->goals[i]))
            return false;
    return true;
}

static bool is_longer_way(const struct subject *subject, const struct trial *of,
                          const struct trial *than)
{
    return of->program.count > than->program.count && is_act_alike(of, than) &&
           sees_the_same(of, than) && goes_the_same_way(subject, of, than) &&
           goes_the_same_way(subject, than, of);
}

/* ---- all of it ------------------------------------------------------------------------------ */

static bool is_proven_elsewhere(const struct trial *tests, const bool *kept, uint32_t count,
                                uint32_t index, bool goal, uint32_t number)
{
    for (uint32_t i = 0; i < count; i++)
        if (i != index && kept[i] && has(goal ? goals_of(&tests[i]) : kills_of(&tests[i]), number))
            return true;
    return false;
}

static bool proves_nothing_alone(const struct trial *tests, const bool *kept, uint32_t count,
                                 uint32_t index)
{
    const struct trial *test = &tests[index];
    for (uint32_t i = 0; i < test->goal_count; i++)
        if (!is_proven_elsewhere(tests, kept, count, index, true, test->goals[i]))
            return false;
    for (uint32_t i = 0; i < test->kill_count; i++)
        if (!is_proven_elsewhere(tests, kept, count, index, false, test->kills[i]))
            return false;
    return true;
}

const char *spare_why(const struct subject *subject, const struct trial *tests, const bool *kept,
                      uint32_t count, uint32_t index)
{
    const struct trial *test = &tests[index];
    for (uint32_t i = 0; i < count; i++) {
        if (i == index || !kept[i] || tests[i].target != test->target)
            continue;
        if (i < index && is_twin(&tests[i], test))
            return "the same branches and mutants as in another test";
        if (is_longer_way(subject, test, &tests[i]) &&
            proves_nothing_alone(tests, kept, count, index))
            return "a longer way to what another test does";
    }
    return NULL;
}
