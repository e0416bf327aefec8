#include "bench/series.h"

#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#include "base/mem.h"
#include "bench/attempt.h"

enum { TOLD_MAX = 5 /* bad attempts of one series that are told one by one */ };

struct schedule {
    struct bench *bench;
    const volatile int *stop;
    int gap;
    uint64_t seed;
    size_t order[CONTESTANTS_MAX];
};

/* xorshift64: the same orders in each run, and no two alike for long */
static uint64_t draw(uint64_t *seed)
{
    *seed ^= *seed << 13;
    *seed ^= *seed >> 7;
    *seed ^= *seed << 17;
    return *seed;
}

static void shuffle(struct schedule *schedule)
{
    for (size_t i = schedule->bench->contestant_count - 1; i > 0; i--) {
        size_t other = draw(&schedule->seed) % (i + 1);
        size_t kept = schedule->order[i];
        schedule->order[i] = schedule->order[other];
        schedule->order[other] = kept;
    }
}

static void rest(int ms)
{
    nanosleep(&(struct timespec){.tv_sec = ms / 1000, .tv_nsec = ms % 1000 * 1000000L}, NULL);
}

static void count_bad(struct series *series, const struct contestant *contestant,
                      enum workload_id workload, int gap, const char *why)
{
    series->bad++;
    if (series->bad <= TOLD_MAX)
        fprintf(stderr, "bad run: %s, %s, gap %d ms: %s\n", contestant->name,
                workloads[workload].title, gaps_ms[gap], why);
}

static bool measure(struct schedule *schedule, struct contestant *contestant,
                    enum workload_id workload, bool counts, struct error *err)
{
    rest(gaps_ms[schedule->gap]);
    struct outcome outcome = {};
    if (!attempt_run(schedule->bench, contestant, &contestant->commands[workload],
                     workloads[workload].expected, &outcome, err))
        return false;
    struct series *series = &contestant->series[workload][schedule->gap];
    if (!outcome.is_good && *schedule->stop == 0)
        count_bad(series, contestant, workload, schedule->gap, outcome.why);
    else if (outcome.is_good && counts)
        series->ms[series->count++] = outcome.ms;
    return true;
}

static bool measure_round(struct schedule *schedule, bool counts, struct error *err)
{
    for (enum workload_id w = 0; w < WORKLOAD_COUNT; w++) {
        shuffle(schedule);
        for (size_t i = 0; i < schedule->bench->contestant_count; i++) {
            struct contestant *contestant = &schedule->bench->contestants[schedule->order[i]];
            if (*schedule->stop != 0)
                return true;
            if (contestant_measures(contestant, w) &&
                !measure(schedule, contestant, w, counts, err))
                return false;
        }
    }
    return true;
}

static void say_progress(const struct bench *bench, int gap, size_t round)
{
    if (isatty(2))
        fprintf(stderr, "\rgap %d ms: round %zu of %zu \r", gaps_ms[gap], round + 1,
                bench->warm_up + bench->rounds);
}

static void make_room(struct bench *bench)
{
    for (size_t i = 0; i < bench->contestant_count; i++)
        for (int w = 0; w < WORKLOAD_COUNT; w++)
            for (int gap = 0; gap < GAP_COUNT; gap++)
                bench->contestants[i].series[w][gap].ms = mem_alloc(bench->rounds * sizeof(double));
}

static int compare(const void *left, const void *right)
{
    double a = *(const double *)left, b = *(const double *)right;
    return (a > b) - (a < b);
}

static void sort_all(struct bench *bench)
{
    for (size_t i = 0; i < bench->contestant_count; i++)
        for (int w = 0; w < WORKLOAD_COUNT; w++)
            for (int gap = 0; gap < GAP_COUNT; gap++) {
                struct series *series = &bench->contestants[i].series[w][gap];
                qsort(series->ms, series->count, sizeof(double), compare);
            }
}

bool series_measure(struct bench *bench, const volatile int *stop, struct error *err)
{
    make_room(bench);
    struct schedule schedule = {.bench = bench, .stop = stop, .seed = UINT64_C(0x9e3779b97f4a7c15)};
    for (size_t i = 0; i < bench->contestant_count; i++)
        schedule.order[i] = i;
    for (schedule.gap = 0; schedule.gap < GAP_COUNT; schedule.gap++)
        for (size_t round = 0; round < bench->warm_up + bench->rounds; round++) {
            say_progress(bench, schedule.gap, round);
            if (!measure_round(&schedule, round >= bench->warm_up, err))
                return false;
        }
    sort_all(bench);
    return true;
}

void series_done(struct bench *bench)
{
    for (size_t i = 0; i < bench->contestant_count; i++)
        for (int w = 0; w < WORKLOAD_COUNT; w++)
            for (int gap = 0; gap < GAP_COUNT; gap++)
                free(bench->contestants[i].series[w][gap].ms);
}

double series_median(const struct series *series)
{
    size_t count = series->count;
    return count == 0 ? (double)NAN : (series->ms[(count - 1) / 2] + series->ms[count / 2]) / 2;
}

double series_p95(const struct series *series)
{
    size_t count = series->count;
    return count == 0 ? (double)NAN : series->ms[(count * 95 + 99) / 100 - 1];
}
