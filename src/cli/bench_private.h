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
    BENCH_GAPS = 3,  /* one after the other; after a pause, when the machine has slept; HEAVY */
    BENCH_READY = 4, /* boxes that wait, at the least */
    BENCH_READY_HEAVY = 2, /* the same of what is large */
    BENCH_GAP_MS = 100,    /* the pause */
    BENCH_GAP_HEAVY_MS = 250,
    BENCH_AT_ONCE_MAX = 5, /* numbers of boxes at once: 1, 2, 4, 8, 16 as far as they make sense */
    BENCH_STREAM_MAX = 16,
    BENCH_BURSTS = 2, /* 20 and 100 at once */
    BENCH_BURST_MAX = 100,
};

struct bench_rate {
    int at_once;
    double per_second, sustained; /* over the whole time; over its second half */
    double warm_per_second;       /* of the first, those made as the best way makes them */
};

/* Many boxes asked for in one moment, when as many wait. */
struct bench_burst {
    int at_once, warm; /* of the last round: made as meant */
    struct series wall;
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
    struct bench_waiting mothers, commands, pythons, pytests, nodes, javas;
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
    bool with_heavy;
    char *folder; /* of the files of works; NULL: none */
    struct bench_burst bursts[BENCH_BURSTS];
    uint32_t as_meant[BENCH_GAPS][WORK_COUNT][WAY_COUNT]; /* boxes that were made that way */
    enum privilege_mode mode;
    struct series latency[BENCH_GAPS][WORK_COUNT][WAY_COUNT];
    struct bench_rate rates[WORK_COUNT][BENCH_AT_ONCE_MAX];
    int rate_count;
    struct bench_memory memory;
};

enum bench_weight { WEIGHT_LIGHT, WEIGHT_HEAVY };

enum bench_weight bench_weight_of(enum bench_work work);

/* "parked" where the warm way serves once. */
const char *bench_way_word(const struct bench *bench, enum bench_work work, enum bench_way way);
const char *bench_way_text(enum bench_way way);
const char *bench_work_word(enum bench_work work);

/* Finds out which works of this weight can be done here, and plans them. */
[[nodiscard]] bool bench_plan_works(struct bench *bench, enum bench_weight weight,
                                    struct error *err);

/* The files of works, in a folder that bench_remove_files takes away. Java's are compiled, by the
 * compiler beside `java`; where that fails they are not there. */
[[nodiscard]] bool bench_make_files(struct bench *bench, const char *java, struct error *err);
void bench_remove_files(struct bench *bench);

/* Without a box, once. False: it does not work here. */
[[nodiscard]] bool bench_run_bare(const struct bench *bench, const struct plan *plan,
                                  int64_t *ret_ns, struct error *err);

/* All of these end early, and well, when the bench is canceled. */
[[nodiscard]] bool bench_measure_latency(struct bench *bench, int gap, int64_t until_ns,
                                         struct error *err);
[[nodiscard]] bool bench_measure_rate(struct bench *bench, enum bench_work work, int at_once,
                                      int64_t ns, struct bench_rate *ret_rate, struct error *err);

/* As many as wait are started in one moment, again and again until then. */
[[nodiscard]] bool bench_measure_bursts(struct bench *bench, int64_t until_ns, struct error *err);

/* What waits now; false: it cannot be known. */
bool bench_look_at_memory(const struct bench *bench, struct bench_memory *ret_memory);

/* Milliseconds of pause of the gap. */
int bench_gap_ms(int gap);

/* The loop runs for so long, so that a signal is seen. */
[[nodiscard]] bool bench_rest(struct bench *bench, int64_t ns, struct error *err);

/* A line on the terminal, written over the one before; NULL takes it away. */
void bench_show_progress(const struct bench *bench, const char *what);

void bench_say(const struct bench *bench, struct buf *out);
void bench_say_json(const struct bench *bench, struct buf *out);
