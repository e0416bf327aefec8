/* report.md, fit for a comment on a pull request. */
#include "report/report.h"

#include <inttypes.h>

#include "base/text.h"

enum {
    SUSPICIONS_SHOWN = 20,
    LISTED_MAX = 40,
    TEXT_SHOWN = 400,
    WHY_MAX = 2000,
    CODE_SHOWN = 64 << 10
};

void report_add_share(struct buf *out, uint32_t part, uint32_t whole)
{
    if (whole == 0)
        buf_add_text(out, "–");
    else
        buf_printf(out, "%u/%u (%u %%)", part, whole, (uint32_t)((uint64_t)part * 100 / whole));
}

/* A stranger's text in a line of Markdown: no markup, no link, no cell of a table. */
static void add_plain(struct buf *out, struct str text)
{
    auto_buf struct buf shown;
    buf_init(&shown, TEXT_SHOWN);
    text_escape(&shown, text, false);
    for (size_t i = 0; i < shown.len; i++) {
        if (str_has(STR("\\`*_{}[]<>#!|&~@$"), shown.data[i]))
            buf_add_byte(out, '\\');
        buf_add_byte(out, shown.data[i]);
    }
}

static void add_fence(struct buf *out, size_t length, const char *after)
{
    for (size_t i = 0; i < length; i++)
        buf_add_byte(out, '`');
    buf_add_text(out, after);
}

/* As code: a fence longer than any run of backticks in it. */
static void add_code(struct buf *out, struct str text)
{
    auto_buf struct buf shown;
    size_t run = 0, longest = 2;
    buf_init(&shown, CODE_SHOWN);
    text_escape(&shown, text, true);
    for (size_t i = 0; i < shown.len; i++) {
        run = shown.data[i] == '`' ? run + 1 : 0;
        longest = run > longest ? run : longest;
    }
    add_fence(out, longest + 1, "python\n");
    buf_add_str(out, buf_str(&shown));
    if (!str_ends(buf_str(&shown), "\n"))
        buf_add_byte(out, '\n');
    add_fence(out, longest + 1, "\n");
}

/* ---- the table ------------------------------------------------------------------------------- */

static void write_row(struct buf *out, const char *name, const struct tested_sums *sums)
{
    buf_add_text(out, "| ");
    add_plain(out, str_from(name));
    buf_printf(out, " | %u | %u | ", sums->tests, sums->cases);
    report_add_share(out, sums->targets_tested, sums->targets);
    buf_add_text(out, " | ");
    if (sums->lines > 0)
        report_add_share(out, sums->branches_taken, sums->branches);
    else
        report_add_share(out, sums->covered, sums->goals);
    buf_add_text(out, " | ");
    report_add_share(out, sums->killed, sums->mutants);
    buf_printf(out, " | %u | %u |\n", sums->written - sums->cases, sums->suspicions);
}

static void write_table(struct buf *out, const struct tested_project *project)
{
    struct tested_sums all = tested_sum_all(project);
    buf_add_text(out, "| module | tests | cases | targets | branches | mutants killed | left out | "
                      "suspicions |\n|---|--:|--:|--:|--:|--:|--:|--:|\n");
    for (uint32_t i = 0; i < project->module_count; i++) {
        struct tested_sums sums = tested_sum(&project->modules[i]);
        write_row(out, project->modules[i].name, &sums);
    }
    if (project->module_count > 1)
        write_row(out, "all", &all);
    buf_printf(out, "\nBranches are counted by %s.\n",
               all.lines > 0 ? "coverage.py" : "Testudo's own goals, as coverage.py is not there");
}

/* ---- lists, each with a title if there is anything in it ------------------------------------- */

struct list {
    struct buf *out;
    const char *title;
    uint32_t count;
};

/* Begins an item; false when there are enough of them. */
static bool list_item(struct list *list, struct str first, struct str second)
{
    if (list->count++ == 0)
        buf_printf(list->out, "\n<details><summary>%s</summary>\n\n", list->title);
    if (list->count > LISTED_MAX)
        return false;
    buf_add_text(list->out, "- ");
    add_plain(list->out, first);
    buf_add_text(list->out, second.len > 0 ? ", " : "");
    add_plain(list->out, second);
    buf_add_text(list->out, ": ");
    return true;
}

static void list_end(const struct list *list)
{
    if (list->count > LISTED_MAX)
        buf_printf(list->out, "- and %u more, which are in report.json\n",
                   list->count - LISTED_MAX);
    if (list->count > 0)
        buf_add_text(list->out, "\n</details>\n");
}

/* Where the search ended early, or the whole did. */
static const char *broken_off(const struct tested_module *module)
{
    return module->stopped != NULL ? module->stopped
           : module->suite.cut     ? "when the time for the search was over"
                                   : NULL;
}

