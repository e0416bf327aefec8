#include "model/tested.h"

static void sum_suite(struct tested_sums *sums, const struct test_suite *suite)
{
    for (enum case_fate fate = 0; fate < CASE_FATE_COUNT; fate++)
        sums->fates[fate] = test_suite_cases(suite, fate);
    sums->cases = sums->fates[CASE_KEPT];
    for (uint32_t i = 0; i < suite->block_count; i++)
        sums->tests += test_block_kept(&suite->blocks[i]) > 0;
    sums->goals = suite->goal_count;
    for (uint32_t i = 0; i < suite->goal_count; i++)
        sums->covered += suite->goals[i].covered;
    sums->mutants = suite->mutant_count;
    for (uint32_t i = 0; i < suite->mutant_count; i++)
        sums->killed += suite->mutants[i].killed;
    sums->suspicions = suite->suspicion_count;
    sums->never_written = suite->rejection_count;
}

static void sum_targets(struct tested_sums *sums, const struct test_suite *suite)
{
    for (uint32_t i = 0; i < suite->callable_count; i++) {
        sums->targets += suite->callables[i].test;
        sums->targets_tested += suite->callables[i].test && test_suite_has_test(suite, i);
    }
}

struct tested_sums tested_sum(const struct tested_module *module)
{
    struct tested_sums sums = {
        .modules = 1, .troubled = module->trouble != NULL, .written = module->written};
    sum_suite(&sums, &module->suite);
    sum_targets(&sums, &module->suite);
    for (uint32_t i = 0; i < module->coverage_count; i++) {
        const struct tested_line *line = &module->coverage[i];
        sums.lines++;
        sums.lines_executed += line->executed;
        sums.branches += line->branches;
        sums.branches_taken += line->branches_taken;
    }
    return sums;
}

bool tested_any_cut(const struct tested_project *project)
{
    for (uint32_t i = 0; i < project->module_count; i++)
        if (project->modules[i].suite.cut || project->modules[i].cut)
            return true;
    return project->cut;
}

static void add(struct tested_sums *to, const struct tested_sums *from)
{
    to->modules += from->modules;
    to->troubled += from->troubled;
    to->tests += from->tests;
    to->cases += from->cases;
    to->written += from->written;
    to->targets += from->targets;
    to->targets_tested += from->targets_tested;
    to->goals += from->goals;
    to->covered += from->covered;
    to->mutants += from->mutants;
    to->killed += from->killed;
    to->suspicions += from->suspicions;
    to->never_written += from->never_written;
    to->lines += from->lines;
    to->lines_executed += from->lines_executed;
    to->branches += from->branches;
    to->branches_taken += from->branches_taken;
    for (enum case_fate fate = 0; fate < CASE_FATE_COUNT; fate++)
        to->fates[fate] += from->fates[fate];
}

struct tested_sums tested_sum_all(const struct tested_project *project)
{
    struct tested_sums all = {};
    for (uint32_t i = 0; i < project->module_count; i++) {
        struct tested_sums one = tested_sum(&project->modules[i]);
        add(&all, &one);
    }
    return all;
}
