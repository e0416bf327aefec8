/*
 * What the parts of the bench share: which commands are measured (workloads), by whom they are
 * started (contestants), and how long each attempt took (series).
 */
#pragma once

#include "base/arena.h"
#include "base/error.h"
#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

/* name, title, what it must print, the command; HELLO is a file of its own
 * because `testudo run FILE` brings the file along. */
#define WORKLOADS(X)                                                                               \
    X(TRUE, "/bin/true", "", "/bin/true")                                                          \
    X(PYTHON, "python3 print(1)", "1\n", "/usr/bin/python3", "-c", "print(1)")                     \
    X(BASH, "bash echo hi", "hi\n", "/bin/bash", "-c", "echo hi")                                  \
    X(HELLO, "run hello.py", "hello\n", "/usr/bin/python3")

enum workload_id {

#define X(name, ...) WORKLOAD_##name,
    WORKLOADS(X)
#undef X
        WORKLOAD_COUNT
};

struct workload {
    const char *title;
    const char *expected; /* all of stdout and stderr */
    const char *command[4];
};

extern const struct workload workloads[WORKLOAD_COUNT];

enum { GAP_COUNT = 2 };

extern const int gaps_ms[GAP_COUNT];

/* The words of a command; they live in the bench's arena or are literals. */
enum { LINE_WORDS_MAX = 72 };

struct line {
    const char *words[LINE_WORDS_MAX + 1]; /* NULL ends it */
    size_t count;
};

struct series {
    double *ms; /* of the good attempts */
    size_t count, bad;
};

enum { CONTESTANTS_MAX = 16, UNDO_MAX = 4 };

struct contestant {
    const char *name;
    const char *program; /* where it is installed */
    const char *skipped; /* why it takes no part, or NULL */
    bool is_ours;
    bool is_plain;          /* runs as a user without rights */
    bool in_private_mounts; /* does not stand the host's mounts as they are, or leaves some */
    struct line commands[WORKLOAD_COUNT]; /* an empty one is not measured */
    struct line undo[UNDO_MAX];           /* takes away what preparing or failing left */
    size_t undo_count;
    struct series series[WORKLOAD_COUNT][GAP_COUNT];
};

struct bench {
    struct arena arena;
    struct line us, us_script;       /* how we are called for a command; for a file, may be empty */
    struct line plain, plain_script; /* the same as a plain user */
    const char *only;                /* names of contestants, parted by commas, or NULL: all */
    size_t rounds, warm_up;
    struct contestant contestants[CONTESTANTS_MAX];
    size_t contestant_count;
    const char *folder; /* all our temporary files */
    const char *name;   /* unique on this host: for containers and cgroups */
    const char *search; /* PATH of the caller, where contestants are looked for */
    uid_t plain_uid;
    int host_mounts;    /* mount namespaces, as fds; -1: there are no private mounts */
    int private_mounts; /* a copy of them without the unified cgroup mount */
};

void line_add(struct line *line, const char *word);

/* The last argument is NULL. */
void line_add_all(struct line *line, ...) __attribute__((sentinel));
void line_append(struct line *line, const struct line *more);
void line_add_command(struct line *line, enum workload_id workload);

/* Is this one worth a column for the contestant? */
static inline bool contestant_measures(const struct contestant *contestant,
                                       enum workload_id workload)
{
    return contestant->skipped == NULL && contestant->commands[workload].count > 0;
}

const struct contestant *bench_find(const struct bench *bench, const char *name);
