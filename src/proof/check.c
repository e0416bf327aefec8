#include "proof/check.h"

#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/random.h>
#include <sys/stat.h>

#include "base/mem.h"
#include "lang/source.h"
#include "proof/coverage_read.h"
#include "proof/task.h"
#include "sys/fd.h"

#define WITNESS_FOLDER BOX_IN "/.testudo/witness"
#define CLOCK_LIBRARY BOX_IN "/.testudo/clock.so"

enum { CHECK_WALL_MS = 180000, CONFTEST_MAX = 8192 };

const struct perturb perturbs[] = {
#define PERTURB(name, hash, zone, locale, order, seed, clock, cpus, elsewhere)                     \
    {name, hash, zone, locale, order, seed, clock, cpus, elsewhere},
#include "proof/perturb.def"
#undef PERTURB
};
const int perturb_count = COUNT_OF(perturbs);

struct check {
    const struct proof_job *job;
    const struct perturb *under;
    unsigned cause;
    struct task *task;
    const char *scratch;
    char nonce[33];
    char *told, *planted;
    void (*done)(void *cookie, struct check *check);
    void *cookie;
};

static void on_task(void *cookie, struct task *task)
{
    struct check *check = cookie;
    (void)task;
    check->done(check->cookie, check);
}

static bool make_nonce(char nonce[33], struct error *err)
{
    uint64_t numbers[2];
    if (getrandom(numbers, sizeof numbers, 0) != sizeof numbers)
        return error_sys(err, "make a random number");
    snprintf(nonce, 33, "%016" PRIx64 "%016" PRIx64, numbers[0], numbers[1]);
    return true;
}

/* ---- what lies in the box -------------------------------------------------------------------- */

static bool is_elsewhere(const struct check *check)
{
    return check->under != NULL && check->under->elsewhere;
}

/* The project's folder among the inputs. */
static const char *title_of(const struct check *check)
{
    const char *title = check->job->project->title;
    return is_elsewhere(check) ? arena_text(&check->task->arena, "moved-%s", title) : title;
}

/* Nobody who is not told can know the file's name before the run. */
static void add_conftest(struct check *check)
{
    const char *import = check->job->module->import;
    auto_buf struct buf text;
    buf_init(&text, CONFTEST_MAX);
    buf_printf(&text,
               "import sys\n%s"
               "sys.path[:0] = [\"" WITNESS_FOLDER "\", \"" BOX_IN "/%s%s%s\"]\n"
               "import testudo_witness\n"
               "testudo_witness.begin({\"path\": \"" BOX_WORK "/%s\", \"order\": %d, "
               "\"seed\": %d})\n"
               "from testudo_witness import *\n",
               is_elsewhere(check) ? "import os, tempfile\nos.chdir(tempfile.mkdtemp())\n" : "",
               title_of(check), import[0] != '\0' ? "/" : "", import, check->told,
               check->under != NULL ? check->under->order : 0,
               check->under != NULL ? check->under->seed : 0);
    task_add_file(check->task, "suite/conftest.py", buf_str(&text));
}

/* A run in which this one is said to have passed is a forgery. */
static void add_planted(struct check *check)
{
    auto_buf struct buf text, name;
    buf_init(&text, 1024);
    buf_init(&name, 256);
    buf_printf(&text,
               "def test_%s_fails():\n    assert False\n\n\n"
               "def test_%s_passes():\n    assert True\n",
               check->nonce, check->nonce + 16);
    buf_printf(&name, "suite/%s", check->planted);
    task_add_file(check->task, name.data, buf_str(&text));
}

static void add_suite(struct check *check, struct str text)
{
    auto_buf struct buf name;
    buf_init(&name, 1024);
    buf_printf(&name, "suite/%s", check->job->module->file);
    task_add_file(check->task, name.data, text);
}

const char *check_hash_seed(const struct proof_job *job, const struct perturb *under,
                            struct arena *arena)
{
    uint64_t mixed = (uint64_t)job->options->seed * 2654435761u + (uint64_t)under->seed;
    return str_is(str_from(under->hash_seed), "random")
               ? arena_text(arena, "%" PRIu64, mixed % 4294967295u)
               : under->hash_seed;
}

static void set_variable(struct task *task, const char *name, const char *value)
{
    if (value != NULL)
        task_add_env(task, arena_text(&task->arena, "%s=%s", name, value));
}

static void perturb(struct check *check)
{
    const struct perturb *under = check->under;
    struct task *task = check->task;
    struct arena *arena = &task->arena;
    if (under->hash_seed != NULL)
        set_variable(task, "PYTHONHASHSEED", check_hash_seed(check->job, under, arena));
    set_variable(task, "TZ", under->zone);
    set_variable(task, "LC_ALL", under->locale);
    if (under->clock != 0) {
        task_add_env(task, "LD_PRELOAD=" CLOCK_LIBRARY);
        task_add_env(task, arena_text(arena, "TESTUDO_CLOCK=%" PRId64, under->clock));
    }
    if (under->cpus != 0)
        task->request.limits.value[LIMIT_CPUS] = under->cpus;
}

static struct check *check_new(const struct proof_job *job, const char *scratch,
                               void (*done)(void *cookie, struct check *check), void *cookie)
{
    struct check *check = mem_alloc(sizeof *check);
    *check = (struct check){.job = job, .scratch = scratch, .done = done, .cookie = cookie};
    check->task = task_new(on_task, check);
    check->task->request.limits.value[LIMIT_WALL] = CHECK_WALL_MS;
    task_use_python(check->task, job->project->python);
    task_add_input(check->task, job->options->libexec, ".testudo");
    return check;
}