static void write_trouble(struct buf *out, const struct tested_module *module)
{
    const char *where = broken_off(module);
    buf_add_text(out, "- **");
    add_plain(out, str_from(module->name));
    buf_add_text(out, "**: ");
    if (module->trouble != NULL)
        add_plain(out, str_from(module->trouble));
    if (where != NULL) {
        buf_printf(out, "%s%s ", module->trouble != NULL ? "; " : "",
                   module->stopped != NULL && !module->cut ? "canceled" : "cut off by time");
        add_plain(out, str_from(where));
    }
    buf_add_byte(out, '\n');
}

/* In sight, unlike what else is listed: without it the table would mislead. */
static void write_troubles(struct buf *out, const struct tested_project *project)
{
    uint32_t count = 0;
    for (uint32_t i = 0; i < project->module_count; i++) {
        const struct tested_module *module = &project->modules[i];
        if (module->trouble == NULL && broken_off(module) == NULL)
            continue;
        if (count++ == 0)
            buf_add_text(out, "\n### Without a suite, or with less of one\n\n");
        if (count <= LISTED_MAX)
            write_trouble(out, module);
    }
    if (count > LISTED_MAX)
        buf_printf(out, "- and %u more, which are in report.json\n", count - LISTED_MAX);
}

/* ---- the project's own tests ----------------------------------------------------------------- */

static void write_failing(struct buf *out, const struct own_tests *own)
{
    for (uint32_t i = 0; i < own->failing_count && i < LISTED_MAX; i++) {
        buf_add_text(out, "- ");
        add_plain(out, str_from(own->failing[i].name));
        buf_add_text(out, ": ");
        add_plain(out, str_from(own->failing[i].why));
        buf_add_byte(out, '\n');
    }
    if (own->failed > LISTED_MAX)
        buf_printf(out, "- and %u more\n", own->failed - LISTED_MAX);
}

static void write_own(struct buf *out, const struct own_tests *own)
{
    if (own->files == 0)
        return;
    buf_add_text(out, "\n### The project's own tests\n\n");
    if (own->trouble != NULL)
        add_plain(out, str_from(own->trouble));
    else
        buf_printf(out, "%u passed, %u failed, %u skipped", own->passed, own->failed, own->skipped);
    if (own->measured) {
        buf_add_text(out, "; of the modules above they take ");
        report_add_share(out, own->branches_taken, own->branches);
        buf_add_text(out, " of the branches. Tests that would reach nothing else were left out; "
                          "which mutants they kill is not measured");
    } else if (own->trouble == NULL) {
        buf_add_text(out, "; what they cover is not known, as coverage.py is not there");
    }
    buf_add_text(out, own->failed > 0 ? ". **They fail before anything is added:**\n\n" : ".\n");
    write_failing(out, own);
}

static void list_left_out(struct list *list, const struct test_block *block)
{
    for (uint32_t i = 0; i < block->case_count; i++) {
        const struct test_case *one = &block->cases[i];
        if (one->fate == CASE_KEPT || !list_item(list, block->name, one->id))
            continue;
        buf_printf(list->out, "%s: ", case_fate_words[one->fate]);
        add_plain(list->out, one->reason);
        buf_add_byte(list->out, '\n');
    }
}

static void write_left_out(struct buf *out, const struct tested_project *project)
{
    struct list list = {.out = out, .title = "Tests that were left out"};
    for (uint32_t i = 0; i < project->module_count; i++)
        for (uint32_t b = 0; b < project->modules[i].suite.block_count; b++)
            list_left_out(&list, &project->modules[i].suite.blocks[b]);
    list_end(&list);
}

static void list_untested(struct list *list, const struct tested_module *module)
{
    const struct test_suite *suite = &module->suite;
    for (uint32_t i = 0; i < suite->target_count; i++) {
        const struct test_target *target = &suite->targets[i];
        auto_buf struct buf why;
        buf_init(&why, WHY_MAX);
        report_add_why(&why, suite, target);
        if (why.len == 0 ||
            !list_item(list, str_from(module->name), suite->callables[target->callable].name))
            continue;
        add_plain(list->out, buf_str(&why));
        buf_add_byte(list->out, '\n');
    }
}

static void write_untested(struct buf *out, const struct tested_project *project)
{
    struct list list = {.out = out, .title = "Targets without tests"};
    for (uint32_t i = 0; i < project->module_count; i++)
        list_untested(&list, &project->modules[i]);
    list_end(&list);
}

/* What could be broken without any test's noticing: where a reader may want to add one. */
static void list_survivors(struct list *list, const struct tested_module *module)
{
    for (uint32_t i = 0; i < module->suite.mutant_count; i++) {
        const struct test_mutant *mutant = &module->suite.mutants[i];
        auto_buf struct buf line;
        buf_init(&line, WHY_MAX);
        buf_printf(&line, "line %u", mutant->line);
        if (!str_is(mutant->fate, "survived") || mutant->killed ||
            !list_item(list, str_from(module->name), buf_str(&line)))
            continue;
        add_plain(list->out, mutant->before);
        buf_add_text(list->out, " → ");
        add_plain(list->out, mutant->after);
        buf_add_byte(list->out, '\n');
    }
}

