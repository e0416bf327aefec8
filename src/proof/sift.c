#include "proof/sift.h"

/* ---- what the project's own tests reach ------------------------------------------------------ */

static uint32_t count_alike(const struct test_suite *suite, const struct own_goal *goal)
{
    uint32_t count = 0;
    for (uint32_t i = 0; i < suite->goal_count; i++)
        count += suite->goals[i].line == goal->line && str_equal(suite->goals[i].kind, goal->kind);
    return count;
}

/* Where a line decides several things, lines and arcs do not tell which of them is meant. */
static void mark_own(struct tested_module *module, const struct own_goal *goal)
{
    struct test_suite *suite = &module->suite;
    if (count_alike(suite, goal) != 1)
        return;
    for (uint32_t i = 0; i < suite->goal_count; i++)
        if (suite->goals[i].line == goal->line && str_equal(suite->goals[i].kind, goal->kind))
            suite->goals[i].own = true;
}

/* ---- what a case adds ------------------------------------------------------------------------ */

static bool are_same(const uint32_t *a, uint32_t a_count, const uint32_t *b, uint32_t b_count)
{
    for (uint32_t i = 0; i < a_count && a_count == b_count; i++)
        if (a[i] != b[i])
            return false;
    return a_count == b_count;
}

static bool is_twin(const struct test_case *a, const struct test_case *b)
{
    return are_same(a->goals, a->goal_count, b->goals, b->goal_count) &&
           are_same(a->kills, a->kill_count, b->kills, b->kill_count);
}

/* The first kept case before it that proves just the same; its block's name in *ret_name. */
static bool find_twin(const struct test_suite *suite, uint32_t block, uint32_t index,
                      struct str *ret_name)
{
    const struct test_block *own = &suite->blocks[block];
    for (uint32_t b = 0; b <= block; b++) {
        const struct test_block *other = &suite->blocks[b];
        uint32_t end = b == block ? index : other->case_count;
        if (other->target != own->target)
            continue;
        for (uint32_t c = 0; c < end; c++)
            if (other->cases[c].fate == CASE_KEPT &&
                is_twin(&other->cases[c], &own->cases[index])) {
                *ret_name = other->name;
                return true;
            }
    }
    return false;
}

static bool all_own(const struct test_suite *suite, const struct test_case *one)
{
    for (uint32_t i = 0; i < one->goal_count; i++)
        if (!suite->goals[one->goals[i]].own)
            return false;
    return true;
}

/* A target that has neither branches nor mutants is worth one test all the same. */
static bool is_alone(const struct test_suite *suite, uint32_t block, const struct test_case *one)
{
    for (uint32_t b = 0; b < suite->block_count; b++)
        for (uint32_t c = 0; c < suite->blocks[b].case_count; c++) {
            const struct test_case *other = &suite->blocks[b].cases[c];
            if (suite->blocks[b].target == suite->blocks[block].target && other != one &&
                other->fate == CASE_KEPT)
                return false;
        }
    return true;
}

static void reject(struct test_case *one, enum case_fate fate, struct str reason)
{
    one->fate = fate;
    one->reason = reason;
}

static void judge(struct tested_module *module, uint32_t block, uint32_t index)
{
    struct test_suite *suite = &module->suite;
    struct test_case *one = &suite->blocks[block].cases[index];
    struct str twin;
    if (one->goal_count == 0 && one->kill_count == 0) {
        if (!is_alone(suite, block, one))
            reject(one, CASE_EMPTY, STR("it reaches no branch and kills no mutant"));
    } else if (one->kill_count == 0 && all_own(suite, one)) {
        reject(one, CASE_KNOWN, STR("the project's own tests reach what it reaches"));
    } else if (find_twin(suite, block, index, &twin)) {
        const char *text = arena_text(&module->arena, "the same branches and mutants as in %.*s",
                                      (int)twin.len, twin.ptr);
        reject(one, CASE_TWIN, str_from(text));
    }
}

void sift_suite(struct tested_module *module)
{
    struct test_suite *suite = &module->suite;
    for (uint32_t i = 0; i < module->own_goal_count; i++)
        mark_own(module, &module->own_goals[i]);
    for (uint32_t b = 0; b < suite->block_count; b++)
        for (uint32_t c = 0; c < suite->blocks[b].case_count; c++)
            if (suite->blocks[b].cases[c].fate == CASE_KEPT)
                judge(module, b, c);
}
