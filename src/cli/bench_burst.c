/* Many boxes in one moment, when as many wait with an interpreter that has started. */
#include "base/clock.h"
#include "cli/bench_private.h"
#include "model/verdict.h"
#include "run/run.h"

static const struct run_io no_io = {.stdin_fd = -1, .cancel_fd = -1};
static const int burst_sizes[BENCH_BURSTS] = {20, BENCH_BURST_MAX};

enum { LOOK_NS = 50000000, PATIENCE = 200, ROUNDS_MAX = 20 };

struct burst {
    struct bench *bench;
    struct run *runs[BENCH_BURST_MAX];
    int running, bad, warm;
};

/* As many as /proc shows waiting; where it shows nothing, after a moment. */
static bool await_full(struct bench *bench, int count, struct error *err)
{
    for (int i = 0; i < PATIENCE && !bench->canceled; i++) {
        struct bench_memory now;
        bool known = bench_look_at_memory(bench, &now);
        if (known ? now.pythons.count >= count + bench->memory.pytests.count : i > 20)
            return true;
        if (!bench_rest(bench, LOOK_NS, err))
            return false;
    }
    return true;
}

static void on_one(void *cookie, struct run *run)
{
    struct burst *burst = cookie;
    (void)run;
    if (--burst->running == 0)
        loop_stop(burst->bench->loop);
}

static bool start_all(struct burst *burst, int count, struct error *err)
{
    const struct plan *plan = &burst->bench->plans[WORK_PYTHON][WAY_WARM];
    for (int i = 0; i < count; i++) {
        burst->runs[i] = run_start(burst->bench->asker, plan, &no_io, on_one, burst, err);
        if (burst->runs[i] == NULL)
            return false;
        burst->running++;
    }
    return true;
}

static bool look_at(struct burst *burst, struct run *run, struct error *err)
{
    __attribute__((cleanup(run_result_done))) struct run_result result;
    run_result_init(&result);
    if (!run_take(run, &result, err))
        return false;
    burst->bad += result.run.verdict != VERDICT_OK;
    burst->warm += result.isolation.made == BOX_MADE_PYTHON;
    return true;
}

static bool play(struct bench *bench, struct bench_burst *into, struct error *err)
{
    struct burst burst = {.bench = bench};
    int64_t begun = clock_now_ns();
    bool ok = start_all(&burst, into->at_once, err) && loop_run(bench->loop, err);
    int64_t ns = clock_now_ns() - begun;
    for (int i = 0; i < into->at_once; i++) {
        ok = ok && (bench->canceled || look_at(&burst, burst.runs[i], err));
        run_free(burst.runs[i]);
    }
    if (!ok || bench->canceled)
        return ok;
    series_add_ns(&into->wall, ns);
    into->warm = burst.warm;
    return burst.bad == 0 ||
           error_set(err, ERROR_HOST, "%d of %d boxes at once fail", burst.bad, into->at_once);
}

bool bench_measure_bursts(struct bench *bench, int64_t until_ns, struct error *err)
{
    if (!bench->has_work[WORK_PYTHON] || !bench->has_way[WORK_PYTHON][WAY_WARM])
        return true;
    int64_t begun = clock_now_ns(), part = (until_ns - begun) / BENCH_BURSTS;
    for (int i = 0; i < BENCH_BURSTS; i++) {
        struct bench_burst *burst = &bench->bursts[i];
        burst->at_once = burst_sizes[i];
        bench_show_progress(bench, "many boxes in one moment");
        if (!asker_want(bench->asker, WARM_PYTHON, burst->at_once, err))
            return false;
        for (int round = 0; round < ROUNDS_MAX && !bench->canceled; round++) {
            if (round > 0 && clock_now_ns() > begun + (i + 1) * part)
                break;
            if (!await_full(bench, burst->at_once, err) || !play(bench, burst, err))
                return false;
        }
    }
    return true;
}