static void write_survivors(struct buf *out, const struct tested_project *project)
{
    struct list list = {.out = out, .title = "Mutants that no test notices"};
    for (uint32_t i = 0; i < project->module_count; i++)
        list_survivors(&list, &project->modules[i]);
    list_end(&list);
}

/* ---- suspicions and the funnel --------------------------------------------------------------- */

static void write_suspicion(struct buf *out, const struct tested_module *module,
                            const struct test_suspicion *suspicion)
{
    buf_add_text(out, "\n**");
    add_plain(out, suspicion->kind);
    buf_add_text(out, "** in ");
    add_plain(out, str_from(module->name));
    if (suspicion->callable >= 0) {
        const struct test_callable *callable = &module->suite.callables[suspicion->callable];
        buf_add_text(out, ", ");
        add_plain(out, callable->name);
        buf_printf(out, " (line %u)", callable->line);
    }
    buf_add_text(out, ": ");
    add_plain(out, suspicion->text);
    buf_add_text(out, "\n\n");
    if (suspicion->reproducer.len > 0)
        add_code(out, suspicion->reproducer);
}

static void write_suspicions(struct buf *out, const struct tested_project *project)
{
    uint32_t shown = 0, all = tested_sum_all(project).suspicions;
    if (all == 0)
        return;
    buf_printf(out,
               "\n<details><summary>%u suspicions: not tests, but what looks wrong and wants a "
               "look</summary>\n",
               all);
    for (uint32_t i = 0; i < project->module_count; i++) {
        const struct test_suite *suite = &project->modules[i].suite;
        for (uint32_t k = 0; k < suite->suspicion_count && shown < SUSPICIONS_SHOWN; k++, shown++)
            write_suspicion(out, &project->modules[i], &suite->suspicions[k]);
    }
    if (all > shown)
        buf_printf(out, "\nAnd %u more, which are in report.json.\n", all - shown);
    buf_add_text(out, "\n</details>\n");
}

static void write_funnel(struct buf *out, const struct tested_project *project)
{
    static const char *const meanings[CASE_FATE_COUNT] = {
#define X(name, word, meaning) [CASE_##name] = meaning,
        CASE_FATES(X)
#undef X
    };
    struct tested_sums all = tested_sum_all(project);
    buf_printf(out,
               "\n<details><summary>The funnel: %u cases written, %u kept</summary>\n\n"
               "| left out | because it |\n|--:|---|\n",
               all.written, all.cases);
    if (all.never_written > 0)
        buf_printf(out, "| %u | found nothing to assert, and was not written |\n",
                   all.never_written);
    for (enum case_fate fate = CASE_FAILED; fate < CASE_FATE_COUNT; fate++)
        if (all.fates[fate] > 0)
            buf_printf(out, "| %u | %s |\n", all.fates[fate], meanings[fate]);
    buf_add_text(out, "\n</details>\n");
}

/* ---- the whole ------------------------------------------------------------------------------- */

static bool is_all_proven(const struct tested_project *project)
{
    for (uint32_t i = 0; i < project->module_count; i++)
        if (!project->modules[i].proven && tested_sum(&project->modules[i]).cases > 0)
            return false;
    return true;
}

static void write_head(struct buf *out, const struct tested_project *project)
{
    struct tested_sums all = tested_sum_all(project);
    buf_add_text(out, "## Tests for ");
    add_plain(out, str_from(project->title));
    buf_printf(out,
               "\n\nTestudo wrote %u tests with %u cases for %u of %u targets (seed %" PRId64 "). "
               "Each passes in plain pytest%s.\n\n",
               all.tests, all.cases, all.targets_tested, all.targets, project->seed,
               is_all_proven(project) ? ", and goes on passing under other hash seeds, orders, "
                                        "clocks and time zones"
                                      : "; not all of them were perturbed: see below");
    if (project->since != NULL) {
        buf_add_text(out, "Only what is another than in ");
        add_plain(out, str_from(project->since));
        buf_add_text(out, " was looked at.\n\n");
    }
    if (project->canceled)
        buf_add_text(out, "**Canceled before it was done: only what was proven by then is "
                          "here.**\n\n");
    if (tested_any_cut(project))
        buf_add_text(out, "**Cut off by time**: with more of it there would be more tests.\n\n");
}

void report_write_markdown(struct buf *out, const struct tested_project *project)
{
    write_head(out, project);
    write_table(out, project);
    write_troubles(out, project);
    write_own(out, &project->own);
    write_suspicions(out, project);
    write_funnel(out, project);
    write_left_out(out, project);
    write_untested(out, project);
    write_survivors(out, project);
}
