#include "cli/test_budget.h"

/* At some 5,000 executions a second and core, `normal` ends within minutes, however large it is. */
static const struct effort {
    int64_t base, line, module_max, project_max;
} efforts[] = {
    [EFFORT_QUICK] = {15000, 100, 200000, 1000000},
    [EFFORT_NORMAL] = {20000, 300, 600000, 4000000},
    [EFFORT_THOROUGH] = {120000, 2000, INT64_MAX, INT64_MAX},
};

static int64_t budget_alone(const struct effort *effort, uint32_t lines)
{
    int64_t budget = effort->base + effort->line * (int64_t)lines;
    return budget < effort->module_max ? budget : effort->module_max;
}

static int64_t budget_of_all(const struct effort *effort, const struct tested_project *project)
{
    int64_t all = 0;
    for (uint32_t i = 0; i < project->module_count; i++)
        all += budget_alone(effort, project->modules[i].lines);
    return all;
}

bool test_budget_is_shared(const struct test_options *options, const struct tested_project *project)
{
    const struct effort *effort = &efforts[options->effort];
    return options->effort != EFFORT_COUNTED &&
           budget_of_all(effort, project) > effort->project_max;
}

/* Each module its share of what there is, but never so little that it is not worth beginning. */
int64_t test_budget_of(const struct test_options *options, const struct tested_project *project,
                       const struct tested_module *module)
{
    enum { WORTHWHILE = 4000 };

    if (options->effort == EFFORT_COUNTED)
        return options->executions;
    const struct effort *effort = &efforts[options->effort];
    int64_t alone = budget_alone(effort, module->lines);
    if (!test_budget_is_shared(options, project))
        return alone;
    double share = (double)effort->project_max / (double)budget_of_all(effort, project);
    int64_t budget = (int64_t)((double)alone * share);
    return budget > WORTHWHILE ? budget : WORTHWHILE;
}
