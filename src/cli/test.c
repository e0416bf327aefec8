/* testudo test: modules in, a suite that has been proven and reports out. */
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/mem.h"
#include "base/text.h"
#include "cli/cancel.h"
#include "cli/cli.h"
#include "cli/test_files.h"
#include "cli/test_options.h"
#include "lang/venv.h"
#include "model/verdict.h"
#include "proof/modules.h"
#include "proof/proof.h"
#include "report/report.h"
#include "role/broker.h"
#include "run/asker.h"
#include "sys/fd.h"
#include "sys/spread.h"

enum { FUEL = 20000, SNIPPET_BYTES_MAX = 4 << 20, SAID_BYTES_MAX = 1 << 20, READY_MAX = 4 };

struct testing {
    struct test_options options;
    struct tested_project project;
    struct proof_options proof;
    struct test_files files;
    struct arena arena;
    struct loop *loop;
    struct private_broker broker;
    struct asker *asker;
    struct proof **proofs; /* those that work, by module */
    int jobs, cancel_fd, running;
    uint32_t next, ended;
    bool shows_progress, failed;
    int64_t begun_ns, shown_ns;
    struct error error;
};

/* ---- progress -------------------------------------------------------------------------------- */

static void say(const struct testing *t, const char *line)
{
    struct error unheard;
    if (t->shows_progress)
        (void)fd_write_all(STDERR_FILENO, str_from(line), &unheard);
}

/* One line that is written over and over, ten times a second at most. */
static void on_moved(void *cookie, struct proof *proof)
{
    enum { BETWEEN_NS = 100000000 };
    struct testing *t = cookie;
    const struct proof_state *state = proof_state(proof);
    char line[200];
    int64_t now = clock_now_ns();
    if (!t->shows_progress || now - t->shown_ns < BETWEEN_NS)
        return;
    t->shown_ns = now;
    snprintf(line, sizeof line,
             "\r\033[K[%u/%u] %.40s: %s, %lld executions, goals %lld/%lld, mutants %lld/%lld",
             t->ended, t->project.module_count, proof_module(proof)->path,
             proof_stage_words[state->stage], (long long)state->executions,
             (long long)state->covered, (long long)state->goals, (long long)state->killed,
             (long long)state->mutants);
    say(t, line);
}

/* ---- the course ------------------------------------------------------------------------------ */

static void pump(struct testing *t);

static void on_proof(void *cookie, struct proof *proof)
{
    struct testing *t = cookie;
    for (uint32_t i = 0; i < t->project.module_count; i++)
        if (t->proofs[i] == proof)
            t->proofs[i] = NULL;
    proof_free(proof);
    t->running--;
    t->ended++;
    pump(t);
}

/* What is left of the time is shared by the modules that are left; a part of each share is for
 * proving what has been found. */
static int64_t cap_of_search(const struct testing *t)
{
    enum { RESERVE_MS = 3500, RESERVE_PERCENT = 25 };

    if (t->options.seconds == 0)
        return 0;
    int64_t left = t->options.seconds * 1000 - (clock_now_ns() - t->begun_ns) / 1000000;
    int64_t modules = t->project.module_count - t->next;
    int64_t share = modules > t->jobs ? left * t->jobs / modules : left;
    int64_t reserve = share * RESERVE_PERCENT / 100;
    if (reserve < RESERVE_MS)
        reserve = share < 2 * RESERVE_MS ? share / 2 : RESERVE_MS;
    return share - reserve;
}

static void skip_module(struct testing *t, const char *why)
{
    t->project.modules[t->next++].trouble = why;
    t->ended++;
}

static void begin_module(struct testing *t)
{
    enum { WORTHWHILE_MS = 200 };
    struct tested_module *module = &t->project.modules[t->next];
    int64_t cap = cap_of_search(t);
    if (t->options.seconds > 0 && cap < WORTHWHILE_MS) {
        module->suite.cut = true;
        skip_module(t, "cut off by time before it began");
        return;
    }
    const struct proof_job job = {
        .asker = t->asker,
        .options = &t->proof,
        .project = &t->project,
        .module = module,
        .executions = test_options_budget(&t->options, module->lines),
        .cap_ms = cap,
        .done = on_proof,
        .moved = on_moved,
        .cookie = t,
    };
    struct error err = {};
    struct proof *proof = proof_start(&job, &err);
    if (proof == NULL) {
        skip_module(t, arena_text(&t->arena, "%s", err.text));
        return;
    }
    t->proofs[t->next++] = proof;
    t->running++;
}

static void pump(struct testing *t)
{
    while (t->running < t->jobs && t->next < t->project.module_count && !t->project.canceled)
        begin_module(t);
    uint32_t left = t->project.module_count - t->ended;
    t->proof.width = left > 0 && (int)left < t->jobs ? (t->jobs + (int)left - 1) / (int)left : 1;
    if (t->running == 0)
        loop_stop(t->loop);
}

static void on_begin(void *cookie)
{
    pump(cookie);
}

