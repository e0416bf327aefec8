/*
 * A chain is several runs that belong together: steps, one after the other, of which each hands its
 * work folder on to the next; or pipes, side by side, of which each writes what the next one reads.
 * Every one of them is a whole run with a box, limits and a verdict of its own, in a language of
 * its own.
 *
 * Steps end at the first that does not end well, unless it may fail. Pipes begin together, when all
 * have been compiled and all boxes are there; in a ring the first reads what the last writes, so
 * that two talk to each other.
 */
#pragma once

#include "model/plan.h"
#include "model/run_request.h"
#include "model/run_result.h"

/* ALONE: no chain at all, but one run */
enum chain_kind { CHAIN_ALONE, CHAIN_STEPS, CHAIN_PIPES };

enum { CHAIN_STEPS_MAX = 64, CHAIN_PIPES_MAX = 16 };

struct chain_part {
    struct run_request request;
    bool may_fail; /* of steps: what follows is run all the same */
};

struct chain_request {
    enum chain_kind kind;
    const char *id; /* the caller's own name for it, or NULL; of one run it is the run's */
    bool ring;      /* of pipes */
    uint32_t count;
    struct chain_part *parts;
};

struct chain_plan_part {
    struct plan plan;
    bool may_fail;
};

struct chain_plan {
    enum chain_kind kind;
    bool ring;
    uint32_t count;
    struct chain_plan_part *parts;
};

/* Of a part of pipes: what went by. */
struct chain_piped {
    uint32_t order;       /* 1: it was the first to let go of its pipes */
    int64_t left_ns;      /* when it had let go of all its pipes; when it ended, at the latest */
    int64_t given_bytes;  /* to its pipe, of what was written for it */
    int64_t unread_bytes; /* that it left; -1: not known, who wrote them had ended before */
    int64_t quiet_ns;     /* when it ended, nothing had been said on any pipe for so long */
    bool reader_gone;     /* whoever read what it writes had stopped before it ended */
};

enum chain_state { CHAIN_SKIPPED, CHAIN_RAN, CHAIN_BROKEN };

struct chain_end {
    enum chain_state state;
    const char *why;          /* SKIPPED, in a sentence about it: "was not begun: ..." */
    struct run_result result; /* RAN */
    struct error error;       /* BROKEN: our own failure */
    struct chain_piped piped; /* RAN */
};

struct chain_result {
    enum chain_kind kind;
    bool ring;
    uint32_t count;
    struct chain_end *ends;
    uint32_t speaker; /* which of them speaks for the whole */
    bool broken;      /* one is BROKEN: then there is no verdict */
    enum verdict verdict;
    int exit_code, signal;
    const char *message;
    int64_t wall_ns;
    struct arena arena;
};

void chain_result_init(struct chain_result *result);
void chain_result_done(struct chain_result *result);

/* "step", "process" */
const char *chain_part_word(enum chain_kind kind);

/* From its parts' ends to the whole's: broken, or speaker, verdict and message. */
void chain_judge(struct chain_result *result, const struct chain_plan *plan, bool canceled);
