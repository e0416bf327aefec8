/*
 * The runner of the attacks: each attack of attacks.def goes each way of ways.def into a box, and
 * must come to no end but "held". README.md, beside this file, tells how to add one.
 *
 * A trial is one attack going one way. It has a folder of its own, is started by the flows' means
 * (tests/flow: command.c, census.c), and is judged by what the probe says, by what the host's part
 * saw, and by what was left behind.
 */
#pragma once

#include <stdbool.h>

#include "base/buf.h"
#include "base/error.h"
#include "tests/flow/flow.h"

enum control { CONTROL_OUTER, CONTROL_PLAIN, CONTROL_GUEST, CONTROL_NEVER };

enum { LEAKS = 20 };

enum caller { CALLER_ROOT, CALLER_PLAIN };

/* A plain user may not be able to have these: no control groups are his. */
#define ACCEPT_MISSING                                                                             \
    "--accept-missing", "memory", "--accept-missing", "cpus", "--accept-missing", "processes",     \
        "--accept-missing", "cpu"

struct trial;

/* What is played outside of the box while the probe is inside. Either may be NULL. */
struct host_part {
    const char *name;
    bool (*before)(struct trial *trial, struct error *err); /* adds facts */
    bool (*after)(struct trial *trial, struct error *err);  /* false: the attack got through */
};

struct attack {
    const char *name, *numbers, *host;
    enum control control;
    const char *layers, *sentence;
};

struct way {
    const char *name, *sentence;
    const char *warm; /* how the box is to be made, as results say it; empty: they are not asked */
    enum caller caller;
    const char *const *arguments; /* NULL ended */
};

extern const struct attack attacks[];
extern const int attack_count;
extern const struct way ways[];
extern const int way_count;

/* An item of the list that is answered elsewhere, or cannot apply. */
struct item {
    int number;
    const char *text;
};

extern const struct item items[];
extern const int item_count;

/* NULL: there is none, and then the attack may not be absent. */
const char *attack_note(const struct attack *attack);

/* What shows a layer that no attack here does, or NULL. */
const char *layer_shown_by(const char *word);

enum outcome { OUTCOME_HELD, OUTCOME_OPEN, OUTCOME_ABSENT, OUTCOME_UNTRIED, OUTCOME_SILENT };

const char *outcome_word(enum outcome outcome);

struct trial {
    const struct attack *attack;
    const struct way *way;
    struct scene scene;
    struct buf facts; /* NAME=VALUE lines for the probe */
    enum outcome outcome;
    char detail[400];
    char made[16]; /* how the box was made, where a result says it */
    int pause_ms;  /* in which something may become warm */
    const char *probe;
    int helper; /* for the host's part: an fd, a process */
    int leaks[LEAKS];
    char secret[40]; /* stands in the canary, and nowhere else */
};

struct outside {
    struct stage stage;
    const char *probe;      /* path of the static program */
    const char *layers_off; /* NULL: all layers are on */
};

/* One trial from beginning to end; false if something else than the attack went wrong. */
[[nodiscard]] bool trial_play(const struct outside *outside, const struct attack *attack,
                              const struct way *way, struct trial *ret_trial, struct error *err);

[[nodiscard]] bool trial_warm_up(const struct outside *outside, enum caller caller,
                                 struct error *err);

/* Is the program of that name where the trials look for programs? */
bool trial_has_program(const char *name);

/* Makes the hostile image for this caller. */
[[nodiscard]] bool trial_make_image(const struct outside *outside, enum caller caller,
                                    struct error *err);

const struct host_part *host_part_find(const char *name);

/* A copy of the probe for all to execute, as FOLDER/NAME. */
[[nodiscard]] bool probe_copy(const char *probe, const char *folder, const char *name,
                              struct error *err);

/* Removes a folder and all below it, on one file system. */
[[nodiscard]] bool folder_remove(const char *path, struct error *err);
