/* testudo chain: several runs that belong together, through a broker of our own. */
#include "cli/builds_open.h"
#include "cli/cli.h"

#include <errno.h>
#include <unistd.h>

#include "base/mem.h"
#include "cli/cancel.h"
#include "cli/chain_options.h"
#include "cli/chain_output.h"
#include "cli/permit.h"
#include "lang/lang.h"
#include "model/request_read.h"
#include "role/broker.h"
#include "run/chain.h"
#include "sys/fd.h"

enum { SAID_BYTES_MAX = 256 << 20 };

/* A plan of each part; what they come to is bounded by the request. */
static const size_t plan_bytes_max = (size_t)CHAIN_STEPS_MAX << 26;

static const char usage[] = "chain [-v|-n|--json] PART --then PART [--then|--also PART...]\n"
                            "chain [-v|-n|--json] PART --pipe PART [--pipe PART...]\n"
                            "chain [-v|-n|--json] PART --talk PART\n"
                            "chain [-v|-n|--json] --request FILE|- [--out-dir DIR]\n";

static const char examples[] =
    "A part is what testudo run takes: options, then a source with its arguments, or -- and a\n"
    "program of the host. Each part has a box of its own, with limits and a verdict of its own.\n"
    "\n"
    "  testudo chain gen.py --then solve.c --then -- sort out.txt\n"
    "      steps: each finds in /work what the one before has left there\n"
    "  testudo chain gen.py --then --memory 64M solve.py --also --out 'log*' -- ls -l\n"
    "      --also goes on however the step before it ends\n"
    "  testudo chain gen.py --then --lang bash -c 'gcc -o m m.c && ./m'\n"
    "      what one step writes, the next one compiles\n"
    "  testudo chain -- seq 9 --pipe sum.py --pipe --lang perl -c 'print <STDIN>'\n"
    "      a pipeline: side by side, each in its box\n"
    "  testudo chain judge.py 5 --talk --wall 2s solution.cpp\n"
    "      two that talk: each reads what the other one writes\n"
    "  testudo chain --json --request work.json\n"
    "\n"
    "A step that does not end well ends the chain. Of a step's folder files, folders and links "
    "are\n"
    "handed on, not fifos, sockets and devices, nor setuid bits. Processes begin when all of them\n"
    "have been compiled; the first that ends badly decides, but not one that was ended by writing\n"
    "to a process that had all it wanted. Standard input is the first part's.\n"
    "\n"
    "The words --then, --also, --pipe and --talk part the chain wherever they stand. Who lets\n"
    "strangers choose words writes a request instead, of which testudo run --batch takes one a "
    "line:\n"
    "  {\"steps\": [{\"language\": \"python\", \"code\": \"open('n','w').write('7')\"},\n"
    "             {\"command\": [\"cat\", \"n\"], \"may_fail\": true}]}\n"
    "  {\"pipes\": [{\"command\": [\"seq\", \"9\"]}, {\"command\": [\"wc\", \"-l\"]}], \"ring\": "
    "false}\n"
    "An entry of a later step may be a file that an earlier one makes.\n"
    "\n"
    "Exit status: as of testudo run, by the part that decided; 125 when one could not be carried\n"
    "out.\n";

/* ---- showing what came of it ---------------------------------------------------------------- */

static bool show_result(const struct chain_options *options, const struct chain_result *result,
                        struct error *err)
{
    auto_buf struct buf out;
    buf_init(&out, options->json ? RUN_JSON_BYTES_MAX : SAID_BYTES_MAX);
    if (options->json)
        chain_json_result(result, &options->request, NULL, &out);
    else
        chain_say_result(result, &options->request, options->verbose, &out);
    if (options->json && out.over)
        return error_set(err, ERROR_LIMIT, "the result has more than 1 GiB as JSON");
    if (options->json)
        return cli_print(buf_str(&out), err);
    return fd_write_all(STDERR_FILENO, buf_str(&out), err) || err->number == EPIPE ||
           error_wrap(err, "write to standard error");
}

static bool show_plan(const struct chain_options *options, const struct chain_plan *plan,
                      struct error *err)
{
    auto_buf struct buf out;
    buf_init(&out, RUN_JSON_BYTES_MAX);
    if (options->json)
        chain_json_plan(plan, &out);
    else
        chain_say_plan(plan, &out);
    return cli_print(buf_str(&out), err);
}

/* ---- planning ------------------------------------------------------------------------------- */

static bool make_plan(const struct chain_request *request, struct arena *arena,
                      struct chain_plan *ret_plan, struct error *err)
{
    struct chain_plan plan = {request->kind, request->ring, request->count, NULL};
    plan.parts = arena_alloc(arena, request->count * sizeof *plan.parts);
    for (uint32_t i = 0; i < request->count; i++) {
        plan.parts[i].may_fail = request->parts[i].may_fail;
        if (!lang_plan(&request->parts[i].request, arena, &plan.parts[i].plan, err))
            return error_wrap(err, "%s %u", chain_part_word(request->kind), i + 1);
    }
    *ret_plan = plan;
    return true;
}

/* ---- policies ------------------------------------------------------------------------------- */

static bool looks_first(const struct chain_options *options)
{
    for (uint32_t i = 0; options->parts != NULL && i < options->request.count; i++)
        if (options->parts[i].policy != NULL || options->parts[i].ask)
            return true;
    return false;
}

