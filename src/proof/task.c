#include "proof/task.h"

#include <assert.h>
#include <stdlib.h>

#include "base/mem.h"
#include "base/text.h"
#include "lang/lang.h"
#include "model/words.h"
#include "sys/fd.h"

enum { TASK_ARENA_BYTES = 256 << 20, FILES_ROOM = 4096, INPUTS_ROOM = 8, OUTS_ROOM = 8 };

struct task *task_new(void (*done)(void *cookie, struct task *task), void *cookie)
{
    struct task *task = mem_alloc(sizeof *task);
    *task = (struct task){.input = -1, .done = done, .cookie = cookie};
    arena_init(&task->arena, TASK_ARENA_BYTES);
    run_result_init(&task->result);
    task->io = (struct run_io){.stdin_fd = -1, .cancel_fd = -1};
    task->request.profile = profile_find(STR("project"));
    task->request.limits = limits_of_profile(task->request.profile);
    task->request.compile_limits = task->request.limits;
    task->request.files = arena_alloc(&task->arena, FILES_ROOM * sizeof *task->request.files);
    task->request.inputs = arena_alloc(&task->arena, INPUTS_ROOM * sizeof *task->request.inputs);
    task->request.outs = arena_alloc(&task->arena, OUTS_ROOM * sizeof *task->request.outs);
    return task;
}

void task_free(struct task *task)
{
    if (task == NULL)
        return;
    run_free(task->run);
    fd_close_at(&task->input);
    run_result_done(&task->result);
    arena_done(&task->arena);
    free(task);
}

/* ---- what it is to do ------------------------------------------------------------------------ */

void task_add_word(struct task *task, const char *word)
{
    words_add(&task->request.command, &task->arena, arena_string(&task->arena, str_from(word)));
}

void task_add_env(struct task *task, const char *entry)
{
    words_add(&task->request.env, &task->arena, arena_string(&task->arena, str_from(entry)));
}

void task_add_file(struct task *task, const char *name, struct str content)
{
    assert(task->request.file_count < FILES_ROOM);
    task->request.files[task->request.file_count++] =
        (struct request_file){.name = arena_string(&task->arena, str_from(name)),
                              .content = str_of(arena_string(&task->arena, content), content.len)};
}

void task_add_input(struct task *task, const char *path, const char *name)
{
    assert(task->request.input_count < INPUTS_ROOM);
    task->request.inputs[task->request.input_count++] = (struct request_input){
        arena_string(&task->arena, str_from(path)), arena_string(&task->arena, str_from(name))};
}

void task_add_out(struct task *task, const char *name, const char *folder)
{
    assert(task->request.out_count < OUTS_ROOM);
    task->request.outs[task->request.out_count++] = (struct request_out){
        arena_string(&task->arena, str_from(name)), arena_string(&task->arena, str_from(folder))};
}

bool task_set_input(struct task *task, struct str bytes, struct error *err)
{
    fd_replace(&task->input, fd_memory("testudo-input", bytes, err));
    task->io.stdin_fd = task->input;
    return task->input >= 0;
}

void task_use_python(struct task *task, const char *interpreter)
{
    task->request.language = "python";
    task->request.interpreter = interpreter;
    task->request.of_language = true;
}

/* ---- doing it -------------------------------------------------------------------------------- */

static void on_run(void *cookie, struct run *run)
{
    struct task *task = cookie;
    task->failed = !run_take(run, &task->result, &task->error);
    task->done(task->cookie, task);
}

bool task_start(struct task *task, struct asker *asker, struct error *err)
{
    if (!lang_plan(&task->request, &task->arena, &task->plan, err))
        return false;
    task->run = run_start(asker, &task->plan, &task->io, on_run, task, err);
    return task->run != NULL;
}

void task_cancel(struct task *task)
{
    if (task != NULL && task->run != NULL)
        run_cancel(task->run);
}

static struct str last_line(struct str text)
{
    struct str line, last = {};
    while (str_take_line(&text, &line))
        if (str_trim(line).len > 0)
            last = str_trim(line);
    return last;
}

/* What an interpreter says last is what is wrong. */
static const char *last_words(struct task *task)
{
    auto_buf struct buf shown;
    const struct run_output *said = &task->result.run.err;
    struct str line = last_line(said->tail.len > 0 ? said->tail : said->head);
    buf_init(&shown, 300);
    text_escape(&shown, line, false);
    return arena_string(&task->arena, buf_str(&shown));
}

const char *task_trouble(struct task *task)
{
    if (task->failed)
        return task->error.text;
    if (task->result.run.verdict == VERDICT_OK)
        return "";
    const char *words = last_words(task);
    return words[0] == '\0' ? task->result.message
                            : arena_text(&task->arena, "%s: %s", task->result.message, words);
}