void check_free(struct check *check)
{
    if (check == NULL)
        return;
    task_free(check->task);
    free(check->told);
    free(check->planted);
    free(check);
}

void check_cancel(struct check *check)
{
    if (check != NULL)
        task_cancel(check->task);
}

bool check_is_slowed(const struct check *check)
{
    return check->under != NULL && check->under->cpus != 0;
}

static void add_pytest(struct task *task)
{
    static const char *const words[] = {"-m", "pytest", "-q", "-p", "no:cacheprovider", "suite"};
    for (size_t i = 0; i < COUNT_OF(words); i++)
        task_add_word(task, words[i]);
}

struct check *check_start(const struct proof_job *job, const char *scratch, struct str text,
                          const struct perturb *under,
                          void (*done)(void *cookie, struct check *check), void *cookie,
                          struct error *err)
{
    return check_start_alone(job, scratch, text, under, 0, done, cookie, err);
}

struct check *check_start_alone(const struct proof_job *job, const char *scratch, struct str text,
                                const struct perturb *under, unsigned cause,
                                void (*done)(void *cookie, struct check *check), void *cookie,
                                struct error *err)
{
    struct check *check = check_new(job, scratch, done, cookie);
    check->under = under;
    check->cause = cause;
    task_add_input(check->task, job->project->source, title_of(check));
    if (!make_nonce(check->nonce, err)) {
        check_free(check);
        return NULL;
    }
    check->told = mem_text("%s.jsonl", check->nonce);
    check->planted = mem_text("test_%.8s.py", check->nonce);
    add_conftest(check);
    add_suite(check, text);
    add_planted(check);
    add_pytest(check->task);
    if (under != NULL)
        perturb(check);
    task_add_out(check->task, check->told, scratch);
    if (task_start(check->task, job->asker, err))
        return check;
    check_free(check);
    return NULL;
}

/* ---- what came of it ------------------------------------------------------------------------- */

static bool read_scratch(const struct check *check, const char *name, struct buf *out)
{
    struct error unheard;
    auto_free char *path = mem_text("%s/%s", check->scratch, name);
    return fd_read_file(AT_FDCWD, path, out, &unheard);
}

/* A single change that is looked at alone is in no table. */
static int rank_of(const struct check *check)
{
    return check->under != NULL && check->cause == 0 ? (int)(check->under - perturbs) : 0;
}

const char *check_judge(struct check *check, struct witness *ret_witness)
{
    struct tested_module *module = check->job->module;
    auto_buf struct buf told;
    buf_init(&told, WITNESS_BYTES_MAX);
    *ret_witness = (struct witness){.module_file = module->file,
                                    .planted_file = check->planted,
                                    .suite = &module->suite,
                                    .arena = &module->arena,
                                    .rank = rank_of(check),
                                    .cause = check->cause,
                                    .under = check->under != NULL ? check->under->name : NULL};
    (void)read_scratch(check, check->told, &told);
    witness_read(ret_witness, buf_str(&told));
    if (witness_is_whole(ret_witness))
        return NULL;
    if (!ret_witness->began || check->task->failed)
        return arena_text(&module->arena, "pytest did not begin: %s", task_trouble(check->task));
    if (!ret_witness->collected)
        return arena_text(&module->arena, "pytest cannot read the suite: %s", ret_witness->why);
    if (ret_witness->ended && !ret_witness->planted_failed)
        return "a test that was planted to fail was told to have passed: the results are forged";
    return arena_text(&module->arena, "pytest broke off: %s", task_trouble(check->task));
}

/* ---- coverage -------------------------------------------------------------------------------- */

struct check *check_start_coverage(const struct proof_job *job, const char *scratch,
                                   struct str text, void (*done)(void *cookie, struct check *check),
                                   void *cookie, struct error *err)
{
    struct check *check = check_new(job, scratch, done, cookie);
    struct task *task = check->task;
    check->told = mem_text("coverage.json");
    task_add_input(task, job->project->source, job->project->title);
    if (!make_nonce(check->nonce, err)) {
        check_free(check);
        return NULL;
    }
    auto_free char *conftest = mem_text(
        "import sys\nsys.dont_write_bytecode = True\n"
        "sys.path.insert(0, \"" BOX_IN "/%s%s%s\")\n",
        job->project->title, job->module->import[0] != '\0' ? "/" : "", job->module->import);
    task_add_file(task, "suite/conftest.py", str_from(conftest));
    add_suite(check, text);
    task_add_word(task, WITNESS_FOLDER "/testudo_cover.py");
    task_add_word(task, check->told);
    task_add_word(task, arena_text(&task->arena, BOX_IN "/%s", job->project->title));
    task_add_word(task, job->module->path);
    task_add_word(task, "--");
    task_add_word(task, "-q");
    task_add_word(task, "-p");
    task_add_word(task, "no:cacheprovider");
    task_add_word(task, "suite");
    task_add_out(task, check->told, scratch);
    if (task_start(task, job->asker, err))
        return check;
    check_free(check);
    return NULL;
}

void check_take_coverage(struct check *check)
{
    auto_buf struct buf text;
    buf_init(&text, WITNESS_BYTES_MAX);
    if (read_scratch(check, check->told, &text))
        coverage_read(check->job->module, buf_str(&text));
}
