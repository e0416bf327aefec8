#include "run/run.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/mem.h"
#include "base/text.h"
#include "run/asker.h"
#include "run/boxed.h"
#include "run/carry.h"
#include "run/files.h"
#include "run/kept.h"
#include "run/layered.h"
#include "run/verdict.h"
#include "sys/fd.h"

struct run {
    struct asker *asker;
    const struct plan *plan;
    struct run_io io;
    run_done *done;
    run_done *prepared; /* or NULL */
    void *cookie;

    struct run_result result;
    struct boxed *boxed; /* of the step that is under way */
    bool compiling;
    int program;            /* what the compiler made, or -1 */
    struct kept kept;       /* what the store has of it */
    struct layered layered; /* what the compiler can look up */
    int work;               /* what the program left, for who wants it; or -1 */
    int64_t step_ns;        /* when the step began */
    bool canceled, failed;
    struct error error;
};

/* Who cancels meanwhile is heard here: the loop waits for us. */
static bool carry_work(struct run *run, int work, struct error *err)
{
    const struct plan_step *step = run->compiling ? &run->plan->compile : &run->plan->run;
    const struct carry_bounds bounds = {
        .bytes_max = step->limits.value[LIMIT_DISK],
        .seconds_max = run->io.collect_seconds,
        .cancel_fd = run->io.cancel_fd,
    };
    bool stopped = false;
    if (!carry_over(run->io.carry, work, run->plan, &bounds, &run->result.carried, &stopped, err))
        return false;
    if (stopped)
        run_cancel(run);
    return true;
}

static bool carries(const struct run *run)
{
    return run->io.carry != NULL && run->io.carry->work >= 0;
}

/* What goes into a box before it starts. What is carried comes last: then nothing of a stranger's
 * lies in the way of our own files. */
static bool fill(int work, void *cookie, struct error *err)
{
    struct run *run = cookie;
    const struct plan *plan = run->plan;
    const struct stored *stored = run->kept.stored;
    if (run->program >= 0 && !files_put_program(work, plan->artifact, run->program,
                                                plan->run.limits.value[LIMIT_DISK], err))
        return false;
    if (stored != NULL && !files_put_made(work, plan->artifact, stored->program, err))
        return false;
    return files_put(work, plan->files, plan->file_count, err) &&
           (!carries(run) || carry_work(run, work, err));
}

static bool has_files(const struct run *run)
{
    return run->program >= 0 || run->kept.stored != NULL || run->plan->file_count > 0 ||
           carries(run);
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
        .cold = plan->cold || plan->terminal || plan->network == NETWORK_GATE,
        .argv = step->argv,
        .env = step->env,
        .cwd = step->cwd,
        .image = plan->image,
        .limits = step->limits,
        .accept_missing = plan->accept_missing,
        .network = plan->network,
        .noexec = step->noexec,
        .warm = step->warm,
        .explain = plan->explain,
        .terminal = plan->terminal && step == &plan->run,
        .link_count = plan->link_count,
        .links = plan->links,
    };
    return open_inputs(plan, spec, err);
}

static void add_channels(const struct run_io *io, struct box_spec *spec)
{
    assert(io->channel_count <= BOX_CHANNELS_MAX);
    spec->channel_count = io->channel_count;
    for (uint32_t i = 0; i < io->channel_count; i++)
        spec->channels[i] = io->channels[i];
}

/* The spec has fds of its own. */
static bool add_layer(const struct run *run, struct box_spec *spec, struct error *err)
{
    const struct plan_layer *layer = run->plan->layer;
    if (run->layered.folder < 0)
        return true;
    if (spec->input_count == BOX_INPUTS_MAX)
        return error_set(err, ERROR_LIMIT, "at most %d input folders fit", BOX_INPUTS_MAX);
    int fd = fd_duplicate(run->layered.folder, err);
    if (fd < 0)
        return false;
    spec->env = layer->env;
    spec->inputs[spec->input_count++] = (struct box_input){BOX_INPUT_FOLDER, layer->target, fd};
    return true;
}

/* ---- one step ------------------------------------------------------------------------------- */

static void on_box(void *cookie);
static void on_prepared(void *cookie);

static bool begin_step(struct run *run, const struct plan_step *step, struct error *err)
{
    __attribute__((cleanup(close_inputs))) struct box_spec spec = {};
    run->step_ns = clock_now_ns();
    if (!make_spec(run->plan, step, &spec, err))
        return false;
    if (!run->compiling)
        add_channels(&run->io, &spec);
    else if (!add_layer(run, &spec, err))
        return false;
    struct boxed_job job = {
        .spec = &spec,
        .io = &run->io,
        .reads = !run->compiling,
        .stream = run->io.stream,
        .all_to_err = run->compiling,
        .fill = has_files(run) ? fill : NULL,
        .prepared = run->io.is_held && !run->compiling ? on_prepared : NULL,
        .done = on_box,
        .cookie = run,
    };
    run->boxed = boxed_start(run->asker, &job, &run->result, err);
    return run->boxed != NULL;
}

