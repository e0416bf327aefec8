#include "report/report.h"

#include "base/clock.h"

enum { TROUBLES_SHOWN = 4 };

static void write_proof(struct buf *out, const struct tested_sums *all)
{
    buf_printf(out, "tests       %u, with %u cases, for ", all->tests, all->cases);
    report_add_share(out, all->targets_tested, all->targets);
    buf_add_text(out, " of the targets\nbranches    ");
    if (all->lines > 0) {
        report_add_share(out, all->branches_taken, all->branches);
        buf_add_text(out, ", lines ");
        report_add_share(out, all->lines_executed, all->lines);
        buf_add_text(out, ", by coverage.py\n");
    } else {
        report_add_share(out, all->covered, all->goals);
        buf_add_text(out, ", by Testudo's own goals\n");
    }
    buf_add_text(out, "mutants     ");
    report_add_share(out, all->killed, all->mutants);
    buf_add_text(out, " killed\n");
}

static void write_funnel(struct buf *out, const struct tested_sums *all)
{
    buf_printf(out, "funnel      %u written", all->written);
    for (enum case_fate fate = CASE_FAILED; fate < CASE_FATE_COUNT; fate++)
        if (all->fates[fate] > 0)
            buf_printf(out, ", %u %s", all->fates[fate], case_fate_words[fate]);
    buf_printf(out, ", %u kept\n", all->cases);
}

static void write_troubles(struct buf *out, const struct tested_project *project,
                           const struct tested_sums *all)
{
    uint32_t shown = 0;
    if (all->troubled > 0)
        buf_printf(out, "trouble     in %u of %u modules:\n", all->troubled, all->modules);
    for (uint32_t i = 0; i < project->module_count && shown < TROUBLES_SHOWN; i++) {
        const struct tested_module *module = &project->modules[i];
        if (module->trouble == NULL)
            continue;
        buf_printf(out, "  %s: %s\n", module->path, module->trouble);
        shown++;
    }
    if (all->troubled > shown)
        buf_printf(out, "  and %u more in the report\n", all->troubled - shown);
}

static void write_own(struct buf *out, const struct own_tests *own)
{
    if (own->trouble != NULL)
        buf_printf(out, "own tests   %s\n", own->trouble);
    else if (own->files > 0)
        buf_printf(out, "own tests   %u passed, %u failed, %u skipped%s\n", own->passed,
                   own->failed, own->skipped, own->failed > 0 ? ": see the report" : "");
}

void report_write_summary(struct buf *out, const struct tested_project *project, const char *folder)
{
    struct tested_sums all = tested_sum_all(project);
    write_own(out, &project->own);
    write_proof(out, &all);
    write_funnel(out, &all);
    if (all.suspicions > 0)
        buf_printf(out, "suspicions  %u, each with what shows it, in the report\n", all.suspicions);
    write_troubles(out, project, &all);
    buf_printf(out, "time        %.1f s%s%s\n", clock_ms(project->all_ns) / 1000,
               tested_any_cut(project) ? ", cut off by time" : "",
               project->canceled ? ", canceled" : "");
    buf_printf(out, "suite       %s/suite\nreport      %s/report.md\n", folder, folder);
}
