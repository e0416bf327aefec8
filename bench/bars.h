/* The bars: what we promise about speed, each against a peer of the same run. */
#pragma once

#include "bench/bench.h"

/* Ours must be at most `factor` times the peer's median plus `plus_ms`. */
struct bar {
    const char *what, *peer;
    enum workload_id workload;
    int gap;
    double factor, plus_ms;
};

enum { BAR_COUNT = 5 };

extern const struct bar bars[BAR_COUNT];

enum bar_state { BAR_PASS, BAR_SHORT, BAR_UNKNOWN /* one of both was not measured */ };

/* Ours and the peer's median; NaN if not measured. */
struct bar_result {
    enum bar_state state;
    double us_ms, peer_ms;
};

struct bar_result bar_judge(const struct bench *bench, const struct bar *bar);
const char *bar_state_word(enum bar_state state);
