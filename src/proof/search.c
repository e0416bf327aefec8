#include "proof/search.h"

#include <fcntl.h>
#include <stdlib.h>
#include <sys/socket.h>

#include "base/json_read.h"
#include "base/json_write.h"
#include "base/mem.h"
#include "base/text.h"
#include "proof/suite_read.h"
#include "proof/task.h"
#include "sys/fd.h"

enum {
    OPTIONS_MAX = 1 << 20,
    LINE_BYTES_MAX = 64 << 10,
    PATIENCE_MS = 60000, /* more than the cap, for the worker to end by itself */
    WALL_MS = 3600000,
    GUEST_PROCESSES = 256,
};

#define MIB (INT64_C(1) << 20)

struct search {
    const struct proof_job *job;
    const char *scratch;
    struct task *worker, *guest;
    bool worker_ended, guest_ended, guest_ended_first;
    struct buf line; /* of the worker's output, that is not whole yet */
    void (*done)(void *cookie, struct search *search);
    void (*progress)(void *cookie, struct str line);
    void *cookie;
};

/* ---- what the worker says -------------------------------------------------------------------- */

static void hear(void *cookie, struct str bytes)
{
    struct search *search = cookie;
    for (size_t i = 0; i < bytes.len; i++) {
        if (bytes.ptr[i] != '\n') {
            buf_add_byte(&search->line, bytes.ptr[i]);
            continue;
        }
        if (!search->line.over)
            search->progress(search->cookie, buf_str(&search->line));
        buf_clear(&search->line);
    }
}

/* ---- the two boxes --------------------------------------------------------------------------- */

static void end_if_both(struct search *search)
{
    if (search->worker_ended && search->guest_ended)
        search->done(search->cookie, search);
}

/* Nobody asks the guest any more. */
static void on_worker(void *cookie, struct task *task)
{
    struct search *search = cookie;
    (void)task;
    search->worker_ended = true;
    if (!search->guest_ended)
        task_cancel(search->guest);
    end_if_both(search);
}

/* The worker meets the end of its channel. */
static void on_guest(void *cookie, struct task *task)
{
    struct search *search = cookie;
    (void)task;
    search->guest_ended = true;
    search->guest_ended_first = !search->worker_ended;
    end_if_both(search);
}

static void add_names(struct json_writer *json, const char *key, const struct words *names)
{
    json_key(json, key);
    json_array(json);
    for (uint32_t i = 0; i < names->count; i++)
        json_text(json, names->list[i]);
    json_array_end(json);
}

static void add_text(struct json_writer *json, const char *key, const char *text)
{
    json_key(json, key);
    json_text(json, text);
}

static void add_number(struct json_writer *json, const char *key, int64_t number)
{
    json_key(json, key);
    json_int(json, number);
}

static bool write_options(const struct search *search, struct error *err)
{
    const struct proof_job *job = search->job;
    const struct proof_options *options = job->options;
    const char *title = job->project->title, *import = job->module->import;
    struct arena *arena = &search->worker->arena;
    auto_buf struct buf text;
    struct json_writer json;
    buf_init(&text, OPTIONS_MAX);
    json_start(&json, &text);
    json_object(&json);
    add_text(&json, "root",
             arena_text(arena, BOX_IN "/%s%s%s", title, import[0] != '\0' ? "/" : "", import));
    add_text(&json, "module", job->module->name);
    add_text(&json, "path", arena_text(arena, BOX_IN "/%s/%s", title, job->module->path));
    add_text(&json, "visibility", options->visibility);
    add_names(&json, "only", &options->only);
    add_names(&json, "skip", &options->skip);
    add_number(&json, "fuel", options->fuel);
    add_number(&json, "seed", options->seed);
    add_number(&json, "executions", job->executions);
    add_number(&json, "tests_max", options->tests_max);
    add_number(&json, "cap_ms", job->cap_ms);
    json_object_end(&json);
    return task_set_input(search->worker, buf_str(&text), err);
}

/* It reads strangers' bytes: one process, no input but itself. */
static bool plan_worker(struct search *search, struct error *err)
{
    struct task *task = search->worker = task_new(on_worker, search);
    const struct proof_job *job = search->job;
    task->request.limits.value[LIMIT_MEMORY] = 1024 * MIB;
    task->request.limits.value[LIMIT_PROCESSES] = 1;
    task->request.limits.value[LIMIT_WALL] = job->cap_ms > 0 ? job->cap_ms + PATIENCE_MS : WALL_MS;
    task->request.limits.value[LIMIT_CPU] = WALL_MS;
    task_add_input(task, job->options->libexec, ".testudo");
    task_add_word(task, BOX_IN "/.testudo/testudo-worker");
    task_add_word(task, "testgen");
    task_add_out(task, "suite.json", search->scratch);
    task->io.hear = hear;
    task->io.hear_cookie = search;
    return write_options(search, err);
}

