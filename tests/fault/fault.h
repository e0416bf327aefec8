/*
 * Planned deaths: what happens to a run when a part of it dies, or the kernel refuses it something,
 * at a moment that was chosen and not met by luck.
 *
 * Theory of operation. The driver starts the real program, as it is released, under ptrace. It
 * tells the processes of a run apart by who bore them and how (roles.c), and counts the steps of
 * each role: its system calls, but for those that nobody else could notice (steps.c). A process
 * that is killed between two steps leaves exactly what it leaves anywhere else between them, so all
 * steps together are all the deaths there are. A fault (struct fault) names a role and a step of
 * it; when the step is about to be made, everything of that process stands still, and its way
 * (ways.c) is carried out: the process dies, another one does, a signal comes, the call fails.
 * Whatever is left then runs on at full speed.
 *
 * A series (series.def) plays one way at each step of one role, in one kind of run (kinds.def),
 * until the run ends before its step comes. After each, checks.c asks: does it end, and in time; is
 * the answer an error of ours, the guest's end, or a result that is all there; is nothing alive
 * after a second; is the id range free; does the next run work, and has it swept what was left. A
 * fault that did not strike is a failure too.
 *
 * scarce.c has what needs no step: full disks, no descriptors, no processes; random.c kills anybody
 * at any time while the machine is busy.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "base/buf.h"
#include "base/error.h"

/* name, what it is */
#define ROLES(X)                                                                                   \
    X(NOBODY, "nobody")                                                                            \
    X(ASKER, "asker")                                                                              \
    X(BROKER, "broker")                                                                            \
    X(HELPER, "helper") /* made by asker or broker for a moment */                                 \
    X(LAUNCHER, "launcher")                                                                        \
    X(ZYGOTE, "zygote")                                                                            \
    X(MIDWIFE, "midwife")                                                                          \
    X(INSIDE, "inside")     /* pid 1 before it becomes init, or founder of a slot */               \
    X(FIRST, "first")       /* pid 1 of a pooled box, before it becomes init */                    \
    X(OCCUPANT, "occupant") /* of a pooled box, and its children */                                \
    X(STEWARD, "steward")   /* of a parked runtime */                                              \
    X(INIT, "init")                                                                                \
    X(GUEST, "guest")     /* before it becomes the program */                                      \
    X(PROGRAM, "program") /* and its children */

enum role {

#define ROLE(name, word) ROLE_##name,
    ROLES(ROLE)
#undef ROLE
        ROLE_COUNT
};

const char *role_word(enum role role);

/* What is known of a birth. */
struct birth {
    enum role parent;
    bool by_vfork, new_pids; /* it is the first in a new pid namespace */
    bool in_batch;
};

enum role role_at_birth(const struct birth *birth);
enum role role_after_exec(enum role role);

/* Does this call change anything that another process could see? */
bool step_counts(long call, const uint64_t args[6]);
const char *step_word(long call);

/* ---- one fault ------------------------------------------------------------------------------ */

struct trace;
struct tracee;

struct way {
    const char *word;
    bool (*counts)(long call, const uint64_t args[6]); /* is it a step? */
    /* Carries it out while `holder` stands still before this call. False: there was nobody to
     * strike. */
    bool (*strike)(struct trace *trace, struct tracee *holder, long call);
    bool kills; /* its victim must be seen to die of it */
};

extern const struct way way_kill, way_kill_other, way_signal, way_stop, way_fail, way_no_nameless,
    way_lose_groups, way_freeze_groups;

struct fault {
    enum role at;
    int step; /* from 1; 0: none, count only */
    const struct way *way;
    enum role victim; /* of way_kill_other and way_stop */
    int number;       /* of way_signal and way_stop: the signal for the asker */
};

/* ---- one run -------------------------------------------------------------------------------- */

enum { ARGUMENTS_MAX = 24 };

struct kind {
    const char *name;
    const char *needs;               /* a program of the host */
    const char *argv[ARGUMENTS_MAX]; /* after "run" */
    const char *out;                 /* a file that a run brings back; NULL: none */
    bool reads;                      /* standard input is the file `input` */
    bool json;
    bool first; /* there is no state folder yet */
    bool keeps; /* what it compiles is kept, and there when it begins, */
    bool anew;  /* unless it is forgotten before each run */
    int lines;  /* of a batch, each with an answer of its own; 0: it is none */
};

/* Where runs are played: a folder with the sources, a state folder of its own, and what a clean run
 * leaves in it. */
struct place {
    const char *program;
    char *folder;
    uid_t uid;                  /* 0: as we are */
    struct buf listing, mounts; /* what a clean run leaves for good */
    int strangers;              /* children of ours that are no part of a run */
};

