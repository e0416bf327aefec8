/*
 * The test generator: asks a guest about one module, searches for programs that reach its goals
 * and tell its mutants apart, chooses what to assert, and leaves a suite.
 *
 * Results depend on options and the guest's answers only: budgets are counted in executions and
 * fuel. The one clock is `seconds`, which cuts the search off and says so.
 */
#pragma once

#include "base/random.h"
#include "testgen/archive.h"
#include "testgen/suite.h"

struct engine_options {
    struct guest_open_options open;
    uint64_t seed, executions; /* the budget of all searching and judging together */
    uint32_t tests_max;        /* blocks; 0: no limit */
    double seconds;            /* 0: no cap */
};

/* Told after each batch; text is a line of JSON. */
typedef void engine_progress(void *cookie, struct str line);

struct engine {
    const struct engine_options *options;
    struct guest guest;
    struct subject subject;
    struct archive archive;
    struct random random;
    struct search *search; /* search.c's memory of what to pass; engine_done releases it */
    struct arena *keep;    /* what lives as long as the engine */
    bool cut;
    double start_ms, deadline_ms; /* of the monotonic clock; deadline of this part, 0: none */
    engine_progress *progress;
    void *cookie;
};

/* The whole way: opens the guest on `channel` and writes suite.json's text to `out`. */
[[nodiscard]] bool engine_run(const struct engine_options *options, int channel, struct buf *out,
                              engine_progress *progress, void *cookie, struct error *err);

/* Its parts, each in a file of its own. */
[[nodiscard]] bool engine_search(struct engine *engine,
                                 struct error *err); /* search.c: fills the archive */
[[nodiscard]] bool engine_choose(struct engine *engine, struct suite *ret,
                                 struct error *err); /* choose.c: archive → suite */

/* A part of the work begins that must end when `share` of all time is gone: so a search that is cut
 * off leaves time to judge what it found. */
void engine_begin_part(struct engine *engine, double share);

/* What a run gets at most, in events; who has used that up does not end, as far as anyone knows. */
uint32_t engine_fuel(const struct engine *engine);

/* Is there anything left of the budget, in executions and in this part's time? Sets `cut`. */
bool engine_goes_on(struct engine *engine, uint64_t executions_end);
