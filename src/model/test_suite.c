#include "model/test_suite.h"

const char *const case_fate_words[CASE_FATE_COUNT] = {
#define X(name, word, meaning) [CASE_##name] = word,
    CASE_FATES(X)
#undef X
};

static uint32_t count_in(const struct test_block *block, enum case_fate fate)
{
    uint32_t count = 0;
    for (uint32_t i = 0; i < block->case_count; i++)
        count += block->cases[i].fate == fate;
    return count;
}

uint32_t test_block_kept(const struct test_block *block)
{
    return count_in(block, CASE_KEPT);
}

bool test_suite_has_test(const struct test_suite *suite, uint32_t callable)
{
    for (uint32_t i = 0; i < suite->block_count; i++)
        if (suite->blocks[i].target == callable && test_block_kept(&suite->blocks[i]) > 0)
            return true;
    return false;
}

const struct test_case *test_suite_first_dropped(const struct test_suite *suite, uint32_t callable)
{
    for (uint32_t b = 0; b < suite->block_count; b++)
        for (uint32_t c = 0; c < suite->blocks[b].case_count; c++)
            if (suite->blocks[b].target == callable && suite->blocks[b].cases[c].fate != CASE_KEPT)
                return &suite->blocks[b].cases[c];
    return NULL;
}

uint32_t test_suite_cases(const struct test_suite *suite, enum case_fate fate)
{
    uint32_t count = 0;
    for (uint32_t i = 0; i < suite->block_count; i++)
        count += count_in(&suite->blocks[i], fate);
    return count;
}

static void credit(struct test_suite *suite, const struct test_case *one)
{
    for (uint32_t i = 0; i < one->goal_count; i++)
        suite->goals[one->goals[i]].covered = true;
    for (uint32_t i = 0; i < one->kill_count; i++)
        suite->mutants[one->kills[i]].killed = true;
}

void test_suite_credit(struct test_suite *suite)
{
    for (uint32_t i = 0; i < suite->goal_count; i++)
        suite->goals[i].covered = false;
    for (uint32_t i = 0; i < suite->mutant_count; i++)
        suite->mutants[i].killed = false;
    for (uint32_t b = 0; b < suite->block_count; b++)
        for (uint32_t c = 0; c < suite->blocks[b].case_count; c++)
            if (suite->blocks[b].cases[c].fate == CASE_KEPT)
                credit(suite, &suite->blocks[b].cases[c]);
}