static void plan_guest(struct search *search)
{
    struct task *task = search->guest = task_new(on_guest, search);
    const struct proof_job *job = search->job;
    task->request.limits.value[LIMIT_WALL] = job->cap_ms > 0 ? job->cap_ms + PATIENCE_MS : WALL_MS;
    task->request.limits.value[LIMIT_CPU] = WALL_MS;
    task->request.limits.value[LIMIT_PROCESSES] = GUEST_PROCESSES;
    task_use_python(task, job->project->python);
    task_add_input(task, job->project->folder, job->project->title);
    task_add_input(task, job->options->libexec, ".testudo");
    task_add_word(task, "-s");
    task_add_word(task, BOX_IN "/.testudo/nursery");
    task_add_word(task, "3");
    task_add_env(task, "PYTHONHASHSEED=0");
    task_add_env(task, "PYTHONDONTWRITEBYTECODE=1");
    task_add_env(task, "TZ=UTC");
    task_add_env(task, "LC_ALL=C.UTF-8");
}

static bool begin(struct search *search, struct error *err)
{
    int ends[2];
    if (!plan_worker(search, err))
        return false;
    plan_guest(search);
    if (!fd_pair(SOCK_STREAM, ends, err))
        return false;
    auto_close int ours = ends[0], theirs = ends[1];
    search->worker->io.channels = &ours;
    search->guest->io.channels = &theirs;
    search->worker->io.channel_count = search->guest->io.channel_count = 1;
    return task_start(search->guest, search->job->asker, err) &&
           task_start(search->worker, search->job->asker, err);
}

struct search *search_start(const struct proof_job *job, const char *scratch,
                            void (*done)(void *cookie, struct search *search),
                            void (*progress)(void *cookie, struct str line), void *cookie,
                            struct error *err)
{
    struct search *search = mem_alloc(sizeof *search);
    *search = (struct search){
        .job = job, .scratch = scratch, .done = done, .progress = progress, .cookie = cookie};
    buf_init(&search->line, LINE_BYTES_MAX);
    if (begin(search, err))
        return search;
    search_drop(search);
    return NULL;
}

void search_cancel(struct search *search)
{
    if (search == NULL)
        return;
    task_cancel(search->worker);
    task_cancel(search->guest);
}

void search_drop(struct search *search)
{
    if (search == NULL)
        return;
    task_free(search->worker);
    task_free(search->guest);
    buf_done(&search->line);
    free(search);
}

/* ---- what came of it ------------------------------------------------------------------------- */

/* {"error": text} is the last line of a worker that failed. */
static const char *worker_words(struct search *search)
{
    struct arena *arena = &search->worker->arena;
    struct str rest = search->worker->result.run.out.head, line;
    const char *words = "";
    if (search->worker->result.run.out.tail.len > 0)
        rest = search->worker->result.run.out.tail;
    while (str_take_line(&rest, &line)) {
        struct error unheard;
        auto_arena struct arena room;
        arena_init(&room, 1 << 20);
        const struct json_value *error = json_get(json_read(&room, line, &unheard), "error");
        if (error != NULL && error->kind == JSON_STRING)
            words = arena_string(arena, error->text);
    }
    return words;
}

static const char *trouble_of(struct search *search)
{
    struct arena *arena = &search->worker->arena;
    const char *worker = task_trouble(search->worker), *guest = "";
    if (search->guest_ended_first)
        guest = task_trouble(search->guest);
    const char *words = worker_words(search);
    if (worker[0] == '\0')
        return NULL;
    if (guest[0] != '\0')
        return arena_text(arena, "%s (%s)", words[0] != '\0' ? words : "the guest ended", guest);
    return words[0] != '\0' ? words : worker;
}

static bool read_suite(struct search *search, struct error *err)
{
    struct tested_module *module = search->job->module;
    auto_buf struct buf text;
    auto_free char *path = mem_text("%s/suite.json", search->scratch);
    buf_init(&text, SUITE_BYTES_MAX);
    if (!fd_read_file(AT_FDCWD, path, &text, err))
        return false;
    return suite_read(&module->arena, buf_str(&text), &module->suite, err);
}

static const char *shown(struct arena *arena, const char *text)
{
    auto_buf struct buf out;
    buf_init(&out, 2048);
    text_escape(&out, str_from(text), false);
    return arena_string(arena, buf_str(&out));
}

void search_take(struct search *search)
{
    struct tested_module *module = search->job->module;
    struct error err = {};
    const char *trouble = trouble_of(search);
    module->has_suite = read_suite(search, &err);
    if (trouble == NULL && !module->has_suite)
        trouble = err.text;
    if (trouble != NULL)
        module->trouble = shown(&module->arena, trouble);
    module->written = test_suite_cases(&module->suite, CASE_KEPT);
}