struct outcome {
    bool in_time;
    int status;          /* as wait tells it */
    struct buf out, err; /* capped */
    int64_t lingered_ms; /* what was alive after the asker's end, and how long */
    char alive[128];     /* after a second: which roles */
    bool struck;
    bool struck_in_vain; /* the step came, but the way found nobody */
    bool died;           /* the victim was seen to die of it */
    char call[40];       /* the step's */
    int steps[ROLE_COUNT];
};

void outcome_init(struct outcome *outcome);
void outcome_done(struct outcome *outcome);

/* A process that waits to become the program; closing or writing `gate` lets it go on. */
struct started {
    pid_t pid;
    int gate, out, err;
};

struct limits_wished {
    long files, processes; /* 0: as they are */
    bool no_stdin, no_stdout, no_stderr;
};

[[nodiscard]] bool run_prepare(const struct place *place, const struct kind *kind,
                               const struct limits_wished *wished, struct started *ret_started,
                               struct error *err);
void run_let_go(struct started *started);
/* False: it had to be killed. */
bool run_await(pid_t pid, int *ret_status);
/* Reads what it said; the process must be reaped. */
void run_finish(struct started *started, struct outcome *outcome);

/* Without a tracer, to its end. */
[[nodiscard]] bool run_plainly(const struct place *place, const struct kind *kind,
                               const struct limits_wished *wished, struct outcome *ret_outcome,
                               struct error *err);

/* ---- tracing -------------------------------------------------------------------------------- */

enum { TRACEES_MAX = 64, RUN_SECONDS_MAX = 20 };

struct tracee {
    pid_t pid;
    enum role role; /* NOBODY: its parent has not told of it yet */
    uint64_t pid_space;
    bool waits;    /* it has arrived before its parent told of it */
    int fail_with; /* the call that it is in is to fail so; 0: not */
};

struct trace {
    const struct fault *fault;
    struct outcome *outcome;
    pid_t asker;
    bool in_batch;
    bool asker_ended;
    int64_t ended_ns, deadline_ns;
    pid_t held;   /* stands still while its fault is carried out */
    pid_t victim; /* whose death is being waited for; 0: nobody's */
    bool over;    /* the fault has struck: everything runs on freely */
    struct tracee list[TRACEES_MAX];
    int count;
};

[[nodiscard]] bool trace_run(const struct place *place, const struct kind *kind,
                             const struct fault *fault, struct outcome *ret_outcome,
                             struct error *err);

struct tracee *trace_find(struct trace *trace, enum role role); /* NULL: nobody lives in it */

/* ---- judging -------------------------------------------------------------------------------- */

/* Only what the program said: status, words, output. The first thing that is wrong is the error. */
[[nodiscard]] bool check_answer(const struct place *place, const struct kind *kind,
                                const struct fault *fault, const struct outcome *outcome,
                                struct error *err);

/* The same of a batch that came to its end; in checks_batch.c. */
[[nodiscard]] bool check_batch(const struct kind *kind, enum role struck,
                               const struct outcome *outcome, struct error *err);

/* What must hold afterwards, a next run included. */
[[nodiscard]] bool check_after(const struct place *place, const struct kind *kind,
                               struct error *err);

/* ---- places and kinds ----------------------------------------------------------------------- */

[[nodiscard]] bool place_make(struct place *ret_place, const char *program, const char *folder,
                              uid_t uid, struct error *err);
void place_done(struct place *place);
/* From now on what is there belongs there. */
void place_accept(struct place *place);

/* Makes it as before the very first run. */
void place_forget_state(const struct place *place);
/* Nothing is kept of what was compiled. */
void place_forget_builds(const struct place *place);
/* All that is there, a line each. */
void place_list(const struct place *place, struct buf *out);
void place_list_mounts(struct buf *out);

const struct kind *kind_named(const char *name);
bool kind_is_possible(const struct kind *kind);

/* ---- the suites ----------------------------------------------------------------------------- */

struct tally {
    int passed, failed, skipped;
    int struck;
    bool long_form, verbose;
    const char *only;
};

/* Is this one wanted? (--only) */
bool tally_wants(const struct tally *tally, const char *name);
void tally_pass(struct tally *tally, const char *format, ...) __attribute__((format(printf, 2, 3)));
void tally_fail(struct tally *tally, const char *format, ...) __attribute__((format(printf, 2, 3)));
void tally_skip(struct tally *tally, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* `plain` may be NULL: no other user to play as. */
void series_play_all(struct place *root, struct place *plain, struct tally *tally);
void scarce_play_all(struct place *root, struct place *plain, struct tally *tally);
void random_play(struct place *place, int count, unsigned seed, struct tally *tally);
