/*
 * Attempts, one at a time and many at once. The ways and works of a round take turns, in another
 * order each round: what one leaves to the kernel to tidy is not always paid by the same next one.
 */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/mem.h"
#include "cli/bench_private.h"
#include "model/verdict.h"
#include "run/run.h"

static const struct run_io no_io = {.stdin_fd = -1, .cancel_fd = -1};

static void stop_loop(void *cookie)
{
    struct bench *bench = cookie;
    loop_stop(bench->loop);
}

bool bench_rest(struct bench *bench, int64_t ns, struct error *err)
{
    struct loop_timer timer = {};
    if (bench->canceled)
        return true;
    loop_set_timer(bench->loop, &timer, clock_now_ns() + ns, stop_loop, bench);
    bool ok = loop_run(bench->loop, err);
    loop_clear_timer(bench->loop, &timer);
    return ok;
}

/* ---- without a box -------------------------------------------------------------------------- */

static bool spawn(const struct bench *bench, const struct plan *plan, pid_t *ret_pid,
                  struct error *err)
{
    posix_spawn_file_actions_t actions;
    posix_spawnattr_t attributes;
    sigset_t none;
    sigemptyset(&none);
    posix_spawn_file_actions_init(&actions);
    posix_spawnattr_init(&attributes);
    for (int fd = 0; fd < 3; fd++)
        posix_spawn_file_actions_addopen(&actions, fd, "/dev/null", O_RDWR, 0);
    if (plan->file_count > 0)
        posix_spawn_file_actions_addchdir_np(&actions, bench->folder);
    posix_spawnattr_setsigmask(&attributes, &none);
    posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGMASK);
    const struct plan_step *step = &plan->run;
    int number = posix_spawn(ret_pid, step->argv.list[0], &actions, &attributes,
                             (char *const *)(uintptr_t)step->argv.list,
                             (char *const *)(uintptr_t)step->env.list);
    posix_spawn_file_actions_destroy(&actions);
    posix_spawnattr_destroy(&attributes);
    errno = number;
    return number == 0 || error_sys(err, "start %s", step->argv.list[0]);
}

bool bench_run_bare(const struct bench *bench, const struct plan *plan, int64_t *ret_ns,
                    struct error *err)
{
    pid_t pid;
    int status;
    int64_t begun = clock_now_ns();
    if (!spawn(bench, plan, &pid, err))
        return false;
    while (waitpid(pid, &status, 0) < 0)
        if (errno != EINTR)
            return error_sys(err, "wait for %s", plan->run.argv.list[0]);
    *ret_ns = clock_now_ns() - begun;
    return status == 0 ||
           error_set(err, ERROR_HOST, "%s fails without a box", plan->run.argv.list[0]);
}

/* ---- in a box ------------------------------------------------------------------------------- */

static bool check(struct bench *bench, const struct plan *plan, struct run *run,
                  enum box_made *ret_made, struct error *err)
{
    __attribute__((cleanup(run_result_done))) struct run_result result;
    run_result_init(&result);
    if (!run_take(run, &result, err))
        return false;
    bench->mode = result.isolation.mode;
    *ret_made = result.isolation.made;
    return result.run.verdict == VERDICT_OK ||
           error_set(err, ERROR_HOST, "%s %s in a box", plan->run.argv.list[0], result.message);
}

static void on_alone(void *cookie, struct run *run)
{
    (void)run;
    stop_loop(cookie);
}

static bool run_boxed(struct bench *bench, const struct plan *plan, int64_t *ret_ns,
                      enum box_made *ret_made, struct error *err)
{
    int64_t begun = clock_now_ns();
    struct run *run = run_start(bench->asker, plan, &no_io, on_alone, bench, err);
    if (run == NULL)
        return false;
    bool ok = loop_run(bench->loop, err);
    *ret_ns = clock_now_ns() - begun;
    ok = ok && (bench->canceled || check(bench, plan, run, ret_made, err));
    run_free(run);
    return ok;
}

/* ---- rounds --------------------------------------------------------------------------------- */

enum {
    HEAVY_GAP = BENCH_GAPS - 1,
    TURNS = WORK_COUNT * WAY_COUNT,
    WARM_UP_ROUNDS = 3,
    ROUNDS_MAX = 1000
};

/* When no box waits, the broker makes a cold one; that is counted, and said. */
static bool is_as_meant(enum bench_way way, enum box_made made)
{
    switch (way) {
    case WAY_COLD:
        return made == BOX_MADE_COLD;
    case WAY_POOLED:
        return made == BOX_MADE_POOLED;
    case WAY_WARM:
        return made > BOX_MADE_POOLED;
    case WAY_BARE:
    case WAY_COUNT:
        break;
    }
    return true;
}

