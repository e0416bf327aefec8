/* report.json: everything, for whoever makes other reports of it. */
#include "report/report.h"

#include "base/clock.h"
#include "base/json_write.h"

static void add_ms(struct json_writer *json, const char *key, int64_t ns)
{
    json_key(json, key);
    json_ms(json, clock_ms(ns));
}

static void begin_list(struct json_writer *json, const char *key)
{
    json_key(json, key);
    json_array(json);
}

static void add_indexes(struct json_writer *json, const char *key, const uint32_t *list,
                        uint32_t count)
{
    begin_list(json, key);
    for (uint32_t i = 0; i < count; i++)
        json_int(json, list[i]);
    json_array_end(json);
}

/* ---- sums ------------------------------------------------------------------------------------ */

static void add_funnel(struct json_writer *json, const struct tested_sums *sums)
{
    json_key(json, "funnel");
    json_object(json);
    json_add_int(json, "never_written", sums->never_written);
    json_add_int(json, "written", sums->written);
    for (enum case_fate fate = 0; fate < CASE_FATE_COUNT; fate++)
        json_add_int(json, case_fate_words[fate], sums->fates[fate]);
    json_object_end(json);
}

static void add_sums(struct json_writer *json, const struct tested_sums *sums)
{
    json_key(json, "sums");
    json_object(json);
    json_add_int(json, "modules", sums->modules);
    json_add_int(json, "troubled", sums->troubled);
    json_add_int(json, "tests", sums->tests);
    json_add_int(json, "cases", sums->cases);
    json_add_int(json, "targets", sums->targets);
    json_add_int(json, "targets_tested", sums->targets_tested);
    json_add_int(json, "goals", sums->goals);
    json_add_int(json, "goals_covered", sums->covered);
    json_add_int(json, "mutants", sums->mutants);
    json_add_int(json, "mutants_killed", sums->killed);
    json_add_int(json, "lines", sums->lines);
    json_add_int(json, "lines_executed", sums->lines_executed);
    json_add_int(json, "branches", sums->branches);
    json_add_int(json, "branches_taken", sums->branches_taken);
    json_add_int(json, "suspicions", sums->suspicions);
    add_funnel(json, sums);
    json_object_end(json);
}

/* ---- lists of a suite ------------------------------------------------------------------------ */

static void add_case(struct json_writer *json, const struct test_case *one)
{
    json_object(json);
    json_add_str(json, "id", one->id);
    json_add_text(json, "fate", case_fate_words[one->fate]);
    if (one->fate != CASE_KEPT)
        json_add_str(json, "reason", one->reason);
    add_indexes(json, "goals", one->goals, one->goal_count);
    add_indexes(json, "kills", one->kills, one->kill_count);
    json_object_end(json);
}

static void add_tests(struct json_writer *json, const struct test_suite *suite)
{
    begin_list(json, "tests");
    for (uint32_t b = 0; b < suite->block_count; b++) {
        const struct test_block *block = &suite->blocks[b];
        json_object(json);
        json_add_str(json, "name", block->name);
        json_add_int(json, "callable", block->target);
        begin_list(json, "cases");
        for (uint32_t c = 0; c < block->case_count; c++)
            add_case(json, &block->cases[c]);
        json_array_end(json);
        json_object_end(json);
    }
    json_array_end(json);
}

static void add_callables(struct json_writer *json, const struct test_suite *suite)
{
    begin_list(json, "callables");
    for (uint32_t i = 0; i < suite->callable_count; i++) {
        json_object(json);
        json_add_str(json, "name", suite->callables[i].name);
        json_add_int(json, "line", suite->callables[i].line);
        json_add_int(json, "end", suite->callables[i].end);
        json_add_bool(json, "target", suite->callables[i].test);
        json_object_end(json);
    }
    json_array_end(json);
}

static void add_why(struct json_writer *json, const struct test_suite *suite,
                    const struct test_target *target)
{
    enum { WHY_MAX = 4000 };
    auto_buf struct buf why;
    buf_init(&why, WHY_MAX);
    report_add_why(&why, suite, target);
    json_add_str(json, "why", buf_str(&why));
}

static void add_targets(struct json_writer *json, const struct test_suite *suite)
{
    begin_list(json, "targets");
    for (uint32_t i = 0; i < suite->target_count; i++) {
        json_object(json);
        json_add_int(json, "callable", suite->targets[i].callable);
        json_add_bool(json, "tested", test_suite_has_test(suite, suite->targets[i].callable));
        add_why(json, suite, &suite->targets[i]);
        json_object_end(json);
    }
    json_array_end(json);
}

static void add_goals(struct json_writer *json, const struct test_suite *suite)
{
    begin_list(json, "goals");
    for (uint32_t i = 0; i < suite->goal_count; i++) {
        json_object(json);
        json_add_int(json, "callable", suite->goals[i].callable);
        json_add_int(json, "line", suite->goals[i].line);
        json_add_str(json, "kind", suite->goals[i].kind);
        json_add_str(json, "text", suite->goals[i].text);
        json_add_bool(json, "covered", suite->goals[i].covered);
        json_add_bool(json, "own", suite->goals[i].own);
        json_object_end(json);
    }
    json_array_end(json);
}

