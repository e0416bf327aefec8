#include "proof/errand.h"

#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/random.h>
#include <sys/stat.h>

#include "base/mem.h"
#include "base/text.h"
#include "proof/errand_private.h"
#include "sys/fd.h"

enum { ANSWER_BYTES_MAX = 64 << 20, SHOWN_BYTES_MAX = 400 };

static void on_task(void *cookie, struct task *task)
{
    struct errand *errand = cookie;
    (void)task;
    errand->job.done(errand->job.cookie, errand);
}

static bool prepare(struct errand *errand, const char *script, struct error *err)
{
    const struct errand_job *job = &errand->job;
    uint64_t numbers[2];
    if (getrandom(numbers, sizeof numbers, 0) != sizeof numbers)
        return error_sys(err, "make a random number");
    snprintf(errand->answer, sizeof errand->answer, "%016" PRIx64 "%016" PRIx64, numbers[0],
             numbers[1]);
    errand->scratch = mem_text("%s/%s", job->options->scratch, script);
    if (mkdir(errand->scratch, 0700) < 0)
        return error_sys(err, "make the folder %s", errand->scratch);
    task_use_python(errand->task, job->project->python);
    task_add_input(errand->task, job->project->source, job->project->title);
    task_add_input(errand->task, job->options->libexec, ".testudo");
    task_add_word(errand->task, arena_text(&errand->task->arena, ERRAND_SCRIPTS "/%s.py", script));
    task_add_word(errand->task, errand->answer);
    task_add_word(errand->task,
                  arena_text(&errand->task->arena, BOX_IN "/%s", job->project->title));
    task_add_out(errand->task, errand->answer, errand->scratch);
    return true;
}

struct errand *errand_new(const struct errand_job *job, const char *script,
                          bool (*take)(struct errand *errand, struct error *err), struct error *err)
{
    struct errand *errand = mem_alloc(sizeof *errand);
    *errand = (struct errand){.job = *job, .take = take};
    errand->task = task_new(on_task, errand);
    if (job->cap_ms > 0 && job->cap_ms < errand->task->request.limits.value[LIMIT_WALL])
        errand->task->request.limits.value[LIMIT_WALL] = job->cap_ms;
    if (prepare(errand, script, err))
        return errand;
    errand_free(errand);
    return NULL;
}

struct errand *errand_start(struct errand *errand, struct str input, struct error *err)
{
    if (task_set_input(errand->task, input, err) &&
        task_start(errand->task, errand->job.asker, err))
        return errand;
    errand_free(errand);
    return NULL;
}

const struct json_value *errand_answer(struct errand *errand, struct error *err)
{
    struct arena *arena = &errand->task->arena;
    auto_free char *path = mem_text("%s/%s", errand->scratch, errand->answer);
    auto_buf struct buf text;
    struct error unread;
    buf_init(&text, ANSWER_BYTES_MAX);
    if (!fd_read_file(AT_FDCWD, path, &text, &unread)) {
        const char *why = task_trouble(errand->task);
        error_set(err, ERROR_INPUT, "%s", why[0] != '\0' ? why : "it left no answer");
        return NULL;
    }
    struct str kept = str_of(arena_string(arena, buf_str(&text)), text.len);
    return json_read(arena, kept, err);
}

const char *errand_shown(struct errand *errand, struct str text)
{
    auto_buf struct buf shown;
    buf_init(&shown, SHOWN_BYTES_MAX);
    text_escape(&shown, text, false);
    return arena_string(errand->job.arena, buf_str(&shown));
}

bool errand_take(struct errand *errand, struct error *err)
{
    return errand->take(errand, err);
}

void errand_cancel(struct errand *errand)
{
    if (errand != NULL)
        task_cancel(errand->task);
}

void errand_free(struct errand *errand)
{
    if (errand == NULL)
        return;
    task_free(errand->task);
    free(errand->scratch);
    free(errand);
}
