/*
 * A flow is a scenario in plain text, played through the real program. README.md, beside this
 * file, describes the language for its writers; here is how it is carried out.
 *
 * parse.c cuts a file into scenarios of steps, without looking into them. play.c carries one
 * scenario out, in its own scratch folder, step by step, with command.c starting its commands and
 * skip.c deciding on its needs; expect.c and json.c compare; census.c counts what is left of a
 * scenario outside of it; user.c makes a plain user of us. The first step that fails ends its
 * scenario; the next one is played.
 */
#pragma once

#include <stdint.h>
#include <sys/types.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/error.h"
#include "base/str.h"

struct step {
    int line;
    struct str verb, rest; /* `expect`, `exit 0` */
    struct str block;      /* the `| ` lines that follow, as they stand in the file */
    bool has_block;
};

struct scenario {
    const char *file;
    int line;
    struct str sentence;
    struct step *steps;
    int count;
    bool once; /* whoever plays it, it shows the same: no second user needs to */
};

struct flow_file {
    struct scenario *scenarios;
    int count;
};

[[nodiscard]] bool flow_parse(struct arena *arena, const char *file, struct str text,
                              struct flow_file *ret_file, struct error *err);

/* What the `| ` lines say, each with its line end. */
struct str step_block(struct arena *arena, const struct step *step);

/* Words as a shell cuts them; $NAME is replaced except within '..'. Quoted words stay known. */
struct word {
    const char *text;
    bool quoted;
};

struct words {
    struct word *list;
    int count;
};

struct scene;
[[nodiscard]] bool words_split(struct scene *scene, struct str text, struct words *ret_words,
                               struct error *err);

/* What all scenarios of a run share. */
struct stage {
    const char *program, *faults_program; /* the second may be NULL */
    const char *tools;                    /* the folder of test programs; may be NULL */
    const char *source;                   /* the folder that the runner was started in */
    const char *folder;                   /* holds the scratch folders */
    bool limits; /* of control groups are there, though the runner cannot see that itself */
    bool again;  /* root has played all of them already */
    int slower;  /* by which the scenarios' limits are longer than they say */
};

struct census {
    struct buf mounts, cgroups; /* a line each */
};

/* One scenario being played. */
struct scene {
    const struct stage *stage;
    const char *program;
    const char *folder;
    int64_t deadline_ns;
    struct arena arena;
    struct census before;
    const char *env[64]; /* NULL ended */

    struct str input; /* these three are for the next command only */
    bool as_plain_user;
    int signal, signal_after_ms;

    struct buf out, err; /* of the last command */
    int status;          /* as a shell would say it: 128 + n for a signal */
    int64_t took_ms;
};

enum flow_verdict {
    FLOW_PASSED,
    FLOW_FAILED,
    FLOW_SKIPPED,
};

/* Prints the failure or the reason for skipping. */
enum flow_verdict flow_play(const struct stage *stage, const struct scenario *scenario);

/* False, with the reason in err, if this host lacks what is needed. */
[[nodiscard]] bool need_met(const struct scene *scene, struct words words, struct error *err);

/* No account has this number: it owns nothing and may nothing. */
enum { PLAIN_USER = 54321 };

/* For good. */
[[nodiscard]] bool user_become_plain(void);

/* The same stage in a part of its folder that is the plain user's, with copies of the programs:
 * theirs may lie where he cannot go. */
[[nodiscard]] bool user_prepare_stage(const struct stage *stage, struct stage *ret_stage);

const char *scene_env(const struct scene *scene, const char *name);
void scene_set_env(struct scene *scene, const char *name, const char *value);

/* Runs a program to its end; false only if it could not be started or the time was over. */
[[nodiscard]] bool command_run(struct scene *scene, char *const argv[], struct error *err);

[[nodiscard]] bool expect(struct scene *scene, const struct step *step, struct error *err);
[[nodiscard]] bool expect_json(struct scene *scene, struct words words, struct error *err);

/* `is`, `contains`, `lacks`, `matches`; fails with what was got, escaped and capped. */
[[nodiscard]] bool expect_text(const char *what, struct str got, const char *relation,
                               const char *want, struct error *err);
/* `A..B`, `>= N`, `> N`, `<= N`, `< N` in words from `first` on. */
bool words_are_range(struct words words, int first);
[[nodiscard]] bool expect_range(const char *what, double got, struct words words, int first,
                                struct error *err);

void census_take(struct census *census);
void census_done(struct census *census);
/* Waits a second for the last ones to go. */
[[nodiscard]] bool census_expect_nothing_left(const struct census *before, int slower,
                                              struct error *err);
/* Ends what the scenario left running. */
void census_sweep(void);
