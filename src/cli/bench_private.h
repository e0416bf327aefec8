/*
 * testudo bench: what a box costs here, beside the bare program. One broker serves the whole bench,
 * as it serves a batch; each attempt is timed from asking to having the result.
 */
#pragma once

#include "base/arena.h"
#include "base/buf.h"
#include "base/error.h"
#include "cli/bench_series.h"
#include "model/isolation.h"
#include "model/plan.h"
#include "role/broker.h"
#include "run/asker.h"
#include "sys/loop.h"

enum bench_way {

#define WAY(name, word, text) WAY_##name,
#include "cli/bench_ways.def"
#undef WAY
    WAY_COUNT
};

enum bench_work {

#define WORK(name, ...) WORK_##name,
#include "cli/bench_ways.def"
#undef WORK
    WORK_COUNT
};

enum {
    BENCH_GAPS = 2,        /* one after the other; and after a pause, when the machine has slept */
    BENCH_READY = 4,       /* boxes that wait, at the least */
    BENCH_GAP_MS = 100,    /* the pause */
    BENCH_AT_ONCE_MAX = 5, /* numbers of boxes at once: 1, 2, 4, 8, 16 as far as they make sense */
    BENCH_STREAM_MAX = 16,
};

struct bench_rate {
    int at_once;
    double per_second, sustained; /* over the whole time; over its second half */
};

/* All of one kind together: pages with their tables, and what their control groups have of the
 * kernel. */
struct bench_waiting {
    int count;
    int64_t page_bytes, kernel_bytes;
};

struct bench_memory {
    bool known, kernel_is_known;
    int64_t broker_bytes; /* all that is resident in the broker, shared or not */
    struct bench_waiting mothers, commands, pythons, others;
};

struct bench {
    struct loop *loop;
    struct private_broker broker;
    struct asker *asker;
    int cancel_fd;
    bool canceled;
    bool shows_progress;
    struct arena arena;
    int processors;
    int64_t begun_ns, budget_ns;

    struct plan plans[WORK_COUNT][WAY_COUNT];
    bool has_work[WORK_COUNT], has_way[WORK_COUNT][WAY_COUNT];
    uint32_t as_meant[BENCH_GAPS][WORK_COUNT][WAY_COUNT]; /* boxes that were made that way */
    enum privilege_mode mode;
    struct series latency[BENCH_GAPS][WORK_COUNT][WAY_COUNT];
    struct bench_rate rates[WORK_COUNT][BENCH_AT_ONCE_MAX];
    int rate_count;
    struct bench_memory memory;
};

const char *bench_way_word(enum bench_way way);
const char *bench_way_text(enum bench_way way);
const char *bench_work_word(enum bench_work work);

/* Finds out which works can be done here, and plans them. */
[[nodiscard]] bool bench_plan_works(struct bench *bench, struct error *err);

/* All of these end early, and well, when the bench is canceled. */
[[nodiscard]] bool bench_measure_latency(struct bench *bench, int gap, int64_t until_ns,
                                         struct error *err);
[[nodiscard]] bool bench_measure_rate(struct bench *bench, enum bench_work work, int at_once,
                                      int64_t ns, struct bench_rate *ret_rate, struct error *err);
void bench_measure_memory(struct bench *bench);

/* Milliseconds of pause of the gap. */
int bench_gap_ms(int gap);

/* The loop runs for so long, so that a signal is seen. */
[[nodiscard]] bool bench_rest(struct bench *bench, int64_t ns, struct error *err);

/* A line on the terminal, written over the one before; NULL takes it away. */
void bench_show_progress(const struct bench *bench, const char *what);

void bench_say(const struct bench *bench, struct buf *out);
void bench_say_json(const struct bench *bench, struct buf *out);
