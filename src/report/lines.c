#include "report/report.h"

#include <stdlib.h>

#include "base/mem.h"

static int compare_lines(const void *a, const void *b)
{
    const struct tested_line *left = a, *right = b;
    return (left->line > right->line) - (left->line < right->line);
}

/* Goals of one line are its branches. */
static uint32_t merge(struct tested_line *lines, uint32_t count)
{
    uint32_t kept = 0;
    for (uint32_t i = 0; i < count; i++) {
        if (kept > 0 && lines[kept - 1].line == lines[i].line) {
            lines[kept - 1].branches += lines[i].branches;
            lines[kept - 1].branches_taken += lines[i].branches_taken;
            lines[kept - 1].executed = lines[kept - 1].executed || lines[i].executed;
        } else {
            lines[kept++] = lines[i];
        }
    }
    return kept;
}

struct report_lines report_lines_of(const struct tested_module *module)
{
    const struct test_suite *suite = &module->suite;
    size_t room = module->coverage_count + (size_t)suite->goal_count + 1;
    struct report_lines report = {mem_alloc(room * sizeof *report.lines), module->coverage_count};
    if (module->coverage_count > 0) {
        memcpy(report.lines, module->coverage, module->coverage_count * sizeof *report.lines);
        return report;
    }
    for (uint32_t i = 0; i < suite->goal_count; i++) {
        const struct test_goal *goal = &suite->goals[i];
        bool branches = !str_is(goal->kind, "entry");
        if (goal->line > 0)
            report.lines[report.count++] = (struct tested_line){
                goal->line, branches, branches && goal->covered, goal->covered};
    }
    if (report.count > 0)
        qsort(report.lines, report.count, sizeof *report.lines, compare_lines);
    report.count = merge(report.lines, report.count);
    return report;
}
