/* testudo run: one plan through a broker of our own. */
#include "cli/cli.h"

#include <errno.h>
#include <stdio.h>
#include <unistd.h>

#include "cli/batch.h"
#include "cli/builds_open.h"
#include "cli/cancel.h"
#include "cli/permit.h"
#include "cli/run_deps.h"
#include "cli/run_options.h"
#include "cli/run_output.h"
#include "lang/lang.h"
#include "role/broker.h"
#include "run/run.h"
#include "sys/console.h"
#include "sys/fd.h"

enum { SAID_BYTES_MAX = 256 << 20 };

static const char usage[] = "run [OPTION...] FILE|FOLDER [ARGUMENT...]\n"
                            "run [OPTION...] -c CODE --lang NAME [ARGUMENT...]\n"
                            "run [OPTION...] - --lang NAME < CODE\n"
                            "run [OPTION...] -- PROGRAM [ARGUMENT...]\n"
                            "run [OPTION...] --tty --lang NAME\n"
                            "run --batch FILE|- [--jobs N] [--ordered] [--out-dir DIR]\n";

static const char examples[] =
    "Options come before the source; what follows it belongs to the program. Sizes are written\n"
    "64M or 1.5G, times 500ms, 5s or 2m. The folder of a source comes along, read-only, as\n"
    "/in/NAME; the program starts in /work, which is its own and empty but for links to that.\n"
    "\n"
    "  testudo run hello.py                       a script; its siblings can be imported\n"
    "  testudo run --wall 5s --memory 64M a.py 7  limits of its own, one argument\n"
    "  testudo run -c 'print(6*7)' --lang python  a piece of code\n"
    "  testudo run --entry main.py project/       a folder, and which file of it starts\n"
    "  testudo run --out '*.png' plot.py          brings back what it drew\n"
    "  testudo run --input data x.py              read-only, as /in/data\n"
    "  testudo run --json -- /usr/bin/env         the result as one JSON object\n"
    "  testudo run --explain -- touch /usr/mine   why does that fail in a box?\n"
    "  testudo run --tty --lang python            a prompt; --tty -- bash is a shell\n"
    "  testudo run --policy snippet a.py          not, if it reaches beyond computing\n"
    "  testudo run --with numpy==2.1 a.py         installs it once, and keeps it\n"
    "  testudo run --batch jobs.jsonl --jobs 4    many requests, one JSON object a line\n"
    "\n"
    "With --tty the program has a terminal of its own: Ctrl-C, Ctrl-Z and its size reach it.\n"
    "Colours and cursor moves come out; what makes a terminal answer, or changes more than its\n"
    "picture, does not. TERM comes along, limits are the profile terminal's; Ctrl-] three times "
    "ends it.\n"
    "\n"
    "A line of a batch is a run request, such as\n"
    "  {\"language\": \"python\", \"code\": \"print(1)\", \"limits\": {\"wall_ms\": 1000}}\n"
    "and gives a line with its result and its \"index\", as they end; or it is a chain of them, "
    "as\n"
    "testudo chain --help says. Its fields: id, code, command,\n"
    "entry, language, version, args, stdin, cwd, image, files, inputs, env, profile, limits,\n"
    "compile_limits, accept_missing, network, out, cold, no_store, explain. What \"out\" brings "
    "back goes "
    "to\n"
    "DIR/INDEX. Exit status of a batch: 0 when every line gave a result, 125 otherwise.\n"
    "\n"
    "Exit status: the program's own; 128+N when signal N ended it; 124 out of time, 137 out of\n"
    "memory or far too much output, 126 refused by policy, 130 canceled, 125 wrong usage or our\n"
    "own failure.\n";

/* ---- showing what came of it ---------------------------------------------------------------- */

static bool show_json(const struct run_options *options, const struct run_result *result,
                      struct error *err)
{
    auto_buf struct buf out;
    buf_init(&out, RUN_JSON_BYTES_MAX);
    run_json_result(result, options->request.explain, NULL, &out);
    if (out.over)
        return error_set(err, ERROR_LIMIT, "the result has more than 1 GiB as JSON");
    return cli_print(buf_str(&out), err);
}

static bool show_lines(const struct run_options *options, const struct run_result *result,
                       struct error *err)
{
    auto_buf struct buf out;
    buf_init(&out, SAID_BYTES_MAX);
    run_say_end(result, options->verbose, &out);
    run_say_missing(result, options->request.accept_missing, &out);
    if (options->request.explain)
        run_say_refusals(result, &out);
    if (fd_write_all(STDERR_FILENO, buf_str(&out), err) || err->number == EPIPE)
        return true;
    return error_wrap(err, "write to standard error");
}

static bool show_plan(const struct run_options *options, const struct plan *plan, struct error *err)
{
    auto_buf struct buf out;
    buf_init(&out, RUN_JSON_BYTES_MAX);
    if (options->json)
        run_json_plan(plan, &out);
    else
        run_say_plan(plan, &out);
    return cli_print(buf_str(&out), err);
}

