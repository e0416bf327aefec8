/*
 * What a look at sources without running them has found: of each file its syntax errors and
 * findings. A worker writes it, a line of JSON a file; reports are made of it.
 *
 * The strings are a stranger's, cut to a length and otherwise as they were: whoever shows them
 * escapes them. Nothing here is a promise about what a program does: the box is the boundary.
 */
#pragma once

#include "base/arena.h"
#include "base/error.h"
#include "base/json_write.h"
#include "model/left_out.h"
#include <stdbool.h>
#include <stdint.h>

/* NAME, word; from the least to the worst */
#define SEVERITIES(X)                                                                              \
    X(NONE, "none")                                                                                \
    X(LOW, "low")                                                                                  \
    X(MEDIUM, "medium")                                                                            \
    X(HIGH, "high")                                                                                \
    X(CRITICAL, "critical")

enum severity {

#define X(name, word) SEVERITY_##name,
    SEVERITIES(X)
#undef X
        SEVERITY_COUNT,
};

#define FINDING_SYNTAX "syntax-error" /* the rule that what cannot be parsed breaks */

enum {
    FINDINGS_MAX = 1000, /* of one file; more are counted only */
    FINDING_TEXT_MAX = 400,
    FINDING_EXCERPT_MAX = 160,
};

/* Lines and columns count from 1, columns in characters; the end is the place after the last. */
struct finding {
    const char *rule, *message;
    enum severity severity, confidence; /* confidence: LOW, MEDIUM or HIGH */
    uint32_t cwe;                       /* or 0 */
    uint32_t line, column, end_line, end_column;
    const char *excerpt;                /* of its line */
    uint32_t excerpt_at, excerpt_marks; /* characters of the excerpt before it, and its own */
    const char *ignored;                /* the reason that a comment gives, or NULL: it counts */
    bool known;                         /* it stands in a baseline, and does not count */
    const char *also;                   /* which other tools say so, "bandit:B307", or NULL */
};

/* NAME, word in JSON, what it says */
#define CHECKED_STATES(X)                                                                          \
    X(WHOLE, "checked", "all of it was looked at")                                                 \
    X(PARTIAL, "partial", "only a part of it was looked at")                                       \
    X(SKIPPED, "skipped", "it was not looked at")

enum checked_state {

#define X(name, word, meaning) CHECKED_##name,
    CHECKED_STATES(X)
#undef X
        CHECKED_STATE_COUNT,
};

struct checked_file {
    const char *name;
    const char *language; /* or NULL */
    enum checked_state state;
    const char *why; /* not WHOLE: the reason */
    int64_t bytes;
    uint32_t lines;
    uint32_t finding_count, findings_left_out;
    uint32_t finding_room;    /* 0: as many as there are */
    struct finding *findings; /* by place */
};

/* All that was looked at, in the order of names. */
struct checked {
    struct checked_file *files;
    uint32_t file_count, file_room;
    struct left_out trees; /* what of them was not looked at */
};

struct checked_sums {
    int64_t lines;
    uint32_t states[CHECKED_STATE_COUNT]; /* files */
    uint32_t syntax;                      /* errors */
    uint32_t found[SEVERITY_COUNT];       /* findings that count, syntax errors aside */
    uint32_t ignored, known, left_out;
    enum severity risk;
};

const char *severity_word(enum severity severity);
[[nodiscard]] bool severity_read(struct str word, enum severity *ret);

bool finding_is_syntax(const struct finding *finding);

/* What a finding says about running the code: its severity, one step less where it is little sure.
 * The risk of a whole is its worst finding's. That a text cannot be parsed is no risk. */
enum severity finding_risk(const struct finding *finding);

struct checked_sums checked_sum(const struct checked *checked);

/* Was all of it looked at that was asked for? What is left out of a tree on purpose does not count.
 */
bool checked_is_whole(const struct checked *checked);
void checked_add(struct checked *checked, const struct checked_file *file); /* on the heap */
void checked_sort(struct checked *checked);
void checked_done(struct checked *checked);

/* One object, as the worker tells it and as --json shows it. */
void checked_write_file(struct json_writer *json, const struct checked_file *file);

/* The line may be a stranger's. Everything lives in the arena. */
[[nodiscard]] bool checked_read_file(struct arena *arena, struct str line, struct checked_file *ret,
                                     struct error *err);