static bool attempt(struct bench *bench, int turn, int gap, bool counts, struct error *err)
{
    enum bench_work work = (enum bench_work)(turn / WAY_COUNT);
    enum bench_way way = (enum bench_way)(turn % WAY_COUNT);
    enum box_made made = BOX_MADE_COLD;
    int64_t ns = 0;
    if (!bench->has_work[work] || !bench->has_way[work][way] ||
        (gap == HEAVY_GAP) != (bench_weight_of(work) == WEIGHT_HEAVY))
        return true;
    if (gap > 0 && !bench_rest(bench, bench_gap_ms(gap) * INT64_C(1000000), err))
        return false;
    if (bench->canceled)
        return true;
    const struct plan *plan = &bench->plans[work][way];
    bool ok = way == WAY_BARE ? bench_run_bare(bench, plan, &ns, err)
                              : run_boxed(bench, plan, &ns, &made, err);
    if (!ok || !counts || bench->canceled)
        return ok;
    series_add_ns(&bench->latency[gap][work][way], ns);
    bench->as_meant[gap][work][way] += is_as_meant(way, made);
    return true;
}

static void shuffle(int order[TURNS], unsigned *seed)
{
    for (int i = TURNS - 1; i > 0; i--) {
        int other = rand_r(seed) % (i + 1), kept = order[i];
        order[i] = order[other];
        order[other] = kept;
    }
}

bool bench_measure_latency(struct bench *bench, int gap, int64_t until_ns, struct error *err)
{
    int order[TURNS];
    unsigned seed = 1;
    for (int i = 0; i < TURNS; i++)
        order[i] = i;
    int warm_up = gap > 0 ? 0 : WARM_UP_ROUNDS;
    for (int round = -warm_up; round < ROUNDS_MAX && !bench->canceled; round++) {
        if (round > 0 && clock_now_ns() > until_ns)
            break;
        shuffle(order, &seed);
        for (int i = 0; i < TURNS && !bench->canceled; i++)
            if (!attempt(bench, order[i], gap, round >= 0, err))
                return false;
    }
    return true;
}

/* ---- many at once --------------------------------------------------------------------------- */

struct stream {
    struct bench *bench;
    const struct plan *plan;
    int64_t half_ns, until_ns;
    enum bench_way way;
    int running, count, count_late; /* ended in time; of those, in the second half */
    int count_warm;                 /* and made as meant */
    struct run *runs[BENCH_STREAM_MAX];
    struct error *err;
    bool failed;
};

static bool start_one(struct stream *stream, int place);

static int place_of(const struct stream *stream, const struct run *run)
{
    int place = 0;
    while (stream->runs[place] != run)
        place++;
    return place;
}

static void on_one(void *cookie, struct run *run)
{
    struct stream *stream = cookie;
    int place = place_of(stream, run);
    int64_t now = clock_now_ns();
    enum box_made made;
    bool ok = check(stream->bench, stream->plan, run, &made, stream->err);
    run_free(run);
    stream->runs[place] = NULL;
    stream->running--;
    stream->count += now <= stream->until_ns;
    stream->count_warm += ok && now <= stream->until_ns && is_as_meant(stream->way, made);
    stream->count_late += now > stream->half_ns && now <= stream->until_ns;
    bool goes_on = ok && now < stream->until_ns && !stream->bench->canceled;
    if (!ok || (goes_on && !start_one(stream, place)))
        stream->failed = true;
    if (stream->failed || stream->running == 0)
        loop_stop(stream->bench->loop);
}

static bool start_one(struct stream *stream, int place)
{
    stream->runs[place] =
        run_start(stream->bench->asker, stream->plan, &no_io, on_one, stream, stream->err);
    stream->running += stream->runs[place] != NULL;
    return stream->runs[place] != NULL;
}

bool bench_measure_rate(struct bench *bench, enum bench_work work, int at_once, int64_t ns,
                        struct bench_rate *ret_rate, struct error *err)
{
    int64_t begun = clock_now_ns();
    enum bench_way way = bench->has_way[work][WAY_WARM]     ? WAY_WARM
                         : bench->has_way[work][WAY_POOLED] ? WAY_POOLED
                                                            : WAY_COLD;
    struct stream stream = {
        .bench = bench,
        .plan = &bench->plans[work][way],
        .way = way,
        .half_ns = begun + ns / 2,
        .until_ns = begun + ns,
        .err = err,
    };
    bool ok = true;
    for (int place = 0; place < at_once && ok; place++)
        ok = start_one(&stream, place);
    ok = ok && loop_run(bench->loop, err) && !stream.failed;
    for (int place = 0; place < at_once; place++)
        run_free(stream.runs[place]);
    *ret_rate = (struct bench_rate){at_once, stream.count / ((double)ns / 1e9),
                                    stream.count_late / ((double)(ns - ns / 2) / 1e9),
                                    stream.count_warm / ((double)ns / 1e9)};
    return ok;
}
