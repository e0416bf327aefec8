#include "run/run.h"

#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/clock.h"
#include "run/boxed.h"
#include "run/files.h"
#include "run/verdict.h"
#include "sys/fd.h"

enum { BOX_COMPILE = 1, BOX_RUN = 2 };

/* What goes into a box before it starts. */
struct filling {
    const struct plan *plan;
    int program; /* what the compiler made, or -1 */
};

static bool fill(int work, void *cookie, struct error *err)
{
    const struct filling *filling = cookie;
    const struct plan *plan = filling->plan;
    if (filling->program >= 0 && !files_put_program(work, plan->artifact, filling->program,
                                                    plan->run.limits.value[LIMIT_DISK], err))
        return false;
    return files_put(work, plan->files, plan->file_count, err);
}

static bool has_files(const struct filling *filling)
{
    return filling->program >= 0 || filling->plan->file_count > 0;
}

/* ---- the spec ------------------------------------------------------------------------------- */

static void close_inputs(struct box_spec *spec)
{
    for (uint32_t i = 0; i < spec->input_count; i++)
        fd_close_at(&spec->inputs[i].fd);
}

static bool open_inputs(const struct plan *plan, struct box_spec *spec, struct error *err)
{
    if (plan->folder_count > BOX_INPUTS_MAX)
        return error_set(err, ERROR_LIMIT, "%u input folders, at most %d fit", plan->folder_count,
                         BOX_INPUTS_MAX);
    for (uint32_t i = 0; i < plan->folder_count; i++) {
        const struct plan_folder *folder = &plan->folders[i];
        int fd = fd_open(AT_FDCWD, folder->path, O_RDONLY | O_DIRECTORY, 0, err);
        if (fd < 0) {
            err->kind = ERROR_INPUT;
            return error_stage(err, "files");
        }
        spec->inputs[spec->input_count++] = (struct box_input){folder->kind, folder->target, fd};
    }
    return true;
}

static bool make_spec(const struct plan *plan, const struct plan_step *step, struct box_spec *spec,
                      struct error *err)
{
    *spec = (struct box_spec){
        .argv = step->argv,
        .env = step->env,
        .cwd = step->cwd,
        .image = plan->image,
        .bare = plan->bare != NULL ? plan->bare : "",
        .limits = step->limits,
        .accept_missing = plan->accept_missing,
        .network = plan->network,
        .noexec = step->noexec,
        .explain = plan->explain,
        .link_count = plan->link_count,
        .links = plan->links,
    };
    return open_inputs(plan, spec, err);
}

/* ---- one step ------------------------------------------------------------------------------- */

struct step_run {
    const struct plan *plan;
    const struct plan_step *step;
    const struct run_io *io;
    int broker;
    uint32_t id;
    int program;
};

static bool run_step(const struct step_run *run, struct run_result *result,
                     struct run_stage *ret_stage, int *ret_work, int64_t *prepare_ns,
                     struct error *err)
{
    struct filling filling = {run->plan, run->program};
    __attribute__((cleanup(close_inputs))) struct box_spec spec = {};
    int64_t begun = clock_now_ns();
    if (!make_spec(run->plan, run->step, &spec, err))
        return false;
    struct boxed_job job = {
        .broker = run->broker,
        .id = run->id,
        .spec = &spec,
        .io = run->io,
        .reads = run->id == BOX_RUN,
        .stream = run->io->stream,
        .all_to_err = run->id == BOX_COMPILE,
        .fill = has_files(&filling) ? fill : NULL,
        .cookie = &filling,
    };
    struct boxed_outcome outcome;
    if (!boxed_run(&job, result, &outcome, err))
        return false;
    *ret_stage = (struct run_stage){.out = outcome.out, .err = outcome.err, .end = outcome.end};
    run_judge(ret_stage, &run->step->limits);
    result->isolation = outcome.isolation;
    *prepare_ns += outcome.ready_ns - begun;
    *ret_work = outcome.work;
    return true;
}

/* ---- the whole ------------------------------------------------------------------------------ */

static bool make_id(struct run_result *result, struct error *err)
{
    uint64_t number;
    if (getrandom(&number, sizeof number, 0) != sizeof number)
        return error_sys(err, "make a random number");
    snprintf(result->id, sizeof result->id, "%016" PRIx64, number);
    return true;
}

/* What the compiler made, for the second box; a compiler that says all is well and makes nothing
 * has failed all the same, and its own words are the best answer there is. */
static int take_program(const struct plan *plan, struct run_result *result, int work)
{
    struct error none;
    int program =
        files_open_out(work, plan->artifact, plan->compile.limits.value[LIMIT_DISK], &none);
    if (program < 0)
        result->compile.verdict = VERDICT_FAILED;
    return program;
}

static bool compile(const struct plan *plan, const struct run_io *io, int broker,
                    struct run_result *result, int *ret_program, struct error *err)
{
    struct step_run step = {plan, &plan->compile, io, broker, BOX_COMPILE, -1};
    auto_close int work = -1;
    int64_t begun = clock_now_ns();
    if (!run_step(&step, result, &result->compile, &work, &result->prepare_ns, err))
        return error_wrap(err, "compile");
    result->compiled = true;
    result->compile_ns = clock_now_ns() - begun;
    if (result->compile.verdict == VERDICT_OK)
        *ret_program = take_program(plan, result, work);
    return true;
}

static bool run_and_collect(const struct plan *plan, const struct run_io *io, int broker,
                            int program, struct run_result *result, struct error *err)
{
    struct step_run step = {plan, &plan->run, io, broker, BOX_RUN, program};
    auto_close int work = -1;
    if (!run_step(&step, result, &result->run, &work, &result->prepare_ns, err))
        return false;
    result->ran = true;
    result->run_ns = result->run.end.wall_ns;
    int64_t begun = clock_now_ns();
    bool ok = files_collect(work, plan->outs, plan->out_count, plan->run.limits.value[LIMIT_DISK],
                            result, err);
    result->collect_ns = clock_now_ns() - begun;
    return ok;
}

static bool carry_out(const struct plan *plan, const struct run_io *io, int broker,
                      struct run_result *result, struct error *err)
{
    auto_close int program = -1;
    if (!make_id(result, err))
        return false;
    result->language = plan->language;
    result->version = plan->version;
    result->image = plan->image;
    result->limits = plan->run.limits;
    if (plan->has_compile && !compile(plan, io, broker, result, &program, err))
        return false;
    if (plan->has_compile && program < 0) {
        result->limits = plan->compile.limits;
        return true;
    }
    return run_and_collect(plan, io, broker, program, result, err);
}

bool run_plan(int broker, const struct plan *plan, const struct run_io *io,
              struct run_result *ret_result, struct error *err)
{
    run_result_init(ret_result);
    if (!carry_out(plan, io, broker, ret_result, err)) {
        run_result_done(ret_result);
        return false;
    }
    ret_result->message = run_message(run_result_last(ret_result), &ret_result->limits,
                                      !ret_result->ran, &ret_result->arena);
    return true;
}
