/*
 * Which callables are others than in a commit. The repository is read by git's plumbing inside of a
 * box, which runs no hook and no filter of it, and both versions are parsed there.
 */
#include "proof/errand_private.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/mem.h"
#include "lang/names.h"
#include "model/words.h"

enum { INPUT_BYTES_MAX = 4 << 20 };

/* ---- what came of it ------------------------------------------------------------------------- */

/* Is it what the user named, inside of it, or the last part of its name? As the guest has it. */
static bool is_asked_for(const struct words *only, struct str name)
{
    for (uint32_t i = 0; i < only->count; i++) {
        struct str rest = name, first = {}, last = {};
        (void)str_take_until(&rest, '.', &first);
        for (rest = name; str_take_until(&rest, '.', &last);)
            ;
        if (str_is(name, only->list[i]) || str_is(first, only->list[i]) ||
            str_is(last, only->list[i]))
            return true;
    }
    return only->count == 0;
}

/* null: all of it; a list: those. False if there is nothing of it to test. */
static bool narrow(struct errand *errand, struct tested_module *module,
                   const struct json_value *names)
{
    if (names == NULL || names->kind != JSON_ARRAY)
        return true;
    struct words *only = arena_alloc(errand->job.arena, sizeof *only);
    for (const struct json_value *name = names->first; name != NULL; name = name->next)
        if (name->kind == JSON_STRING && !str_has(name->text, '\0') &&
            is_asked_for(errand->only, name->text))
            words_add(only, errand->job.arena, arena_string(errand->job.arena, name->text));
    module->only = only;
    return only->count > 0;
}

bool since_take_answer(struct errand *errand, const struct json_value *answer, struct error *err)
{
    struct tested_project *project = errand->job.project;
    const struct json_value *why = json_get(answer, "error"), *list = json_get(answer, "modules");
    if (why != NULL && why->kind == JSON_STRING)
        return error_set(err, ERROR_INPUT, "--since: %s", errand_shown(errand, why->text));
    if (list == NULL || list->kind != JSON_ARRAY || list->count != project->module_count)
        return error_set(err, ERROR_INPUT, "--since: the answer does not fit");
    const struct json_value *names = list->first;
    uint32_t kept = 0;
    for (uint32_t i = 0; i < project->module_count; i++, names = names->next)
        if (narrow(errand, &project->modules[i], names))
            project->modules[kept++] = project->modules[i];
    project->module_count = kept;
    return true;
}

static bool take(struct errand *errand, struct error *err)
{
    const struct json_value *answer = errand_answer(errand, err);
    if (answer == NULL)
        return error_wrap(err, "--since");
    return since_take_answer(errand, answer, err);
}

/* ---- what is asked --------------------------------------------------------------------------- */

/* The folder at or above the project's that has the repository. */
static bool find_repository(struct errand *errand, const char **ret, struct error *err)
{
    char *at = arena_string(errand->job.arena, str_from(errand->job.project->folder));
    struct stat about;
    for (;;) {
        auto_free char *path = mem_text("%s/.git", at);
        if (lstat(path, &about) == 0 && S_ISDIR(about.st_mode)) {
            *ret = at;
            return true;
        }
        if (lstat(path, &about) == 0)
            return error_set(err, ERROR_INPUT,
                             "--since: %s is a linked work tree, whose repository lies elsewhere",
                             shown_name(at).text);
        char *slash = strrchr(at, '/');
        if (slash == NULL || slash == at)
            return error_set(err, ERROR_INPUT, "--since: there is no git repository at or above %s",
                             shown_name(errand->job.project->folder).text);
        *slash = '\0';
    }
}

static void write_input(struct buf *out, const struct errand *errand, const char *top,
                        const char *ref)
{
    const struct tested_project *project = errand->job.project;
    const char *prefix = project->folder + strlen(top);
    struct json_writer json;
    json_start(&json, out);
    json_object(&json);
    json_add_text(&json, "repository", BOX_IN "/.repository");
    json_add_text(&json, "prefix", prefix[0] == '/' ? prefix + 1 : prefix);
    json_add_text(&json, "ref", ref);
    json_key(&json, "modules");
    json_array(&json);
    for (uint32_t i = 0; i < project->module_count; i++)
        json_text(&json, project->modules[i].path);
    json_array_end(&json);
    json_object_end(&json);
}

struct errand *errand_start_since(const struct errand_job *job, const char *ref,
                                  const struct words *only, struct error *err)
{
    struct errand *errand = errand_new(job, "since", take, err);
    const char *top;
    auto_buf struct buf input;
    buf_init(&input, INPUT_BYTES_MAX);
    if (errand == NULL)
        return NULL;
    errand->only = only;
    if (!find_repository(errand, &top, err)) {
        errand_free(errand);
        return NULL;
    }
    auto_free char *repository = mem_text("%s/.git", top);
    task_add_input(errand->task, repository, ".repository");
    write_input(&input, errand, top, ref);
    return errand_start(errand, buf_str(&input), err);
}