/* The step's box is gone after this; of it stays what it wrote, and its work folder. */
static bool end_step(struct run *run, const struct plan_step *step, struct run_stage *ret_stage,
                     int *ret_work, struct error *err)
{
    struct boxed_outcome outcome;
    bool ok = boxed_take(run->boxed, &outcome, err);
    boxed_free(run->boxed);
    run->boxed = NULL;
    if (!ok)
        return false;
    *ret_stage = (struct run_stage){.out = outcome.out, .err = outcome.err, .end = outcome.end};
    run_judge(ret_stage, &step->limits);
    run->result.isolation = outcome.isolation;
    if (outcome.ready_ns > 0)
        run->result.prepare_ns += outcome.ready_ns - run->step_ns;
    *ret_work = outcome.work;
    return true;
}

/* ---- the two steps -------------------------------------------------------------------------- */

static void finish(struct run *run, bool ok)
{
    struct run_result *result = &run->result;
    run->failed = !ok;
    if (ok)
        result->message =
            run_message(run_result_last(result), &result->limits, !result->ran, &result->arena);
    run->done(run->cookie, run);
}

/* What the compiler made, for the second box; a compiler that says all is well and makes nothing
 * has failed all the same. That we cannot have one more open file is no fault of his. */
static bool take_program(struct run *run, int work, struct error *err)
{
    const struct plan *plan = run->plan;
    run->program =
        files_open_out(work, plan->artifact, plan->compile.limits.value[LIMIT_DISK], err);
    if (run->program >= 0)
        return true;
    if (err->number == EMFILE || err->number == ENFILE || err->number == ENOMEM)
        return false;
    run->result.compile.verdict = VERDICT_FAILED;
    return true;
}

static bool end_compile(struct run *run, struct error *err)
{
    struct run_result *result = &run->result;
    auto_close int work = -1;
    if (!end_step(run, &run->plan->compile, &result->compile, &work, err))
        return error_wrap(err, "compile");
    result->compiled = true;
    result->compile_ns = clock_now_ns() - run->step_ns;
    if (run->canceled)
        result->compile.verdict = VERDICT_CANCELED; /* as it ended: the second box is not begun */
    run->compiling = false;
    if (result->compile.verdict == VERDICT_OK && !take_program(run, work, err))
        return error_wrap(err, "compile");
    if (run->program >= 0)
        kept_put(&run->kept, run->program, &result->compile);
    else
        kept_done(&run->kept); /* whoever waits for it hears that at once */
    if (run->kept.why_not.kind != ERROR_NONE)
        result->not_kept = arena_string(&result->arena, str_from(run->kept.why_not.text));
    return true;
}

static bool end_run(struct run *run, struct error *err)
{
    struct run_result *result = &run->result;
    const struct plan *plan = run->plan;
    auto_close int work = -1;
    if (!end_step(run, &plan->run, &result->run, &work, err))
        return false;
    result->ran = true;
    result->run_ns = result->run.end.wall_ns;
    if (work < 0)
        return true; /* ended before it was ready */
    if (run->io.keeps_work)
        fd_replace(&run->work, fd_duplicate(work, err));
    if (run->io.keeps_work && run->work < 0)
        return false;
    struct files_bounds bounds = {plan->run.limits.value[LIMIT_DISK], run->io.collect_seconds};
    int64_t begun = clock_now_ns();
    bool ok = files_collect(work, plan->outs, plan->out_count, &bounds, result, err) &&
              (run->io.keep == NULL || run->io.keep(run->io.keep_cookie, work, &result->run, err));
    result->collect_ns = clock_now_ns() - begun;
    return ok;
}

/* True: nothing is left to do. */
static bool end_without_program(struct run *run)
{
    if (run->program >= 0 || run->kept.stored != NULL)
        return false;
    run->result.limits = run->plan->compile.limits;
    return true;
}

static void on_prepared(void *cookie)
{
    struct run *run = cookie;
    assert(run->prepared != NULL);
    run->prepared(run->cookie, run);
}

/* Called outside of the box's own work, so that it may be freed. */
static void on_box(void *cookie)
{
    struct run *run = cookie;
    if (!run->compiling)
        finish(run, end_run(run, &run->error));
    else if (!end_compile(run, &run->error))
        finish(run, false);
    else if (end_without_program(run))
        finish(run, true);
    else if (!begin_step(run, &run->plan->run, &run->error))
        finish(run, false);
}

/* ---- what was compiled before --------------------------------------------------------------- */

/* All that a compiler says is told on stderr, as it was the first time. */
static bool repeat_said(const struct run_io *io, struct str said, struct error *err)
{
    auto_buf struct buf shown;
    buf_init(&shown, (size_t)STORE_SAID_MAX * 12);
    if (io->escape_stderr)
        text_escape(&shown, said, true);
    else
        buf_add_str(&shown, said);
    return fd_write_all(STDERR_FILENO, buf_str(&shown), err) || err->number == EPIPE;
}