static void on_cancel(void *cookie)
{
    struct testing *t = cookie;
    t->project.canceled = true;
    loop_remove(t->loop, t->cancel_fd);
    while (t->next < t->project.module_count)
        skip_module(t, "canceled before it began");
    for (uint32_t i = 0; i < t->project.module_count; i++)
        if (t->proofs[i] != NULL)
            proof_cancel(t->proofs[i]);
    if (t->running == 0)
        loop_stop(t->loop);
}

static bool go_through(struct testing *t, struct error *err)
{
    struct loop_timer begin = {};
    t->cancel_fd = cancel_open(err);
    if (t->cancel_fd < 0 || !broker_start_private(&t->broker, err))
        return false;
    t->loop = loop_new(err);
    if (t->loop == NULL)
        return false;
    t->asker = asker_new(t->broker.socket, t->loop, err);
    if (t->asker == NULL || !loop_add(t->loop, t->cancel_fd, EPOLLIN, on_cancel, t, err) ||
        !asker_want(t->asker, WARM_PYTEST, t->jobs < READY_MAX ? t->jobs : READY_MAX, err))
        return false;
    t->proofs = arena_alloc(&t->arena, t->project.module_count * sizeof(struct proof *));
    loop_set_timer(t->loop, &begin, 0, on_begin, t);
    return loop_run(t->loop, err);
}

/* ---- before ---------------------------------------------------------------------------------- */

/* A snippet is a project of one module, which is importable as user_code. */
static bool take_snippet(struct testing *t, struct error *err)
{
    auto_buf struct buf code;
    buf_init(&code, SNIPPET_BYTES_MAX);
    const char *folder = arena_text(&t->arena, "%s/user_code", t->files.folder);
    if (!fd_read_all(STDIN_FILENO, &code, err))
        return error_wrap(err, "read the code from standard input");
    if (mkdir(folder, 0755) < 0 && access(folder, W_OK) < 0)
        return error_sys(err, "make the folder %s", folder);
    const char *path = arena_text(&t->arena, "%s/user_code.py", folder);
    auto_close int to = fd_open(AT_FDCWD, path, O_WRONLY | O_CREAT | O_TRUNC, 0644, err);
    auto_close int sign = fd_open(AT_FDCWD, arena_text(&t->arena, "%s/setup.cfg", folder),
                                  O_WRONLY | O_CREAT | O_TRUNC, 0644, err);
    if (to < 0 || sign < 0 || !fd_write_all(to, buf_str(&code), err))
        return false;
    t->options.targets.list[0] = path;
    return true;
}

static bool is_snippet(const struct testing *t)
{
    return strcmp(t->options.targets.list[0], "-") == 0;
}

static void choose_python(struct testing *t)
{
    static const char *const names[] = {".venv", "venv"};
    t->project.python = t->options.python;
    for (size_t i = 0; t->project.python == NULL && i < COUNT_OF(names); i++) {
        const char *path = arena_text(&t->arena, "%s/%s", t->project.folder, names[i]);
        if (venv_is_one(&t->arena, path))
            t->project.python = path;
    }
}

static bool find_modules(struct testing *t, struct error *err)
{
    const struct modules_wish wish = {t->options.targets, t->options.exclude};
    if (!modules_find(&wish, &t->arena, &t->project, err))
        return false;
    t->project.seed = t->options.seed;
    choose_python(t);
    return true;
}

static int count_jobs(const struct testing *t)
{
    struct spread here = spread_begin();
    return t->options.jobs > 0 ? t->options.jobs : here.useful ? CPU_COUNT(&here.allowed) : 1;
}

static bool prepare(struct testing *t, struct error *err)
{
    const char *libexec = proof_find_libexec(&t->arena, err);
    if (libexec == NULL)
        return false;
    t->jobs = count_jobs(t);
    t->proof = (struct proof_options){
        .libexec = libexec,
        .scratch = t->files.work,
        .seed = t->options.seed,
        .fuel = FUEL,
        .tests_max = (uint32_t)t->options.tests_max,
        .visibility = t->options.visibility,
        .only = t->options.only,
        .skip = t->options.skip,
        .width = 1,
    };
    return true;
}

/* ---- after ----------------------------------------------------------------------------------- */

static bool show(struct testing *t, struct error *err)
{
    auto_buf struct buf out;
    buf_init(&out, SAID_BYTES_MAX);
    if (t->options.quiet)
        return true;
    if (!t->options.json) {
        report_write_summary(&out, &t->project, t->options.report);
        return cli_print(buf_str(&out), err);
    }
    auto_free char *path = mem_text("%s/report.json", t->files.folder);
    out.max = 1 << 30;
    return fd_read_file(AT_FDCWD, path, &out, err) && cli_print(buf_str(&out), err);
}

static int status_of(const struct testing *t)
{
    struct tested_sums all = tested_sum_all(&t->project);
    if (t->project.canceled)
        return verdict_exit_status(VERDICT_CANCELED, 0, 0);
    return t->options.fail_on_suspicions && all.suspicions > 0 ? 1 : 0;
}

