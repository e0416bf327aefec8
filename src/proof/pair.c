#include "proof/pair.h"

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

struct pair {
    const struct proof_job *job;
    const char *scratch;
    struct task *worker, *guest;
    bool worker_ended, guest_ended, guest_ended_first;
    struct buf line; /* of the worker's output, that is not whole yet */
    void (*done)(void *cookie, struct pair *pair);
    void (*progress)(void *cookie, struct str line);
    void *cookie;
};

/* ---- what the worker says -------------------------------------------------------------------- */

static void hear(void *cookie, struct str bytes)
{
    struct pair *pair = cookie;
    for (size_t i = 0; i < bytes.len; i++) {
        if (bytes.ptr[i] != '\n') {
            buf_add_byte(&pair->line, bytes.ptr[i]);
            continue;
        }
        if (!pair->line.over)
            pair->progress(pair->cookie, buf_str(&pair->line));
        buf_clear(&pair->line);
    }
}

/* ---- the two boxes --------------------------------------------------------------------------- */

static void end_if_both(struct pair *pair)
{
    if (pair->worker_ended && pair->guest_ended)
        pair->done(pair->cookie, pair);
}

/* Nobody asks the guest any more. */
static void on_worker(void *cookie, struct task *task)
{
    struct pair *pair = cookie;
    (void)task;
    pair->worker_ended = true;
    if (!pair->guest_ended)
        task_cancel(pair->guest);
    end_if_both(pair);
}

/* The worker meets the end of its channel. */
static void on_guest(void *cookie, struct task *task)
{
    struct pair *pair = cookie;
    (void)task;
    pair->guest_ended = true;
    pair->guest_ended_first = !pair->worker_ended;
    end_if_both(pair);
}

static void add_names(struct json_writer *json, const char *key, const struct words *names)
{
    json_key(json, key);
    json_array(json);
    for (uint32_t i = 0; i < names->count; i++)
        json_text(json, names->list[i]);
    json_array_end(json);
}

static bool write_options(const struct pair *pair, struct error *err)
{
    const struct proof_job *job = pair->job;
    const struct proof_options *options = job->options;
    const char *title = job->project->title, *import = job->module->import;
    struct arena *arena = &pair->worker->arena;
    auto_buf struct buf text;
    struct json_writer json;
    buf_init(&text, OPTIONS_MAX);
    json_start(&json, &text);
    json_object(&json);
    json_add_text(&json, "root",
                  arena_text(arena, BOX_IN "/%s%s%s", title, import[0] != '\0' ? "/" : "", import));
    json_add_text(&json, "module", job->module->name);
    json_add_text(&json, "path", arena_text(arena, BOX_IN "/%s/%s", title, job->module->path));
    json_add_text(&json, "visibility", options->visibility);
    add_names(&json, "only", job->module->only != NULL ? job->module->only : &options->only);
    add_names(&json, "skip", &options->skip);
    json_add_int(&json, "fuel", options->fuel);
    json_add_int(&json, "seed", options->seed);
    json_add_int(&json, "executions", job->executions);
    json_add_int(&json, "tests_max", options->tests_max);
    json_add_int(&json, "cap_ms", job->cap_ms);
    json_object_end(&json);
    return task_set_input(pair->worker, buf_str(&text), err);
}

/* It reads strangers' bytes: one process, no input but itself. */
static bool plan_worker(struct pair *pair, struct error *err)
{
    struct task *task = pair->worker = task_new(on_worker, pair);
    const struct proof_job *job = pair->job;
    task->request.limits.value[LIMIT_MEMORY] = 1024 * MIB;
    task->request.limits.value[LIMIT_PROCESSES] = 1;
    task->request.limits.value[LIMIT_WALL] = job->cap_ms > 0 ? job->cap_ms + PATIENCE_MS : WALL_MS;
    task->request.limits.value[LIMIT_CPU] = WALL_MS;
    task_add_input(task, job->options->libexec, ".testudo");
    task_add_word(task, BOX_IN "/.testudo/testudo-worker");
    task_add_word(task, "testgen");
    task_add_out(task, "suite.json", pair->scratch);
    task->io.hear = hear;
    task->io.hear_cookie = pair;
    return write_options(pair, err);
}

