#include "testgen/suite.h"

#include "base/json_write.h"

/* Raised when a reader of older suites would misread what is written. */
enum { SUITE_VERSION = 1 };

static const char *const fates[] = {[MUTANT_KILLED] = "killed",
                                    [MUTANT_SURVIVED] = "survived",
                                    [MUTANT_UNREACHED] = "unreached",
                                    [MUTANT_STATIC] = "static",
                                    [MUTANT_UNJUDGED] = "unjudged"};
static const char *const goal_kinds[] = {[GOAL_ENTRY] = "entry",
                                         [GOAL_TRUE] = "true",
                                         [GOAL_FALSE] = "false",
                                         [GOAL_HANDLER] = "handler"};

static void member_str(struct json_writer *json, const char *key, struct str text)
{
    json_key(json, key);
    json_str(json, text);
}

static void member_int(struct json_writer *json, const char *key, int64_t number)
{
    json_key(json, key);
    json_int(json, number);
}

static void member_bool(struct json_writer *json, const char *key, bool truth)
{
    json_key(json, key);
    json_bool(json, truth);
}

static void member_lines(struct json_writer *json, const char *key, const struct str *lines,
                         size_t count)
{
    json_key(json, key);
    json_array(json);
    for (size_t i = 0; i < count; i++)
        json_str(json, lines[i]);
    json_array_end(json);
}

static void member_numbers(struct json_writer *json, const char *key, const uint32_t *numbers,
                           size_t count)
{
    json_key(json, key);
    json_array(json);
    for (size_t i = 0; i < count; i++)
        json_int(json, numbers[i]);
    json_array_end(json);
}

/* The name beside the index, so that a report needs no table of callables. */
static void member_callable(struct json_writer *json, const struct subject *subject, int64_t index)
{
    member_int(json, "callable", index);
    member_str(json, "qual",
               index >= 0 && index < subject->callable_count ? subject->callables[index].qual
                                                             : STR(""));
}

static void write_case(struct json_writer *json, const struct suite_case *one)
{
    json_object(json);
    member_str(json, "id", one->id);
    member_str(json, "line", one->line);
    member_numbers(json, "goals", one->goals, one->goal_count);
    member_numbers(json, "kills", one->kills, one->kill_count);
    json_object_end(json);
}

static void write_block(struct json_writer *json, const struct suite *suite,
                        const struct suite_block *block)
{
    json_object(json);
    member_str(json, "name", block->name);
    member_callable(json, suite->subject, block->target);
    member_lines(json, "imports", block->imports, block->import_count);
    member_lines(json, "definitions", block->definitions, block->definition_count);
    member_lines(json, "head", block->head, block->head_count);
    json_key(json, "cases");
    json_array(json);
    for (uint32_t i = 0; i < block->case_count; i++)
        write_case(json, &block->cases[i]);
    json_array_end(json);
    member_lines(json, "tail", block->tail, block->tail_count);
    json_object_end(json);
}

static void write_callables(struct json_writer *json, const struct subject *subject)
{
    json_key(json, "callables");
    json_array(json);
    for (uint32_t i = 0; i < subject->callable_count; i++) {
        const struct callable *callable = &subject->callables[i];
        json_object(json);
        member_str(json, "name", callable->qual);
        member_int(json, "line", callable->line);
        member_int(json, "end", callable->end);
        member_bool(json, "test", callable->test);
        json_object_end(json);
    }
    json_array_end(json);
}

static void write_blocks(struct json_writer *json, const struct suite *suite)
{
    json_key(json, "blocks");
    json_array(json);
    for (uint32_t i = 0; i < suite->block_count; i++)
        write_block(json, suite, &suite->blocks[i]);
    json_array_end(json);
}

static void write_goals(struct json_writer *json, const struct suite *suite)
{
    json_key(json, "goals");
    json_array(json);
    for (uint32_t i = 0; i < suite->subject->goal_count; i++) {
        const struct goal *goal = &suite->subject->goals[i];
        json_object(json);
        member_callable(json, suite->subject, goal->callable);
        member_int(json, "line", goal->line);
        json_key(json, "kind");
        json_text(json, goal_kinds[goal->kind]);
        member_str(json, "text", goal->text);
        member_bool(json, "covered", suite->covered[i]);
        json_object_end(json);
    }
    json_array_end(json);
}

static void write_mutants(struct json_writer *json, const struct suite *suite)
{
    json_key(json, "mutants");
    json_array(json);
    for (uint32_t i = 0; i < suite->subject->mutant_count; i++) {
        const struct mutant *mutant = &suite->subject->mutants[i];
        json_object(json);
        member_callable(json, suite->subject, mutant->callable);
        member_int(json, "line", mutant->line);
        member_str(json, "operator", mutant->operator);
        member_str(json, "before", mutant->before);
        member_str(json, "after", mutant->after);
        json_key(json, "fate");
        json_text(json, fates[suite->fates[i]]);
        json_object_end(json);
    }
    json_array_end(json);
}

static void write_targets(struct json_writer *json, const struct suite *suite)
{
    json_key(json, "targets");
    json_array(json);
    for (uint32_t i = 0; i < suite->target_count; i++) {
        const struct suite_target *target = &suite->targets[i];
        json_object(json);
        member_callable(json, suite->subject, target->callable);
        member_int(json, "line", suite->subject->callables[target->callable].line);
        member_int(json, "tests", target->tests);
        member_str(json, "why", target->why);
        json_object_end(json);
    }
    json_array_end(json);
}

static void write_suspicions(struct json_writer *json, const struct suite *suite)
{
    json_key(json, "suspicions");
    json_array(json);
    for (uint32_t i = 0; i < suite->suspicion_count; i++) {
        const struct suspicion *suspicion = &suite->suspicions[i];
        json_object(json);
        member_str(json, "kind", suspicion->kind);
        member_callable(json, suite->subject, suspicion->callable);
        member_str(json, "text", suspicion->text);
        member_str(json, "reproducer", suspicion->reproducer);
        json_object_end(json);
    }
    json_array_end(json);
}

static void write_rejections(struct json_writer *json, const struct suite *suite)
{
    json_key(json, "rejections");
    json_array(json);
    for (uint32_t i = 0; i < suite->rejection_count; i++) {
        const struct suite_rejection *rejection = &suite->rejections[i];
        json_object(json);
        member_str(json, "stage", rejection->stage);
        member_str(json, "reason", rejection->reason);
        member_str(json, "text", rejection->text);
        json_object_end(json);
    }
    json_array_end(json);
}

static void write_head(struct json_writer *json, const struct suite *suite)
{
    member_int(json, "version", SUITE_VERSION);
    member_str(json, "module", suite->subject->module);
    member_str(json, "path", suite->subject->path);
    member_str(json, "digest", suite->subject->digest);
    member_str(json, "runtime", suite->subject->runtime);
    member_int(json, "lines", suite->subject->line_count);
    member_int(json, "seed", (int64_t)suite->seed);
    member_int(json, "executions", (int64_t)suite->executions);
    member_bool(json, "cut", suite->cut);
}

void suite_write(struct buf *out, const struct suite *suite)
{
    struct json_writer json;
    json_start(&json, out);
    json_object(&json);
    write_head(&json, suite);
    write_callables(&json, suite->subject);
    write_blocks(&json, suite);
    write_goals(&json, suite);
    write_mutants(&json, suite);
    write_targets(&json, suite);
    write_suspicions(&json, suite);
    write_rejections(&json, suite);
    json_object_end(&json);
}
