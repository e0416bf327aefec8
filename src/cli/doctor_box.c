#include "cli/doctor_box.h"

#include <stdio.h>

#include "base/mem.h"
#include "cli/doctor_look.h"
#include "role/broker.h"
#include "run/run.h"

/* Each goes past one limit, which must then be what ends it. All are bounded by themselves too: a
 * limit that does not hold must not cost this host anything. */
static const struct trial {
    enum guarantee which;
    enum limit limit;
    int64_t value;
    enum verdict want;
    const char *script;
} trials[] = {
    {GUARANTEE_WALL_TIME, LIMIT_WALL, 20, VERDICT_WALL_TIME, "while :; do :; done"},
    {GUARANTEE_CPU_TIME, LIMIT_CPU, 10, VERDICT_CPU_TIME, "while :; do :; done"},
    {GUARANTEE_MEMORY, LIMIT_MEMORY, 8 << 20, VERDICT_MEMORY,
     "x=0123456789abcdef; i=0\n"
     "while [ $i -lt 21 ]; do x=$x$x; i=$((i+1)); done"},
    {GUARANTEE_PROCESSES, LIMIT_PROCESSES, 4, VERDICT_PROCESSES,
     "i=0; while [ $i -lt 12 ]; do (while :; do :; done) & i=$((i+1)); done"},
    {GUARANTEE_DISK, LIMIT_DISK, 64 << 10, VERDICT_DISK,
     "x=0123456789abcdef; x=$x$x$x$x; x=$x$x$x$x; x=$x$x$x$x; f=0\n"
     "while [ $f -lt 3 ]; do i=0; while [ $i -lt 40 ]; do echo $x || exit 9; i=$((i+1)); done "
     ">$f; f=$((f+1)); done 2>/dev/null"},
    {GUARANTEE_INODES, LIMIT_INODES, 16, VERDICT_DISK,
     "i=0; while [ $i -lt 64 ]; do { echo >$i; } 2>/dev/null || exit 9; i=$((i+1)); done"},
    {GUARANTEE_OUTPUT, LIMIT_OUTPUT, 1 << 10, VERDICT_OUTPUT,
     "x=0123456789abcdef; x=$x$x$x$x; x=$x$x$x$x; i=0\n"
     "while [ $i -lt 4096 ]; do echo $x; i=$((i+1)); done; while :; do :; done"},
    {GUARANTEE_IDLE, LIMIT_IDLE, 10, VERDICT_WALL_TIME, "while :; do :; done"},
};

/* A slow or busy host is not to be mistaken for one whose limits do not hold; only the latter waits
 * for so long. */
enum { TRIAL_WALL_MS = 5000 };

static bool run_script(int broker, const char *script, const struct limits *limits,
                       struct run_result *ret_result, struct error *err)
{
    const char *argv[] = {"/bin/sh", "-c", script, NULL};
    const char *env[] = {"PATH=/usr/bin:/bin", NULL};
    const struct plan plan = {
        .run = {.argv = {argv, 3}, .env = {env, 1}, .cwd = BOX_WORK, .limits = *limits},
        .image = "host",
    };
    const struct run_io io = {.stdin_fd = -1, .cancel_fd = -1};
    return run_plan(broker, &plan, &io, ret_result, err);
}

static bool look(int broker, struct doctor_boxes *boxes, struct arena *arena, struct error *err)
{
    struct run_result result;
    const struct limits limits = limits_of_profile(&profiles[0]);
    if (!run_script(broker, doctor_look_script, &limits, &result, err))
        return false;
    boxes->count++;
    boxes->isolation = result.isolation;
    doctor_judge_look(result.run.out.head, &boxes->isolation, arena, boxes->proofs);
    run_result_done(&result);
    return true;
}

/* Where only a limit of the user's counts processes, nobody is told that it was reached: the shell
 * that could not fork fails, and that is all. */
static enum verdict verdict_wanted(const struct trial *trial, const struct isolation *isolation)
{
    return isolation->state[trial->which].mechanism == MECHANISM_RLIMIT_USER ? VERDICT_FAILED
                                                                             : trial->want;
}

static bool try_limit(int broker, const struct trial *trial, struct doctor_boxes *boxes,
                      struct arena *arena, struct error *err)
{
    struct run_result result;
    struct limits limits = limits_of_profile(&profiles[0]);
    struct doctor_proof *proof = &boxes->proofs[trial->which];
    limits.value[LIMIT_WALL] = TRIAL_WALL_MS;
    limits.value[trial->limit] = trial->value;
    if (!run_script(broker, trial->script, &limits, &result, err))
        return error_wrap(err, "a box that goes past its limit %s", limit_rows[trial->limit].flag);
    boxes->count++;
    proof->tested = true;
    enum verdict want = verdict_wanted(trial, &boxes->isolation);
    if (result.run.verdict != want)
        proof->broken =
            arena_text(arena, "a box that went past its limit came to the verdict '%s', not '%s'",
                       verdict_word(result.run.verdict), verdict_word(want));
    run_result_done(&result);
    return true;
}

/* What is weaker or missing already says so; only what is promised in full is held to it. */
static bool run_all(int broker, struct doctor_boxes *boxes, struct arena *arena, struct error *err)
{
    if (!look(broker, boxes, arena, err))
        return false;
    for (size_t i = 0; i < COUNT_OF(trials); i++)
        if (boxes->isolation.state[trials[i].which].level == GUARANTEE_ENFORCED &&
            !try_limit(broker, &trials[i], boxes, arena, err))
            return false;
    return true;
}

bool doctor_run_boxes(struct doctor_boxes *ret_boxes, struct arena *arena, struct error *err)
{
    __attribute__((cleanup(broker_end))) struct private_broker broker = {-1, 0};
    *ret_boxes = (struct doctor_boxes){};
    fflush(NULL);
    return broker_start_private(&broker, err) && run_all(broker.socket, ret_boxes, arena, err);
}

enum guarantee_level doctor_level(const struct doctor_boxes *boxes, enum guarantee which)
{
    return boxes->proofs[which].broken != NULL
               ? GUARANTEE_MISSING
               : (enum guarantee_level)boxes->isolation.state[which].level;
}

const char *doctor_why(const struct doctor_boxes *boxes, enum guarantee which)
{
    const char *broken = boxes->proofs[which].broken;
    return broken != NULL ? broken : gap_why(boxes->isolation.state[which].gap);
}

const char *doctor_fix(const struct doctor_boxes *boxes, enum guarantee which)
{
    return boxes->proofs[which].broken != NULL
               ? "this should not be: please report it, with what testudo doctor --json prints"
               : gap_fix(boxes->isolation.state[which].gap);
}
