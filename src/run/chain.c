#include "run/chain.h"

#include <stdlib.h>
#include <sys/epoll.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/mem.h"
#include "run/carry.h"
#include "run/joint.h"
#include "sys/fd.h"

struct part {
    struct chain *chain;
    struct run *run; /* NULL: not begun yet, or over */
    bool is_prepared, is_over;
};

struct chain {
    struct asker *asker;
    struct loop *loop;
    const struct chain_plan *plan;
    struct chain_io io;
    chain_done *done;
    void *cookie;

    struct chain_result result;
    struct part *parts;
    uint32_t over; /* parts that are */
    int64_t begun_ns;
    bool canceled, is_over;
    struct loop_timer farewell;

    struct carry carry; /* of steps: what the last one left */

    struct joint **joints; /* of pipes: joints[i] is what part i writes; NULL: nobody reads it */
    int64_t said_ns;       /* on one of them, for the last time */
    bool has_gone;         /* all were told to go */
};

/* ---- the end -------------------------------------------------------------------------------- */

static void say_goodbye(void *cookie)
{
    struct chain *chain = cookie;
    chain->done(chain->cookie, chain);
}

/* Whoever called us goes on to use his run, or the chain. */
static void finish(struct chain *chain)
{
    if (chain->is_over)
        return;
    chain->is_over = true;
    chain->result.wall_ns = clock_now_ns() - chain->begun_ns;
    chain_judge(&chain->result, chain->plan, chain->canceled);
    loop_set_timer(chain->loop, &chain->farewell, 0, say_goodbye, chain);
}

static uint32_t index_of(const struct part *part)
{
    return (uint32_t)(part - part->chain->parts);
}

static struct chain_end *end_of(struct part *part)
{
    return &part->chain->result.ends[index_of(part)];
}

static void note_over(struct part *part)
{
    part->is_over = true;
    part->chain->over++;
}

static void skip(struct part *part, const char *why)
{
    if (part->is_over)
        return;
    run_free(part->run);
    part->run = NULL;
    end_of(part)->state = CHAIN_SKIPPED;
    end_of(part)->why = why;
    note_over(part);
}

static void skip_rest(struct chain *chain, const char *why)
{
    for (uint32_t i = 0; i < chain->plan->count; i++)
        skip(&chain->parts[i], why);
}

static const char *name_cause(struct chain *chain, uint32_t index, const char *what)
{
    return arena_text(&chain->result.arena, "was not begun: %s %u %s",
                      chain_part_word(chain->plan->kind), index + 1, what);
}

static void break_off(struct part *part, const struct error *why)
{
    end_of(part)->state = CHAIN_BROKEN;
    end_of(part)->error = *why;
    note_over(part);
}

/* Its result, or our failure. */
static void take_end(struct part *part, struct run *run)
{
    struct chain_end *end = end_of(part);
    struct error err = {};
    if (!run_take(run, &end->result, &err)) {
        break_off(part, &err);
        return;
    }
    end->state = CHAIN_RAN;
    note_over(part);
}

static bool ended_well(const struct chain_end *end)
{
    return end->state == CHAIN_RAN && run_result_last(&end->result)->verdict == VERDICT_OK;
}

static struct run_io common_io(const struct chain *chain)
{
    return (struct run_io){
        .stdin_fd = -1,
        .stream = chain->io.stream,
        .escape_stdout = chain->io.escape_stdout,
        .escape_stderr = chain->io.escape_stderr,
        .cancel_fd = chain->io.cancel_fd,
        .collect_seconds = chain->io.collect_seconds,
        .store = chain->io.store,
    };
}

static int stdin_of(const struct chain *chain, uint32_t index)
{
    return chain->io.stdin_fds != NULL ? chain->io.stdin_fds[index] : -1;
}

/* ---- steps ---------------------------------------------------------------------------------- */

static void on_step(void *cookie, struct run *run);

static bool begin_step(struct chain *chain, uint32_t index)
{
    struct part *part = &chain->parts[index];
    struct run_io io = common_io(chain);
    struct error err = {};
    io.stdin_fd = stdin_of(chain, index);
    io.carry = &chain->carry;
    io.keeps_work = index + 1 < chain->plan->count;
    part->run = run_start(chain->asker, &chain->plan->parts[index].plan, &io, on_step, part, &err);
    if (part->run == NULL)
        break_off(part, &err);
    return part->run != NULL;
}

