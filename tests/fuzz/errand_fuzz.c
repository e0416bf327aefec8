/* Any text as what a box answers about the project: its own tests, what has changed, what ran. */
#include <assert.h>

#include "proof/coverage_read.h"
#include "proof/errand_private.h"
#include "tests/fuzz/fuzz.h"

static void begin(struct tested_project *project, struct tested_module modules[2])
{
    modules[0] = (struct tested_module){.name = "a", .path = "a.py"};
    modules[1] = (struct tested_module){.name = "b", .path = "b.py"};
    *project = (struct tested_project){.modules = modules, .module_count = 2};
}

static void check_own(const struct tested_project *project)
{
    for (uint32_t i = 0; i < project->own.failing_count; i++)
        assert(project->own.failing[i].name != NULL && project->own.failing[i].why != NULL);
    for (uint32_t i = 0; i < project->module_count; i++)
        for (uint32_t k = 0; k < project->modules[i].own_goal_count; k++)
            assert(project->modules[i].own_goals[k].line > 0);
}

static void check_since(const struct tested_project *project)
{
    for (uint32_t i = 0; i < project->module_count; i++)
        assert(project->modules[i].only == NULL || project->modules[i].only->count > 0);
}

static void check_coverage(const struct tested_module *module)
{
    for (uint32_t i = 0; i < module->coverage_count; i++)
        assert(module->coverage[i].line > 0 &&
               module->coverage[i].branches_taken <= module->coverage[i].branches);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    auto_arena struct arena arena;
    struct error err = {};
    struct tested_project project;
    struct tested_module modules[2];
    const struct words all = {};
    arena_init(&arena, 64 << 20);
    begin(&project, modules);
    struct errand errand = {.job = {.project = &project, .arena = &arena}, .only = &all};
    const struct json_value *answer = json_read(&arena, str_of(data, size), &err);
    if (answer == NULL)
        return -1;
    own_take_answer(&errand, answer);
    check_own(&project);
    arena_init(&modules[0].arena, 16 << 20);
    coverage_read(&modules[0], str_of(data, size));
    check_coverage(&modules[0]);
    arena_done(&modules[0].arena);
    begin(&project, modules);
    if (since_take_answer(&errand, answer, &err))
        check_since(&project);
    return 0;
}
