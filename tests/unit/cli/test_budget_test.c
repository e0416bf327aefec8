#include "cli/test_budget.h"

#include "base/mem.h"
#include "tests/test.h"

static int64_t budget(enum test_effort effort, uint32_t lines, uint32_t modules)
{
    static struct tested_module all[2000];
    const struct test_options options = {.effort = effort, .executions = 77};
    const struct tested_project project = {.modules = all, .module_count = modules};
    for (uint32_t i = 0; i < modules; i++)
        all[i].lines = lines;
    return test_budget_of(&options, &project, &all[0]);
}

TEST(test_budget_grows_with_the_lines_of_a_module_up_to_a_cap)
{
    CHECK_INT(budget(EFFORT_NORMAL, 0, 1), 20000);
    CHECK_INT(budget(EFFORT_NORMAL, 100, 1), 50000);
    CHECK_INT(budget(EFFORT_NORMAL, 20000, 1), 600000);
    CHECK_INT(budget(EFFORT_COUNTED, 20000, 1), 77);
}

TEST(test_budget_of_a_project_is_shared_by_its_modules)
{
    CHECK_INT(budget(EFFORT_NORMAL, 100, 80), 50000);
    CHECK_INT(budget(EFFORT_NORMAL, 100, 160), 25000);
    CHECK_INT(budget(EFFORT_NORMAL, 100, 2000), 4000);
    CHECK_INT(budget(EFFORT_THOROUGH, 100, 2000), 320000);
}
