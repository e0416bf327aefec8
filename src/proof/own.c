/* The project's own tests: what came of them, and what they cover. That they fail is a finding,
 * that they cannot be run a trouble; neither keeps us from going on. */
#include "proof/errand_private.h"

#include <string.h>

#include "model/verdict.h"

enum { INPUT_BYTES_MAX = 4 << 20, FAILING_MAX = 200, LINES_MAX = 200000 };

/* ---- tests ----------------------------------------------------------------------------------- */

static struct str text_at(const struct json_value *list, size_t index)
{
    const struct json_value *value = json_at(list, index);
    return value != NULL && value->kind == JSON_STRING ? value->text : STR("");
}

static void take_test(struct errand *errand, struct own_tests *own, const struct json_value *test)
{
    struct str outcome = text_at(test, 1);
    if (str_is(outcome, "passed")) {
        own->passed++;
    } else if (str_is(outcome, "skipped")) {
        own->skipped++;
    } else if (own->failed++ < FAILING_MAX) {
        own->failing[own->failing_count++] = (struct own_test){
            errand_shown(errand, text_at(test, 0)), errand_shown(errand, text_at(test, 2))};
    }
}

static void take_tests(struct errand *errand, struct own_tests *own, const struct json_value *list)
{
    own->failing = arena_alloc(errand->job.arena, FAILING_MAX * sizeof *own->failing);
    if (list == NULL || list->kind != JSON_ARRAY)
        return;
    for (const struct json_value *test = list->first; test != NULL; test = test->next)
        take_test(errand, own, test);
}

/* ---- coverage -------------------------------------------------------------------------------- */

static bool is_line(const struct json_value *number)
{
    return number != NULL && number->is_integer && number->integer > 0 &&
           number->integer < INT32_MAX;
}

static void take_module(struct errand *errand, struct tested_module *module,
                        const struct json_value *from)
{
    const struct json_value *closed = json_get(from, "closed");
    if (closed == NULL || closed->kind != JSON_ARRAY || closed->count > LINES_MAX)
        return;
    struct own_goal *goals = arena_alloc(errand->job.arena, (closed->count + 1) * sizeof *goals);
    for (const struct json_value *goal = closed->first; goal != NULL; goal = goal->next) {
        struct str kind = text_at(goal, 1);
        if (is_line(json_at(goal, 0)))
            goals[module->own_goal_count++] =
                (struct own_goal){(uint32_t)json_at(goal, 0)->integer,
                                  str_of(arena_string(errand->job.arena, kind), kind.len)};
    }
    module->own_goals = goals;
}

static void sum_lines(struct own_tests *own, const struct json_value *lines)
{
    if (lines == NULL || lines->kind != JSON_ARRAY || lines->count > LINES_MAX)
        return;
    for (const struct json_value *line = lines->first; line != NULL; line = line->next) {
        const struct json_value *done = json_at(line, 1), *all = json_at(line, 2),
                                *taken = json_at(line, 3);
        own->lines++;
        own->lines_executed += done != NULL && done->kind == JSON_BOOL && done->truth;
        own->branches += is_line(all) ? (uint32_t)all->integer : 0;
        own->branches_taken += is_line(taken) ? (uint32_t)taken->integer : 0;
    }
}

static void take_coverage(struct errand *errand, const struct json_value *list)
{
    struct tested_project *project = errand->job.project;
    if (list == NULL || list->kind != JSON_ARRAY || list->count != project->module_count)
        return;
    const struct json_value *from = list->first;
    for (uint32_t i = 0; i < project->module_count; i++, from = from->next) {
        take_module(errand, &project->modules[i], from);
        sum_lines(&project->own, json_get(from, "lines"));
    }
}

/* ---- the whole ------------------------------------------------------------------------------- */

static const char *trouble_of(struct errand *errand, const struct json_value *answer,
                              const struct own_tests *own)
{
    const struct json_value *why = json_get(answer, "why"), *status = json_get(answer, "exit");
    if (why != NULL && why->kind == JSON_STRING && why->text.len > 0)
        return errand_shown(errand, why->text);
    if (status != NULL && status->is_integer && status->integer > 1 && own->failed == 0)
        return status->integer == 5 ? "pytest finds no test in them" : "pytest could not run them";
    return NULL;
}

void own_take_answer(struct errand *errand, const struct json_value *answer)
{
    struct own_tests *own = &errand->job.project->own;
    const struct json_value *files = json_get(answer, "files"),
                            *measured = json_get(answer, "measured");
    own->files = is_line(files) ? (uint32_t)files->integer : 0;
    own->measured = measured != NULL && measured->kind == JSON_BOOL && measured->truth;
    take_tests(errand, own, json_get(answer, "tests"));
    take_coverage(errand, json_get(answer, "modules"));
    own->trouble = trouble_of(errand, answer, own);
}

static bool take(struct errand *errand, struct error *err)
{
    (void)err;
    struct error why = {};
    struct own_tests *own = &errand->job.project->own;
    const struct json_value *answer = errand_answer(errand, &why);
    if (answer != NULL) {
        own_take_answer(errand, answer);
        return true;
    }
    own->files = 1;
    own->trouble = errand_shown(errand, str_from(why.text));
    return true;
}

static void add_member(struct json_writer *json, const char *key, const char *text)
{
    json_key(json, key);
    json_text(json, text);
}

/* Without a project's sign, what lies about may be anybody's: only tests named after the modules.
 */
static void add_names(struct json_writer *json, const struct errand *errand)
{
    const struct tested_project *project = errand->job.project;
    json_key(json, "names");
    if (project->has_sign) {
        json_null(json);
        return;
    }
    json_array(json);
    for (uint32_t i = 0; i < project->module_count; i++) {
        const char *name = strrchr(project->modules[i].name, '.');
        name = name != NULL ? name + 1 : project->modules[i].name;
        json_text(json, arena_text(errand->job.arena, "test_%s.py", name));
        json_text(json, arena_text(errand->job.arena, "%s_test.py", name));
    }
    json_array_end(json);
}

static void write_input(struct buf *out, const struct errand *errand)
{
    const struct tested_project *project = errand->job.project;
    struct json_writer json;
    json_start(&json, out);
    json_object(&json);
    json_key(&json, "modules");
    json_array(&json);
    for (uint32_t i = 0; i < project->module_count; i++) {
        json_object(&json);
        add_member(&json, "path", project->modules[i].path);
        add_member(&json, "import", project->modules[i].import);
        json_object_end(&json);
    }
    json_array_end(&json);
    add_names(&json, errand);
    json_object_end(&json);
}

struct errand *errand_start_own(const struct errand_job *job, struct error *err)
{
    struct errand *errand = errand_new(job, "own", take, err);
    auto_buf struct buf input;
    buf_init(&input, INPUT_BYTES_MAX);
    if (errand == NULL)
        return NULL;
    write_input(&input, errand);
    return errand_start(errand, buf_str(&input), err);
}