/* A step that was not even begun, because it could not be compiled, has changed nothing. */
static void keep_work(struct chain *chain, uint32_t index, struct run *run)
{
    const struct plan *plan = &chain->plan->parts[index].plan;
    auto_close int work = run_take_work(run);
    if (work < 0)
        return;
    fd_replace(&chain->carry.work, fd_steal(&work));
    chain->carry.links = plan->links;
    chain->carry.link_count = plan->link_count;
}

static const char *why_not_next(struct chain *chain, uint32_t index)
{
    const struct chain_end *end = &chain->result.ends[index];
    if (chain->canceled)
        return "was not begun: the chain was canceled";
    if (end->state == CHAIN_BROKEN)
        return name_cause(chain, index, "could not be carried out");
    if (!ended_well(end) && !chain->plan->parts[index].may_fail)
        return name_cause(chain, index, "did not end well");
    return NULL;
}

static void go_on(struct chain *chain, uint32_t index)
{
    const char *why = why_not_next(chain, index);
    uint32_t next = index + 1;
    if (why == NULL && next < chain->plan->count) {
        if (begin_step(chain, next))
            return;
        why = name_cause(chain, next, "could not be carried out");
    }
    skip_rest(chain, why);
    finish(chain);
}

static void on_step(void *cookie, struct run *run)
{
    struct part *part = cookie;
    struct chain *chain = part->chain;
    part->run = NULL;
    take_end(part, run);
    keep_work(chain, index_of(part), run);
    run_free(run);
    go_on(chain, index_of(part));
}

/* ---- pipes ---------------------------------------------------------------------------------- */

static struct joint *joint_before(const struct chain *chain, uint32_t index)
{
    uint32_t count = chain->plan->count;
    return chain->joints[(index + count - 1) % count];
}

/* A process that ends lets go of both its pipes before anybody can act upon that, and before its
 * end is told. */
static void note_piped(struct part *part)
{
    struct chain *chain = part->chain;
    struct chain_piped *piped = &end_of(part)->piped;
    const struct joint *in = joint_before(chain, index_of(part));
    const struct joint *out = chain->joints[index_of(part)];
    const struct joint_facts read = in != NULL ? joint_facts(in) : (struct joint_facts){};
    const struct joint_facts written = out != NULL ? joint_facts(out) : (struct joint_facts){};
    piped->left_ns = read.broken_ns > written.ended_ns ? read.broken_ns : written.ended_ns;
    piped->quiet_ns = clock_now_ns() - chain->said_ns;
    piped->given_bytes = read.given_bytes;
    piped->unread_bytes = read.unread_bytes;
    piped->reader_gone = written.broken_ns != 0 && written.broken_ns < written.ended_ns;
}

/* Nobody has begun yet, and nobody will. */
static void call_off(struct chain *chain, uint32_t index)
{
    const struct chain_end *end = &chain->result.ends[index];
    skip_rest(chain, chain->canceled              ? "was not begun: the chain was canceled"
                     : end->state == CHAIN_BROKEN ? name_cause(chain, index, "could not begin")
                     : end->result.compiled ? name_cause(chain, index, "could not be compiled")
                                            : name_cause(chain, index, "ended before it began"));
    finish(chain);
}

static void on_process(void *cookie, struct run *run)
{
    struct part *part = cookie;
    struct chain *chain = part->chain;
    part->run = NULL;
    take_end(part, run);
    note_piped(part);
    run_free(run);
    if (!chain->has_gone)
        call_off(chain, index_of(part));
    else if (chain->over == chain->plan->count)
        finish(chain);
}

static void cancel_runs(struct chain *chain)
{
    for (uint32_t i = 0; i < chain->plan->count; i++)
        if (chain->parts[i].run != NULL)
            run_cancel(chain->parts[i].run);
}

/* All at once: who began earlier would lose of his time by waiting for the others. */
static void go(struct chain *chain)
{
    struct error err = {};
    chain->has_gone = true;
    chain->said_ns = clock_now_ns();
    for (uint32_t i = 0; i < chain->plan->count; i++) {
        struct part *part = &chain->parts[i];
        if (part->run == NULL || run_go(part->run, &err))
            continue;
        run_free(part->run);
        part->run = NULL;
        break_off(part, &err);
    }
    if (chain->over > 0)
        cancel_runs(chain);
    if (chain->over == chain->plan->count)
        finish(chain);
}

static void on_prepared(void *cookie, struct run *run)
{
    struct part *part = cookie;
    struct chain *chain = part->chain;
    (void)run;
    part->is_prepared = true;
    for (uint32_t i = 0; i < chain->plan->count; i++)
        if (!chain->parts[i].is_prepared)
            return;
    go(chain);
}