/* A wrong target leaves no folder behind. */
static bool open_all(struct testing *t, struct error *err)
{
    if (!is_snippet(t))
        return find_modules(t, err) &&
               test_files_open(&t->files, t->options.report, &t->arena, err) && prepare(t, err);
    return test_files_open(&t->files, t->options.report, &t->arena, err) && take_snippet(t, err) &&
           find_modules(t, err) && prepare(t, err);
}

static bool work(struct testing *t, int *ret_status, struct error *err)
{
    t->begun_ns = clock_now_ns();
    if (!open_all(t, err))
        return false;
    bool ok = go_through(t, err);
    say(t, "\r\033[K");
    t->project.all_ns = clock_now_ns() - t->begun_ns;
    if (!ok || !test_files_write(&t->files, &t->project, &t->arena, err))
        return false;
    *ret_status = status_of(t);
    return show(t, err);
}

static bool show_list(struct testing *t, struct error *err)
{
    auto_buf struct buf out;
    buf_init(&out, SAID_BYTES_MAX);
    if (is_snippet(t))
        return error_set(err, ERROR_USAGE, "--list and --dry-run name modules of files");
    if (!find_modules(t, err))
        return false;
    if (t->options.dry_run)
        buf_printf(&out, "project   %s\npython    %s\nreport    %s\n", t->project.folder,
                   t->project.python != NULL ? t->project.python : "the system's",
                   t->options.report);
    for (uint32_t i = 0; i < t->project.module_count; i++) {
        const struct tested_module *module = &t->project.modules[i];
        buf_printf(&out, "%s  %s, %u lines", module->path, module->name, module->lines);
        if (t->options.dry_run)
            buf_printf(&out, ", %lld executions",
                       (long long)test_options_budget(&t->options, module->lines));
        buf_add_byte(&out, '\n');
    }
    return cli_print(buf_str(&out), err);
}

static void testing_free(struct testing **at)
{
    struct testing *t = *at;
    for (uint32_t i = 0; t->proofs != NULL && i < t->project.module_count; i++)
        proof_free(t->proofs[i]);
    asker_free(t->asker);
    loop_free(t->loop);
    broker_end(&t->broker);
    fd_close_at(&t->cancel_fd);
    test_files_close(&t->files);
    for (uint32_t i = 0; i < t->project.module_count; i++)
        arena_done(&t->project.modules[i].arena);
    arena_done(&t->arena);
    free(t);
}

static struct testing *testing_new(void)
{
    struct testing *t = mem_alloc(sizeof *t);
    *t = (struct testing){.cancel_fd = -1, .broker = {-1, 0}};
    arena_init(&t->arena, TEST_ARENA_BYTES);
    return t;
}

static int run(int argc, char **argv)
{
    struct error err = {};
    int status = 0;
    __attribute__((cleanup(testing_free))) struct testing *t = testing_new();
    if (!test_options_read(argc, argv, &t->arena, &t->options, &err))
        return cli_fail(&err, option_wants_json(argc, argv));
    if (t->options.help)
        return cli_show_help(&command_test);
    t->shows_progress = isatty(STDERR_FILENO) == 1 && !t->options.json && !t->options.quiet;
    bool ok = t->options.list || t->options.dry_run ? show_list(t, &err) : work(t, &status, &err);
    return ok ? status : cli_fail(&err, t->options.json);
}

const struct command command_test = {
    .name = "test",
    .summary = "write tests for Python modules, and prove them",
    .usage = "test [OPTION...] FILE.py|FOLDER...\n"
             "test [OPTION...] - < CODE\n",
    .examples =
        "Every module is searched in boxes for inputs that behave differently; what it does with "
        "them\n"
        "becomes tests, which are kept if they pass in plain pytest, go on passing under other "
        "hash\n"
        "seeds, orders, clocks, zones and locales, and cover a branch or tell a mutant apart.\n"
        "\n"
        "  testudo test wallet.py                  one module; the suite is in "
        "testudo-report/suite\n"
        "  testudo test .                          all modules of a project\n"
        "  testudo test src --exclude 'legacy/**'  without some of them\n"
        "  testudo test wallet.py --only Wallet    one class\n"
        "  testudo test . --seconds 60             ends within a minute\n"
        "  testudo test . --effort thorough        takes its time: more branches, more mutants\n"
        "  testudo test - < snippet.py             code on standard input, as module user_code\n"
        "  pytest testudo-report/suite             the suite is plain pytest\n"
        "\n"
        "The same source, seed and effort give the same bytes, unless --seconds cuts it off.\n"
        "\n"
        "Exit status: 0; 1 suspicions, with --fail-on suspicions; 130 canceled (what was proven "
        "by\n"
        "then is in the report); 125 wrong usage or our own failure.\n",
    .options = &test_option_table,
    .run = run,
};
