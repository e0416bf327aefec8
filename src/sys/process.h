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

/* As a part of a file's name: whoever finds the file can tell whether its owner still works on it.
 */
enum { PROCESS_MARK_TEXT = 64 };

void process_mark_write(const struct process_mark *mark, char ret_text[PROCESS_MARK_TEXT]);
/* The mark that `text` begins with. */
bool process_mark_read(const char *text, struct process_mark *ret_mark);

/* Is the marked process certainly gone? Those of other pid namespaces never are, for us. */
bool process_mark_is_dead(const struct process_mark *mark);

/* Field 22 of a /proc/PID/stat. The name in field 2 may hold spaces and parentheses, and be chosen
 * by a stranger: the last ")" ends it. */
[[nodiscard]] bool process_stat_start(const char *stat, uint64_t *ret_started);