static bool begin_process(struct chain *chain, uint32_t index)
{
    struct part *part = &chain->parts[index];
    struct run_io io = common_io(chain);
    struct error err = {};
    io.stdin_fd = stdin_of(chain, index);
    io.is_held = true;
    io.reads = joint_before(chain, index);
    io.writes = chain->joints[index];
    part->run =
        run_start(chain->asker, &chain->plan->parts[index].plan, &io, on_process, part, &err);
    if (part->run == NULL) {
        break_off(part, &err);
        return false;
    }
    run_on_prepared(part->run, on_prepared);
    return true;
}

static void begin_pipes(struct chain *chain)
{
    uint32_t count = chain->plan->count, joints = chain->plan->ring ? count : count - 1;
    chain->joints = mem_alloc(count * sizeof *chain->joints);
    for (uint32_t i = 0; i < joints; i++)
        chain->joints[i] = joint_new(chain->loop, &chain->said_ns);
    for (uint32_t i = 0; i < count; i++) {
        if (begin_process(chain, i))
            continue;
        call_off(chain, i);
        return;
    }
}

/* ---- the whole ------------------------------------------------------------------------------ */

struct chain *chain_start(struct asker *asker, const struct chain_plan *plan,
                          const struct chain_io *io, chain_done *done, void *cookie)
{
    struct chain *chain = mem_alloc(sizeof *chain);
    *chain = (struct chain){.asker = asker,
                            .loop = asker_loop(asker),
                            .plan = plan,
                            .io = *io,
                            .done = done,
                            .cookie = cookie,
                            .carry.work = -1,
                            .begun_ns = clock_now_ns()};
    chain_result_init(&chain->result);
    chain->result.kind = plan->kind;
    chain->result.ring = plan->ring;
    chain->result.count = plan->count;
    chain->result.ends =
        arena_alloc(&chain->result.arena, plan->count * sizeof *chain->result.ends);
    chain->parts = mem_alloc(plan->count * sizeof *chain->parts);
    for (uint32_t i = 0; i < plan->count; i++)
        chain->parts[i].chain = chain;
    if (plan->kind == CHAIN_PIPES)
        begin_pipes(chain);
    else if (!begin_step(chain, 0))
        go_on(chain, 0);
    return chain;
}

void chain_cancel(struct chain *chain)
{
    chain->canceled = true;
    cancel_runs(chain);
}

void chain_take(struct chain *chain, struct chain_result *ret_result)
{
    *ret_result = chain->result;
    chain_result_init(&chain->result);
}

void chain_free(struct chain *chain)
{
    if (chain == NULL)
        return;
    loop_clear_timer(chain->loop, &chain->farewell);
    for (uint32_t i = 0; i < chain->plan->count; i++)
        run_free(chain->parts[i].run);
    for (uint32_t i = 0; chain->joints != NULL && i < chain->plan->count; i++)
        joint_free(chain->joints[i]);
    fd_close_at(&chain->carry.work);
    chain_result_done(&chain->result);
    free(chain->joints);
    free(chain->parts);
    free(chain);
}

/* ---- one alone ------------------------------------------------------------------------------ */

struct alone {
    struct loop *loop;
    struct asker *asker;
    struct chain *chain;
    int cancel_fd;
};

static void on_cancel(void *cookie)
{
    struct alone *alone = cookie;
    loop_remove(alone->loop, alone->cancel_fd);
    chain_cancel(alone->chain);
}

static void on_done(void *cookie, struct chain *chain)
{
    struct alone *alone = cookie;
    (void)chain;
    loop_stop(alone->loop);
}

static void alone_done(struct alone *alone)
{
    chain_free(alone->chain);
    asker_free(alone->asker);
    loop_free(alone->loop);
}

bool chain_run(int broker, const struct chain_plan *plan, const struct chain_io *io,
               struct chain_result *ret_result, struct error *err)
{
    __attribute__((cleanup(alone_done))) struct alone alone = {.cancel_fd = io->cancel_fd};
    alone.loop = loop_new(err);
    if (alone.loop == NULL)
        return false;
    alone.asker = asker_new(broker, alone.loop, err);
    if (alone.asker == NULL || (io->cancel_fd >= 0 && !loop_add(alone.loop, io->cancel_fd, EPOLLIN,
                                                                on_cancel, &alone, err)))
        return false;
    alone.chain = chain_start(alone.asker, plan, io, on_done, &alone);
    if (!loop_run(alone.loop, err))
        return false;
    chain_take(alone.chain, ret_result);
    return true;
}