static bool take_stored(struct run *run, struct error *err)
{
    const struct stored *stored = run->kept.stored;
    struct run_result *result = &run->result;
    struct run_stage *stage = &result->compile;
    stage->out.head =
        str_of(arena_copy(&result->arena, stored->out.ptr, stored->out.len), stored->out.len);
    stage->err.head =
        str_of(arena_copy(&result->arena, stored->err.ptr, stored->err.len), stored->err.len);
    stage->out.total_bytes = (int64_t)stored->out.len;
    stage->err.total_bytes = (int64_t)stored->err.len;
    stage->verdict = VERDICT_OK;
    stage->end.leader_ended = true;
    result->compiled = result->from_store = true;
    run->compiling = false;
    return !run->io.stream ||
           (repeat_said(&run->io, stored->out, err) && repeat_said(&run->io, stored->err, err));
}

static bool start_compiler(struct run *run, struct error *err)
{
    return begin_step(run, &run->plan->compile, err) || error_wrap(err, "compile");
}

static void end_unbegun(struct run *run)
{
    run->result.compile.verdict = VERDICT_CANCELED;
    run->result.compiled = true;
    run->compiling = false;
    run->result.limits = run->plan->compile.limits;
    finish(run, true);
}

static void on_layered(void *cookie)
{
    struct run *run = cookie;
    if (run->canceled)
        end_unbegun(run);
    else if (!start_compiler(run, &run->error))
        finish(run, false);
}

static bool uses_layer(const struct run *run)
{
    const struct plan *plan = run->plan;
    return plan->layer != NULL && run->io.store != NULL && !plan->no_store && !plan->cold &&
           !plan->explain;
}

static bool begin_compile(struct run *run, struct error *err)
{
    switch (run->kept.answer) {
    case KEPT_WAITS:
        return true;
    case KEPT_FOUND:
        return take_stored(run, err) && begin_step(run, &run->plan->run, err);
    case KEPT_MAKE:
        break;
    }
    if (uses_layer(run) && !layered_begin(&run->layered, run->asker, run->plan, &run->io,
                                          run->io.store, on_layered, run))
        return true;
    return start_compiler(run, err);
}

/* Another run compiled the same, and has ended, or will not. */
static void on_decided(void *cookie)
{
    struct run *run = cookie;
    run->result.waited_ns = kept_waited_ns(&run->kept);
    if (run->canceled)
        end_unbegun(run);
    else if (!begin_compile(run, &run->error))
        finish(run, false);
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

static bool begin(struct run *run, struct error *err)
{
    const struct plan *plan = run->plan;
    struct run_result *result = &run->result;
    if (!make_id(result, err))
        return false;
    result->language = plan->language;
    result->version = plan->version;
    result->image = plan->image;
    result->limits = plan->run.limits;
    run->compiling = plan->has_compile;
    if (!run->compiling)
        return begin_step(run, &plan->run, err);
    /* what an earlier run has left lies in the compiler's box, too, and is in no key */
    struct store *store = carries(run) ? NULL : run->io.store;
    kept_begin(&run->kept, store, plan, asker_loop(run->asker), on_decided, run);
    return begin_compile(run, err);
}

struct run *run_start(struct asker *asker, const struct plan *plan, const struct run_io *io,
                      run_done *done, void *cookie, struct error *err)
{
    struct run *run = mem_alloc(sizeof *run);
    *run = (struct run){.asker = asker,
                        .plan = plan,
                        .io = *io,
                        .done = done,
                        .cookie = cookie,
                        .program = -1,
                        .work = -1};
    run_result_init(&run->result);
    layered_init(&run->layered);
    assert(!plan->has_compile || io->channel_count == 0);
    if (begin(run, err))
        return run;
    run_free(run);
    return NULL;
}

void run_on_prepared(struct run *run, run_done *prepared)
{
    run->prepared = prepared;
}

bool run_go(struct run *run, struct error *err)
{
    return run->boxed == NULL || boxed_go(run->boxed, err);
}

int run_take_work(struct run *run)
{
    return fd_steal(&run->work);
}

void run_cancel(struct run *run)
{
    run->canceled = true;
    if (run->boxed != NULL)
        boxed_cancel(run->boxed);
    else {
        kept_hurry(&run->kept);
        layered_cancel(&run->layered);
    }
}

bool run_take(struct run *run, struct run_result *ret_result, struct error *err)
{
    if (run->failed) {
        *err = run->error;
        return false;
    }
    *ret_result = run->result;
    run_result_init(&run->result);
    return true;
}

void run_free(struct run *run)
{
    if (run == NULL)
        return;
    boxed_free(run->boxed);
    layered_done(&run->layered);
    kept_done(&run->kept);
    fd_close_at(&run->program);
    fd_close_at(&run->work);
    run_result_done(&run->result);
    free(run);
}
