/* testudo test: modules in, a suite that has been proven and reports out. */
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/mem.h"
#include "cli/cli.h"
#include "cli/test_budget.h"
#include "cli/test_course.h"
#include "cli/test_files.h"
#include "cli/test_options.h"
#include "lang/venv.h"
#include "model/verdict.h"
#include "proof/modules.h"
#include "report/report.h"
#include "sys/fd.h"

enum { SNIPPET_BYTES_MAX = 4 << 20, SAID_BYTES_MAX = 1 << 20 };

struct testing {
    struct test_options options;
    struct tested_project project;
    struct test_files files;
    struct arena arena;
    int64_t begun_ns;
};

/* ---- before ---------------------------------------------------------------------------------- */

static bool is_snippet(const struct testing *t)
{
    return strcmp(t->options.targets.list[0], "-") == 0;
}

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
    t->project.is_snippet = true;
    return true;
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
    t->project.since = t->options.since;
    choose_python(t);
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
    if (t->project.own.failed > 0)
        return 1;
    return t->options.fail_on_suspicions && all.suspicions > 0 ? 1 : 0;
}

/* A wrong target leaves no folder behind. */
static bool open_all(struct testing *t, struct error *err)
{
    if (!is_snippet(t))
        return find_modules(t, err) &&
               test_files_open(&t->files, t->options.report, &t->arena, err);
    return test_files_open(&t->files, t->options.report, &t->arena, err) && take_snippet(t, err) &&
           find_modules(t, err);
}

static bool work(struct testing *t, int *ret_status, struct error *err)
{
    t->begun_ns = clock_now_ns();
    if (!open_all(t, err))
        return false;
    const struct test_course course = {&t->options, &t->project, &t->files, &t->arena, t->begun_ns};
    bool ok = test_course_run(&course, err);
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
                       (long long)test_budget_of(&t->options, &t->project, module));
        buf_add_byte(&out, '\n');
    }
    return cli_print(buf_str(&out), err);
}

static void testing_free(struct testing **at)
{
    struct testing *t = *at;
    test_files_close(&t->files);
    for (uint32_t i = 0; i < t->project.module_count; i++)
        arena_done(&t->project.modules[i].arena);
    arena_done(&t->arena);
    free(t);
}

static struct testing *testing_new(void)
{
    struct testing *t = mem_alloc(sizeof *t);
    *t = (struct testing){};
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
        "Exit status: 0; 1 the project's own tests fail, or suspicions with --fail-on suspicions;\n"
        "125 wrong usage or our own failure; 130 canceled (what was proven by then is in the "
        "report).\n",
    .options = &test_option_table,
    .run = run,
};