/* ---- running -------------------------------------------------------------------------------- */

static void close_console(struct console **console)
{
    console_close(*console);
}

/* Told only where somebody reads along. */
static void tell_prepares(const char *what)
{
    fprintf(stderr, "testudo: %s is prepared, once\n", what);
}

static bool carry_out(const struct run_options *options, int broker, const struct plan *plan,
                      int *ret_status, struct error *err)
{
    __attribute__((cleanup(close_console))) struct console *console = NULL;
    if (plan->terminal && (console = console_open(err)) == NULL)
        return false;
    int stdin_fd = -1;
    if (!run_options_open_stdin(options, &stdin_fd, err))
        return false;
    auto_close int own_stdin = stdin_fd > STDERR_FILENO ? stdin_fd : -1;
    auto_close int cancel = cancel_open(err);
    if (cancel < 0)
        return false;
    __attribute__((cleanup(builds_close))) struct store *store =
        plan->has_compile && !plan->no_store ? builds_open_for_runs() : NULL;
    struct run_io io = {
        .console = console,
        .store = store,
        .prepares = isatty(STDERR_FILENO) == 1 || options->verbose ? tell_prepares : NULL,
        .stdin_fd = own_stdin >= 0 ? own_stdin : stdin_fd,
        .stream = !options->json,
        .escape_stdout = isatty(STDOUT_FILENO) == 1,
        .escape_stderr = isatty(STDERR_FILENO) == 1,
        .cancel_fd = cancel,
    };
    __attribute__((cleanup(run_result_done))) struct run_result result;
    run_result_init(&result);
    if (!run_plan(broker, plan, &io, &result, err))
        return false;
    const struct run_stage *last = run_result_last(&result);
    *ret_status = verdict_exit_status(last->verdict, last->exit_code, last->signal);
    return options->json ? show_json(options, &result, err) : show_lines(options, &result, err);
}

/* What is refused has a result, too; nothing was in force, because nothing has run. */
static bool show_refused(const struct run_options *options, const char *why, int *ret_status,
                         struct error *err)
{
    __attribute__((cleanup(run_result_done))) struct run_result result;
    run_result_init(&result);
    result.message = why;
    result.language = options->request.language;
    result.run.verdict = VERDICT_POLICY;
    *ret_status = verdict_exit_status(VERDICT_POLICY, 0, 0);
    return options->json ? show_json(options, &result, err) : show_lines(options, &result, err);
}

/* A look at the source needs a box of its own, before the one for the program. */
static bool look_first(struct run_options *options, struct arena *arena, struct permit *ret,
                       struct error *err)
{
    const struct policy *policy;
    return permit_find_policy(options->policy != NULL ? options->policy : "none", arena, &policy,
                              err) &&
           permit_request(&options->request, policy, options->ask, arena, ret, err);
}

/* The broker prepares while we read files and look for toolchains: so it comes first. */
static bool run_with_broker(struct run_options *options, struct arena *arena, int *ret_status,
                            struct error *err)
{
    struct plan plan;
    if (options->dry_run)
        return run_options_load(options, STDIN_FILENO, arena, err) &&
               lang_plan(&options->request, arena, &plan, err) && show_plan(options, &plan, err);
    struct permit permit = {.given = true};
    bool looks = options->policy != NULL || options->ask;
    if (looks && (!run_options_load(options, STDIN_FILENO, arena, err) ||
                  !look_first(options, arena, &permit, err)))
        return false;
    if (!permit.given)
        return show_refused(options, permit.why, ret_status, err);
    __attribute__((cleanup(deps_done))) struct deps deps = {.layer = {.hold = -1}};
    __attribute__((cleanup(broker_end))) struct private_broker broker = {-1, 0};
    return broker_start_private(&broker, err) &&
           (looks || run_options_load(options, STDIN_FILENO, arena, err)) &&
           run_deps_settle(options, arena, &deps, err) &&
           lang_plan(&options->request, arena, &plan, err) &&
           carry_out(options, broker.socket, &plan, ret_status, err);
}

static int run(int argc, char **argv)
{
    struct error err = {};
    struct run_options options = {};
    auto_arena struct arena arena;
    arena_init(&arena, RUN_ARENA_BYTES);
    if (!run_options_read(argc, argv, &arena, &options, &err))
        return cli_fail(&err, option_wants_json(argc, argv));
    if (options.help)
        return cli_show_help(&command_run);
    int status = 0;
    if (options.batch.path != NULL)
        return batch_run(&options.batch, &batch_of_runs);
    if (!run_with_broker(&options, &arena, &status, &err))
        return cli_fail(&err, options.json);
    return status;
}

const struct command command_run = {
    .name = "run",
    .summary = "run a script, a piece of code or a program in a box",
    .usage = usage,
    .examples = examples,
    .options = &run_option_table,
    .run = run,
};
