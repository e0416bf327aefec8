/*
 * What the asking side and the broker say to each other about one box: what to put in it
 * (box_spec), and how it ended (box_end). Plain data; fds are lent unless a function says "take".
 */
#pragma once

#include "model/isolation.h"
#include "model/limits.h"
#include <stdbool.h>
#include <stdint.h>

enum {
    BOX_INPUTS_MAX = 32,
    BOX_CHANNELS_MAX = 4,
    BOX_LINKS_MAX = 256,
    BOX_WORDS_MAX = 65536,           /* argv, or env */
    BOX_WORDS_BYTES_MAX = 1 << 20,   /* of both together */
    BOX_WORD_BYTES_MAX = 120 * 1024, /* the kernel takes 128 KiB for one string */
    BOX_PATH_MAX = 1024,
    BOX_TERMINAL_MAX = 65535, /* rows, or columns */
    BOX_GUEST_ID = 1000,      /* the guest's uid and gid, inside */
};

/* Where things lie inside every box. */
#define BOX_WORK "/work"
#define BOX_IN "/in"

/* The runtimes that warm boxes run. */
#define BOX_PYTHON "/usr/bin/python3"
#define BOX_NODE "/usr/bin/node"
#define BOX_JAVA "/usr/bin/java"

#define BOX_SEARCH_PATH "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"

/* The environment of a guest whose caller has not asked for more; NULL ends it. */
extern const char *const box_clean_env[];

enum network {
    NETWORK_NONE,
    NETWORK_LOOPBACK,
    NETWORK_GATE, /* loopback, and on it one port that leads to the gate (role/gate.h); only of a
                   * cold box. Its first channel is the gate's door, and is not handed to the guest.
                   */
};

/* Where the gate listens in a box that has one. */
enum { BOX_GATE_PORT = 8118 };

/* What can already be running in a box when its spec comes. A command is executed in any box. */
enum warm {
    WARM_COMMAND,
    WARM_PYTHON, /* an initialised interpreter; argv is that of `python3 FILE`, -c or -m */
    WARM_PYTEST, /* the same that has pytest and coverage loaded */
    WARM_READER, /* what parses sources (src/worker/warm.c), which brings its rules along */
    WARM_NODE,   /* started alone for this one program; argv is that of lang/javascript.c */
    WARM_JAVA,   /* the same of lang/java.c */
    WARM_JUNIT,  /* the same that has run a test of JUnit 4 */
    WARM_COUNT,
};

/* A runtime that cannot be copied waits in a box of its own, and is used once. */
static inline bool warm_is_parked(enum warm kind)
{
    return kind >= WARM_NODE && kind < WARM_COUNT;
}

enum box_input_kind {
    BOX_INPUT_FOLDER, /* a folder of the caller's, read-only, shown below /in */
    BOX_INPUT_PREFIX, /* a toolchain that lives outside /usr, read-only, at its own path */
};

struct box_input {
    enum box_input_kind kind;
    const char *target; /* absolute path inside */
    int fd;             /* the folder */
};

/* A symbolic link in /work, so that what lies beside a source is found by relative names. */
struct box_link {
    const char *name; /* one name, without "/" */
    const char *text; /* a plain absolute path inside */
};

struct words {
    const char **list; /* NULL ends it */
    uint32_t count;
};

struct box_spec {
    struct words argv, env;
    const char *cwd;   /* absolute, inside */
    const char *image; /* "host" or a name from `testudo image list` */
    struct limits limits;
    uint32_t accept_missing; /* bit 1 << enum limit */
    enum network network;
    bool noexec;    /* nothing below /work can be executed directly */
    bool explain;   /* report what is refused */
    bool cold;      /* made for this run alone: no recycled slot, nothing warm */
    enum warm warm; /* may be used if it is there */
    bool terminal;  /* stdio is a new terminal of the box's own, of this size; only of a cold box */
    uint32_t rows, columns;
    int stdio[3];
    uint32_t channel_count;
    int channels[BOX_CHANNELS_MAX]; /* fds 3, 4, … of the guest */
    uint32_t input_count;
    struct box_input inputs[BOX_INPUTS_MAX];
    uint32_t link_count;
    const struct box_link *links;
};

/* Why a box was ended by us; NONE: it ended by itself. */
enum box_cause {
    BOX_CAUSE_NONE,
    BOX_CAUSE_WALL_TIME,
    BOX_CAUSE_CPU_TIME,
    BOX_CAUSE_MEMORY,
    BOX_CAUSE_OUTPUT,
    BOX_CAUSE_IDLE,
    BOX_CAUSE_CANCELED,
    BOX_CAUSE_COUNT,
};

struct box_end {
    enum box_cause cause;
    bool leader_ended; /* by itself, before we ended the box; then status is as wait gives it */
    int32_t status;
    int64_t wall_ns; /* from start to the last process's end */
    int64_t cpu_user_ns, cpu_system_ns;
    int64_t memory_peak_bytes; /* -1: not known on this host */
    int64_t processes_peak;    /* -1: not known */
    int64_t oom_kills;
    int64_t forks_refused; /* by the limit of processes */
    bool disk_full;        /* at the end, in bytes or in inodes */
};

/* One refusal, in `explain` mode. */
struct box_refusal {
    int32_t call;   /* system call number */
    int32_t number; /* errno that the guest saw, or is about to see */
    int64_t argument;
    char path[BOX_PATH_MAX]; /* or a socket's address; may be empty */
};

/* The broker asks this of every spec, whatever the asking side checked before. */
[[nodiscard]] bool box_spec_check(const struct box_spec *spec, struct error *err);

/* The part of it that is about argv and env. */
[[nodiscard]] bool box_words_check(const struct words *argv, const struct words *env,
                                   struct error *err);

/* May an input of this kind be shown at this place in a box? */
bool box_target_is_allowed(enum box_input_kind kind, const char *target);

/* "/a/b": absolute, no empty, "." or ".." part, printable, not too long. */
bool box_path_is_plain(const char *path);
