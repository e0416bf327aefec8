/* Facts about processes: who we are for names that outlive us, and who is still there. */
#pragma once

#include "base/error.h"
#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

/* Tells one process from every other that ever had its pid. */
struct process_mark {
    uint64_t pid_space; /* the pid namespace's inode */
    pid_t pid;
    uint64_t started; /* clock ticks since boot */
};

[[nodiscard]] bool process_mark_self(struct process_mark *ret_mark, struct error *err);

/* Is the marked process certainly gone? Those of other pid namespaces never are, for us. */
bool process_mark_is_dead(const struct process_mark *mark);

/* Field 22 of a /proc/PID/stat. The name in field 2 may hold spaces and parentheses, and be chosen
 * by a stranger: the last ")" ends it. */
[[nodiscard]] bool process_stat_start(const char *stat, uint64_t *ret_started);
