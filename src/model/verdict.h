/*
 * How a run ended. A failing guest is a result and has a verdict; our own failure is an error and
 * has none. The first cause wins; run/verdict.c decides.
 */
#pragma once

#include "base/str.h"
#include <stdbool.h>

/* name, word, in plain words for the line on stderr */
#define VERDICTS(X)                                                                                \
    X(OK, "ok", "ended well")                                                                      \
    X(FAILED, "failed", "ended with an error status")                                              \
    X(SIGNALED, "signaled", "was ended by a signal")                                               \
    X(POLICY, "policy", "was refused by policy")                                                   \
    X(MEMORY, "memory", "used more memory than its limit")                                         \
    X(WALL_TIME, "wall_time", "took longer than its time limit")                                   \
    X(CPU_TIME, "cpu_time", "used more processor time than its limit")                             \
    X(OUTPUT, "output", "wrote far more output than its limit")                                    \
    X(PROCESSES, "processes", "failed after it reached its limit of processes")                    \
    X(DISK, "disk", "failed with its disk full")                                                   \
    X(CANCELED, "canceled", "was canceled")

enum verdict {

#define X(name, word, text) VERDICT_##name,
    VERDICTS(X)
#undef X
        VERDICT_COUNT
};

const char *verdict_word(enum verdict verdict);
const char *verdict_text(enum verdict verdict);

/* What `testudo run` exits with; exit_code and signal are the guest's. */
int verdict_exit_status(enum verdict verdict, int exit_code, int signal);

enum { EXIT_STATUS_TROUBLE = 125 }; /* wrong usage, or our own failure */