static void add_mutants(struct json_writer *json, const struct test_suite *suite)
{
    begin_list(json, "mutants");
    for (uint32_t i = 0; i < suite->mutant_count; i++) {
        const struct test_mutant *mutant = &suite->mutants[i];
        json_object(json);
        json_add_int(json, "callable", mutant->callable);
        json_add_int(json, "line", mutant->line);
        json_add_str(json, "operator", mutant->operator);
        json_add_str(json, "before", mutant->before);
        json_add_str(json, "after", mutant->after);
        json_add_str(json, "fate", mutant->killed ? STR("killed") : mutant->fate);
        json_object_end(json);
    }
    json_array_end(json);
}

static void add_suspicions(struct json_writer *json, const struct test_suite *suite)
{
    begin_list(json, "suspicions");
    for (uint32_t i = 0; i < suite->suspicion_count; i++) {
        json_object(json);
        json_add_str(json, "kind", suite->suspicions[i].kind);
        json_add_int(json, "callable", suite->suspicions[i].callable);
        json_add_str(json, "text", suite->suspicions[i].text);
        json_add_str(json, "reproducer", suite->suspicions[i].reproducer);
        json_object_end(json);
    }
    json_array_end(json);
}

static void add_rejections(struct json_writer *json, const struct test_suite *suite)
{
    begin_list(json, "rejections");
    for (uint32_t i = 0; i < suite->rejection_count; i++) {
        json_object(json);
        json_add_str(json, "stage", suite->rejections[i].stage);
        json_add_str(json, "reason", suite->rejections[i].reason);
        json_add_str(json, "text", suite->rejections[i].text);
        json_object_end(json);
    }
    json_array_end(json);
}

/* [line, executed, branches, branches taken] */
static void add_coverage(struct json_writer *json, const struct tested_module *module)
{
    begin_list(json, "coverage");
    for (uint32_t i = 0; i < module->coverage_count; i++) {
        const struct tested_line *line = &module->coverage[i];
        json_array(json);
        json_int(json, line->line);
        json_bool(json, line->executed);
        json_int(json, line->branches);
        json_int(json, line->branches_taken);
        json_array_end(json);
    }
    json_array_end(json);
}

/* ---- the project's own tests ----------------------------------------------------------------- */

static void add_failing(struct json_writer *json, const struct own_tests *own)
{
    begin_list(json, "failing");
    for (uint32_t i = 0; i < own->failing_count; i++) {
        json_object(json);
        json_add_text(json, "name", own->failing[i].name);
        json_add_text(json, "why", own->failing[i].why);
        json_object_end(json);
    }
    json_array_end(json);
}

static void add_own(struct json_writer *json, const struct own_tests *own)
{
    json_key(json, "own_tests");
    json_object(json);
    json_add_int(json, "files", own->files);
    json_add_text(json, "trouble", own->trouble);
    json_add_int(json, "passed", own->passed);
    json_add_int(json, "failed", own->failed);
    json_add_int(json, "skipped", own->skipped);
    add_failing(json, own);
    json_add_bool(json, "measured", own->measured);
    json_add_int(json, "lines", own->lines);
    json_add_int(json, "lines_executed", own->lines_executed);
    json_add_int(json, "branches", own->branches);
    json_add_int(json, "branches_taken", own->branches_taken);
    json_object_end(json);
}

/* ---- the whole ------------------------------------------------------------------------------- */

static void add_facts(struct json_writer *json, const struct tested_module *module)
{
    struct tested_sums sums = tested_sum(module);
    json_add_text(json, "name", module->name);
    json_add_text(json, "path", module->path);
    json_add_text(json, "trouble", module->trouble);
    json_add_text(json, "suite", sums.cases > 0 ? module->file : NULL);
    json_add_text(json, "stopped", module->stopped);
    json_add_str(json, "runtime", module->suite.runtime);
    json_add_str(json, "digest", module->suite.digest);
    json_add_int(json, "executions", module->suite.executions);
    json_add_bool(json, "cut", module->suite.cut || module->cut);
    json_add_bool(json, "proven", module->proven);
    json_add_int(json, "runs", module->runs);
    add_ms(json, "search_ms", module->search_ns);
    add_ms(json, "proof_ms", module->proof_ns);
    add_sums(json, &sums);
}

static void add_module(struct json_writer *json, const struct tested_module *module)
{
    const struct test_suite *suite = &module->suite;
    json_object(json);
    add_facts(json, module);
    add_callables(json, suite);
    add_targets(json, suite);
    add_tests(json, suite);
    add_goals(json, suite);
    add_mutants(json, suite);
    add_suspicions(json, suite);
    add_rejections(json, suite);
    add_coverage(json, module);
    json_object_end(json);
}

void report_write_json(struct buf *out, const struct tested_project *project)
{
    struct json_writer json;
    struct tested_sums all = tested_sum_all(project);
    json_start(&json, out);
    json_object(&json);
    json_add_text(&json, "project", project->title);
    json_add_int(&json, "seed", project->seed);
    json_add_bool(&json, "canceled", project->canceled);
    json_add_bool(&json, "cut", tested_any_cut(project));
    add_ms(&json, "all_ms", project->all_ns);
    json_add_text(&json, "since", project->since);
    add_own(&json, &project->own);
    add_sums(&json, &all);
    begin_list(&json, "modules");
    for (uint32_t i = 0; i < project->module_count; i++)
        add_module(&json, &project->modules[i]);
    json_array_end(&json);
    json_object_end(&json);
    buf_add_byte(out, '\n');
}