static void plan_guest(struct pair *pair)
{
    struct task *task = pair->guest = task_new(on_guest, pair);
    const struct proof_job *job = pair->job;
    task->request.limits.value[LIMIT_WALL] = job->cap_ms > 0 ? job->cap_ms + PATIENCE_MS : WALL_MS;
    task->request.limits.value[LIMIT_CPU] = WALL_MS;
    task->request.limits.value[LIMIT_PROCESSES] = GUEST_PROCESSES;
    task_use_python(task, job->project->python);
    task_add_input(task, job->project->source, job->project->title);
    task_add_input(task, job->options->libexec, ".testudo");
    task_add_word(task, "-s");
    task_add_word(task, BOX_IN "/.testudo/nursery");
    task_add_word(task, "3");
    task_add_env(task, "PYTHONHASHSEED=0");
    task_add_env(task, "PYTHONDONTWRITEBYTECODE=1");
    task_add_env(task, "TZ=UTC");
    task_add_env(task, "LC_ALL=C.UTF-8");
}

static bool begin(struct pair *pair, struct error *err)
{
    int ends[2];
    if (!plan_worker(pair, err))
        return false;
    plan_guest(pair);
    if (!fd_pair(SOCK_STREAM, ends, err))
        return false;
    auto_close int ours = ends[0], theirs = ends[1];
    pair->worker->io.channels = &ours;
    pair->guest->io.channels = &theirs;
    pair->worker->io.channel_count = pair->guest->io.channel_count = 1;
    return task_start(pair->guest, pair->job->asker, err) &&
           task_start(pair->worker, pair->job->asker, err);
}

struct pair *pair_start(const struct proof_job *job, const char *scratch,
                        void (*done)(void *cookie, struct pair *pair),
                        void (*progress)(void *cookie, struct str line), void *cookie,
                        struct error *err)
{
    struct pair *pair = mem_alloc(sizeof *pair);
    *pair = (struct pair){
        .job = job, .scratch = scratch, .done = done, .progress = progress, .cookie = cookie};
    buf_init(&pair->line, LINE_BYTES_MAX);
    if (begin(pair, err))
        return pair;
    pair_free(pair);
    return NULL;
}

void pair_cancel(struct pair *pair)
{
    if (pair == NULL)
        return;
    task_cancel(pair->worker);
    task_cancel(pair->guest);
}

void pair_free(struct pair *pair)
{
    if (pair == NULL)
        return;
    task_free(pair->worker);
    task_free(pair->guest);
    buf_done(&pair->line);
    free(pair);
}

/* ---- what came of it ------------------------------------------------------------------------- */

/* {"error": text} is the last line of a worker that failed. */
static const char *worker_words(struct pair *pair)
{
    struct arena *arena = &pair->worker->arena;
    struct str rest = pair->worker->result.run.out.head, line;
    const char *words = "";
    if (pair->worker->result.run.out.tail.len > 0)
        rest = pair->worker->result.run.out.tail;
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

static const char *trouble_of(struct pair *pair)
{
    struct arena *arena = &pair->worker->arena;
    const char *worker = task_trouble(pair->worker), *guest = "";
    if (pair->guest_ended_first)
        guest = task_trouble(pair->guest);
    const char *words = worker_words(pair);
    if (worker[0] == '\0')
        return NULL;
    if (guest[0] != '\0')
        return arena_text(arena, "%s (%s)", words[0] != '\0' ? words : "the guest ended", guest);
    return words[0] != '\0' ? words : worker;
}

static bool read_suite(struct pair *pair, struct error *err)
{
    struct tested_module *module = pair->job->module;
    auto_buf struct buf text;
    auto_free char *path = mem_text("%s/suite.json", pair->scratch);
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

void pair_take(struct pair *pair)
{
    struct tested_module *module = pair->job->module;
    struct error err = {};
    const char *trouble = trouble_of(pair);
    module->has_suite = read_suite(pair, &err);
    if (trouble == NULL && !module->has_suite)
        trouble = err.text;
    if (trouble != NULL)
        module->trouble = shown(&module->arena, trouble);
    module->written = test_suite_cases(&module->suite, CASE_KEPT);
}
