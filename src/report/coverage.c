/* The two forms in which coverage is exchanged: Cobertura's XML, and lcov's lines. */
#include "report/report.h"

#include <stdlib.h>

#include "report/xml.h"

struct sums {
    uint32_t lines, executed, branches, taken;
};

static double rate(uint32_t part, uint32_t whole)
{
    return whole == 0 ? 1.0 : (double)part / whole;
}

static void add_sums(struct sums *sums, const struct report_lines *report)
{
    sums->lines += report->count;
    for (uint32_t i = 0; i < report->count; i++) {
        sums->executed += report->lines[i].executed;
        sums->branches += report->lines[i].branches;
        sums->taken += report->lines[i].branches_taken;
    }
}

static void write_rates(struct buf *out, const struct sums *sums)
{
    buf_printf(out, "line-rate=\"%.4f\" branch-rate=\"%.4f\" complexity=\"0\"",
               rate(sums->executed, sums->lines), rate(sums->taken, sums->branches));
}

static void write_line(struct buf *out, const struct tested_line *line)
{
    buf_printf(out, "            <line number=\"%u\" hits=\"%d\"", line->line, line->executed);
    if (line->branches > 0)
        buf_printf(out, " branch=\"true\" condition-coverage=\"%u%% (%u/%u)\"",
                   100 * line->branches_taken / line->branches, line->branches_taken,
                   line->branches);
    buf_add_text(out, "/>\n");
}

static void write_class(struct buf *out, const struct tested_module *module)
{
    struct report_lines report = report_lines_of(module);
    struct sums sums = {};
    add_sums(&sums, &report);
    buf_add_text(out, "        <class name=\"");
    xml_add_text(out, str_from(module->name));
    buf_add_text(out, "\" filename=\"");
    xml_add_text(out, str_from(module->path));
    buf_add_text(out, "\" ");
    write_rates(out, &sums);
    buf_add_text(out, ">\n          <methods/>\n          <lines>\n");
    for (uint32_t i = 0; i < report.count; i++)
        write_line(out, &report.lines[i]);
    buf_add_text(out, "          </lines>\n        </class>\n");
    free(report.lines);
}

static struct sums sum_all(const struct tested_project *project)
{
    struct sums all = {};
    for (uint32_t i = 0; i < project->module_count; i++) {
        struct report_lines report = report_lines_of(&project->modules[i]);
        add_sums(&all, &report);
        free(report.lines);
    }
    return all;
}

void report_write_cobertura(struct buf *out, const struct tested_project *project)
{
    struct sums all = sum_all(project);
    buf_printf(out,
               "<?xml version=\"1.0\" ?>\n<coverage version=\"testudo\" timestamp=\"0\" "
               "lines-valid=\"%u\" lines-covered=\"%u\" branches-valid=\"%u\" "
               "branches-covered=\"%u\" ",
               all.lines, all.executed, all.branches, all.taken);
    write_rates(out, &all);
    buf_add_text(out, ">\n  <sources>\n    <source>.</source>\n  </sources>\n  <packages>\n"
                      "    <package name=\"");
    xml_add_text(out, str_from(project->title));
    buf_add_text(out, "\" ");
    write_rates(out, &all);
    buf_add_text(out, ">\n      <classes>\n");
    for (uint32_t i = 0; i < project->module_count; i++)
        write_class(out, &project->modules[i]);
    buf_add_text(out, "      </classes>\n    </package>\n  </packages>\n</coverage>\n");
}

static void write_branches(struct buf *out, const struct tested_line *line)
{
    for (uint32_t branch = 0; branch < line->branches; branch++)
        buf_printf(out, "BRDA:%u,0,%u,%s\n", line->line, branch,
                   !line->executed                 ? "-"
                   : branch < line->branches_taken ? "1"
                                                   : "0");
}

static void write_record(struct buf *out, const struct tested_module *module)
{
    struct report_lines report = report_lines_of(module);
    struct sums sums = {};
    add_sums(&sums, &report);
    buf_printf(out, "SF:%s\n", module->path);
    for (uint32_t i = 0; i < report.count; i++)
        write_branches(out, &report.lines[i]);
    buf_printf(out, "BRF:%u\nBRH:%u\n", sums.branches, sums.taken);
    for (uint32_t i = 0; i < report.count; i++)
        buf_printf(out, "DA:%u,%d\n", report.lines[i].line, report.lines[i].executed);
    buf_printf(out, "LF:%u\nLH:%u\nend_of_record\n", sums.lines, sums.executed);
    free(report.lines);
}

void report_write_lcov(struct buf *out, const struct tested_project *project)
{
    buf_add_text(out, "TN:testudo\n");
    for (uint32_t i = 0; i < project->module_count; i++)
        write_record(out, &project->modules[i]);
}
