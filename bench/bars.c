#include "bench/bars.h"

#include <math.h>

#include "bench/series.h"

/* gap 0 is the first of gaps_ms, 100 ms the second */
const struct bar bars[BAR_COUNT] = {
    {"/bin/true, gap 0 ms", "bwrap", WORKLOAD_TRUE, 0, 0.95, 0},
    {"/bin/true, gap 100 ms", "bwrap", WORKLOAD_TRUE, 1, 0.85, 0},
    {"/bin/true, gap 100 ms", "crun", WORKLOAD_TRUE, 1, 0.2, 0},
    {"run hello.py, gap 0 ms", "bare", WORKLOAD_HELLO, 0, 1, 3.5},
    {"run hello.py, gap 100 ms", "bare", WORKLOAD_HELLO, 1, 1, 3.5},
};

static double median_of(const struct bench *bench, const char *name, const struct bar *bar)
{
    const struct contestant *contestant = bench_find(bench, name);
    return contestant == NULL ? (double)NAN
                              : series_median(&contestant->series[bar->workload][bar->gap]);
}

struct bar_result bar_judge(const struct bench *bench, const struct bar *bar)
{
    struct bar_result result = {BAR_UNKNOWN, median_of(bench, "testudo", bar),
                                median_of(bench, bar->peer, bar)};
    if (!isnan(result.us_ms) && !isnan(result.peer_ms))
        result.state =
            result.us_ms <= result.peer_ms * bar->factor + bar->plus_ms ? BAR_PASS : BAR_SHORT;
    return result;
}

const char *bar_state_word(enum bar_state state)
{
    static const char *const words[] = {"PASS", "short", "not measured"};
    return words[state];
}
