/*
 * One attempt: a whole command from before its start until it is reaped and its output, stdout and
 * stderr through one pipe, is read to the end. An attempt is good if it exited with 0 and printed
 * exactly what was expected; then its time counts.
 */
#pragma once

#include "bench/bench.h"

struct outcome {
    bool is_good;
    double ms;
    char why[160]; /* not good: in few words */
};

/* Fails only if the bench itself cannot go on. `expected` may be NULL: any output will do. */
[[nodiscard]] bool attempt_run(const struct bench *bench, const struct contestant *contestant,
                               const struct line *command, const char *expected,
                               struct outcome *ret_outcome, struct error *err);