/* All are looked at before any of them begins. */
static bool ask_for_permits(const struct chain_options *options, struct arena *arena,
                            struct permit *ret, uint32_t *ret_part, struct error *err)
{
    *ret = (struct permit){.given = true};
    for (uint32_t i = 0; i < options->request.count && ret->given; i++) {
        const struct run_options *part = &options->parts[i];
        const struct policy *policy;
        *ret_part = i;
        if (!permit_find_policy(part->policy != NULL ? part->policy : "none", arena, &policy,
                                err) ||
            !permit_request(&part->request, policy, part->ask, arena, ret, err))
            return error_wrap(err, "part %u", i + 1);
    }
    return true;
}

/* Nothing was in force, because nothing has run. */
static bool show_refused(const struct chain_options *options, const char *why, uint32_t part,
                         int *ret_status, struct error *err)
{
    __attribute__((cleanup(chain_result_done))) struct chain_result result;
    const struct chain_request *request = &options->request;
    chain_result_init(&result);
    result.kind = request->kind;
    result.count = request->count;
    result.ends = arena_alloc(&result.arena, request->count * sizeof *result.ends);
    for (uint32_t i = 0; i < request->count; i++)
        result.ends[i].why = "was not begun: another part was refused";
    struct chain_end *refused = &result.ends[part];
    run_result_init(&refused->result);
    refused->state = CHAIN_RAN;
    refused->result.message = why;
    refused->result.language = request->parts[part].request.language;
    refused->result.run.verdict = result.verdict = VERDICT_POLICY;
    result.speaker = part;
    result.message =
        arena_text(&result.arena, "%s %u %s", chain_part_word(request->kind), part + 1, why);
    *ret_status = verdict_exit_status(VERDICT_POLICY, 0, 0);
    return show_result(options, &result, err);
}

/* ---- running -------------------------------------------------------------------------------- */

struct inputs {
    uint32_t count;
    int fds[CHAIN_STEPS_MAX];
};

static void close_inputs(struct inputs *inputs)
{
    for (uint32_t i = 0; i < inputs->count; i++)
        if (inputs->fds[i] > STDERR_FILENO)
            close(inputs->fds[i]);
}

static int status_of(const struct chain_result *result)
{
    return result->broken ? EXIT_STATUS_TROUBLE
                          : verdict_exit_status(result->verdict, result->exit_code, result->signal);
}

static bool carry_out(const struct chain_options *options, int broker,
                      const struct chain_plan *plan, int *ret_status, struct error *err)
{
    __attribute__((cleanup(close_inputs))) struct inputs inputs = {options->request.count, {}};
    for (uint32_t i = 0; i < inputs.count; i++)
        inputs.fds[i] = -1;
    if (!chain_options_open_inputs(options, inputs.fds, err))
        return false;
    auto_close int cancel = cancel_open(err);
    if (cancel < 0)
        return false;
    __attribute__((cleanup(builds_close))) struct store *store = builds_open_for_runs();
    const struct chain_io io = {
        .stdin_fds = inputs.fds,
        .store = store,
        .stream = !options->json,
        .escape_stdout = isatty(STDOUT_FILENO) == 1,
        .escape_stderr = isatty(STDERR_FILENO) == 1,
        .cancel_fd = cancel,
    };
    __attribute__((cleanup(chain_result_done))) struct chain_result result;
    chain_result_init(&result);
    if (!chain_run(broker, plan, &io, &result, err))
        return false;
    *ret_status = status_of(&result);
    return show_result(options, &result, err);
}

/* The broker prepares while we read files and look for toolchains. */
static bool run_with_broker(struct chain_options *options, struct arena *arena, int *ret_status,
                            struct error *err)
{
    struct chain_plan plan;
    struct permit permit = {.given = true};
    uint32_t refused = 0;
    auto_arena struct arena room;
    arena_init(&room, plan_bytes_max);
    bool looks = looks_first(options) && !options->dry_run;
    if (options->dry_run)
        return chain_options_load(options, arena, err) &&
               make_plan(&options->request, &room, &plan, err) && show_plan(options, &plan, err);
    if (looks && (!chain_options_load(options, arena, err) ||
                  !ask_for_permits(options, arena, &permit, &refused, err)))
        return false;
    if (!permit.given)
        return show_refused(options, permit.why, refused, ret_status, err);
    __attribute__((cleanup(broker_end))) struct private_broker broker = {-1, 0};
    return broker_start_private(&broker, err) &&
           (looks || chain_options_load(options, arena, err)) &&
           make_plan(&options->request, &room, &plan, err) &&
           carry_out(options, broker.socket, &plan, ret_status, err);
}

static int run(int argc, char **argv)
{
    struct error err = {};
    struct chain_options options = {};
    auto_arena struct arena arena;
    arena_init(&arena, REQUEST_ARENA_BYTES);
    if (!chain_options_read(argc, argv, &arena, &options, &err))
        return cli_fail(&err, option_wants_json(argc, argv));
    if (options.help)
        return cli_show_help(&command_chain);
    int status = 0;
    if (!run_with_broker(&options, &arena, &status, &err))
        return cli_fail(&err, options.json);
    return status;
}

const struct command command_chain = {
    .name = "chain",
    .summary = "run several together: steps over one work folder, or joined by pipes",
    .usage = usage,
    .examples = examples,
    .options = &chain_option_table,
    .run = run,
};
