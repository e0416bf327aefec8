/*
 * Control groups, whatever this host has: v2, v1, a mix, or none that we may write.
 *
 * A cgroup_host is what was found, opened once. A cgroup is one box's folder in each of its trees.
 * Names carry the owner's pid namespace, pid and start time, so that a later start can sweep what
 * a killed owner left behind.
 *
 * Joining, the part that others pay milliseconds for: on v1 the task itself writes "0" to `tasks`
 * (another's pid, or cgroup.procs, waits for an RCU grace period: 7 to 19 ms); on v2 the box is
 * born inside (CLONE_INTO_CGROUP).
 */
#pragma once

#include "base/error.h"
#include <stdbool.h>
#include <stdint.h>

enum cgroup_controller {
    CGROUP_MEMORY = 1,
    CGROUP_PIDS = 2,
    CGROUP_CPU = 4,
    CGROUP_CPUACCT = 8,
};

enum { CGROUP_TREES_MAX = 4, CGROUP_NAME_MAX = 96 };

struct cgroup_tree {
    int version;          /* 1 or 2 */
    unsigned controllers; /* that we use in this tree */
    int parent;           /* our own folder in it */
};

struct cgroup_host {
    unsigned count;
    struct cgroup_tree trees[CGROUP_TREES_MAX];
};

struct cgroup_limits {
    int64_t memory_bytes;
    int64_t processes;
    int64_t cpus_milli;
};

struct cgroup {
    const struct cgroup_host *host; /* NULL: not made */
    char name[CGROUP_NAME_MAX];
    int folders[CGROUP_TREES_MAX];
    struct cgroup_limits limits[CGROUP_TREES_MAX]; /* as they are set; 0: not yet */
    int64_t oom_kills_before;                      /* in boxes that were in it earlier */
    /* spent before the guest began; the three are samples, and need not add up */
    int64_t cpu_before_ns, user_before_ns, system_before_ns;
    bool is_idle;
};

struct cgroup_usage {
    int64_t cpu_user_ns, cpu_system_ns; /* -1 where not known, as all of these */
    int64_t memory_peak_bytes, processes_peak;
    int64_t oom_kills, forks_refused;
};

/* Finds what we may use; finding nothing is no error, only something that cannot be read is. */
[[nodiscard]] bool cgroup_host_open(struct cgroup_host *ret_host, struct error *err);
void cgroup_host_close(struct cgroup_host *host);

/* Does v2 hold any controller of ours on this host? Known at once, before the rest is looked up. */
bool cgroup_host_has_v2(void);

/* 0, 1 or 2: where this controller was found. */
int cgroup_host_version(const struct cgroup_host *host, enum cgroup_controller controller);

/* Removes empty folders of owners that are no more. */
void cgroup_host_sweep(const struct cgroup_host *host);

[[nodiscard]] bool cgroup_make(struct cgroup *ret_cgroup, const struct cgroup_host *host,
                               unsigned serial, struct error *err);
[[nodiscard]] bool cgroup_limit(struct cgroup *cgroup, const struct cgroup_limits *limits,
                                struct error *err);

/* Idle: it gets processor time only when nobody else wants it, where a group can say so. */
[[nodiscard]] bool cgroup_set_idle(struct cgroup *cgroup, bool idle, struct error *err);

/* fds of `tasks` files: whoever writes "0" to each of them has joined. Returns how many. */
[[nodiscard]] int cgroup_open_doors(const struct cgroup *cgroup, int ret_fds[CGROUP_TREES_MAX],
                                    struct error *err);

/* The folder for CLONE_INTO_CGROUP, lent; -1 when no tree is v2. */
int cgroup_birthplace(const struct cgroup *cgroup);

/* Becomes readable when the box ran out of memory (v1; v2 ends the whole box itself): -1 without
 * an error when there is no such event. */
[[nodiscard]] bool cgroup_watch_memory(const struct cgroup *cgroup, int *ret_event,
                                       struct error *err);

/* What was spent on processors so far is not the guest's: it went into making the box. */
void cgroup_begin(struct cgroup *cgroup);

void cgroup_measure(const struct cgroup *cgroup, struct cgroup_usage *ret_usage);
int64_t cgroup_cpu_ns(const struct cgroup *cgroup); /* -1: not known */
void cgroup_kill(const struct cgroup *cgroup);      /* v2; elsewhere the pid namespace does it */

/*
 * As good as new for the next box, everything in it being dead; still there after all is an error.
 * On v1, folders of memory and processor are kept, because a removed one stays in the kernel for as
 * long as a page is charged to it: their counters go back to zero, and the one that cannot is
 * subtracted in cgroup_measure. All others, those of v2 above all, are made anew.
 */
[[nodiscard]] bool cgroup_renew(struct cgroup *cgroup, struct error *err);

/* Everything in it must be dead. */
void cgroup_remove(struct cgroup *cgroup);
