/* The user's command for getting a project ready: its copy is what later boxes get to see. */
#include "proof/errand_private.h"

#include <inttypes.h>

static const struct run_file *first_left_out(const struct run_result *result)
{
    for (uint32_t i = 0; i < result->file_count; i++)
        if (result->files[i].left_out != NULL)
            return &result->files[i];
    return NULL;
}

/* Without it nothing that follows would mean what the user thinks. */
static bool take(struct errand *errand, struct error *err)
{
    struct error why = {};
    const struct json_value *status = json_get(errand_answer(errand, &why), "status");
    const struct run_file *lost = first_left_out(&errand->task->result);
    if (status == NULL || !status->is_integer)
        return error_set(err, ERROR_INPUT, "the setup command: %s", why.text);
    if (status->integer != 0) {
        const struct json_value *said = json_get(errand_answer(errand, &why), "said");
        bool is_text = said != NULL && said->kind == JSON_STRING;
        error_set(err, ERROR_INPUT, "the setup command ended with status %" PRId64 ": %s",
                  status->integer, is_text ? errand_shown(errand, said->text) : "");
        return error_hint(err, "it runs in a copy of the project, in a box without a network");
    }
    if (lost != NULL)
        return error_set(err, ERROR_LIMIT, "the setup command: %s could not be kept: %s",
                         errand_shown(errand, str_from(lost->name)), lost->left_out);
    errand->job.project->source = arena_text(errand->job.arena, "%s/project", errand->scratch);
    return true;
}

struct errand *errand_start_setup(const struct errand_job *job, const char *command,
                                  struct error *err)
{
    struct errand *errand = errand_new(job, "setup", take, err);
    if (errand == NULL)
        return NULL;
    task_add_word(errand->task, command);
    task_add_out(errand->task, "project/**", errand->scratch);
    return errand_start(errand, STR(""), err);
}
