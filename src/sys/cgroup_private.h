/* What the files of sys/cgroup share: how one version of control groups names and writes things. */
#pragma once

#include "sys/cgroup.h"

struct cgroup_version {
    /* Each touches only the controllers in `controllers`. */
    bool (*limit)(int folder, unsigned controllers, const struct cgroup_limits *limits,
                  struct error *err);
    void (*measure)(int folder, unsigned controllers, struct cgroup_usage *usage);
    int64_t (*cpu_ns)(int folder);
    /* Makes the counters of an empty folder good as new, as far as they can be; NULL: they cannot.
     */
    bool (*reset)(int folder, unsigned controllers, int64_t *ret_oom_kills, struct error *err);
};

extern const struct cgroup_version cgroup_v1, cgroup_v2;

/* A whole small kernel file as text; false when it is not there. */
bool cgroup_read(int folder, const char *name, char *ret_text, int size);

/* A file that holds one number, or the number after `key ` at the start of a line; -1: none. */
int64_t cgroup_read_number(int folder, const char *name);
int64_t cgroup_find_number(const char *text, const char *key);

bool cgroup_put_number(int folder, const char *name, int64_t number, struct error *err);

/* Of version 2, by path. The whole tree, and not the part that a container sees? */
bool cgroup_is_whole_tree(const char *path);
/* From a leaf, where an earlier run of ours moved us, or whoever started us put us, to the group
 * above it, if that one was given to us. */
void cgroup_climb_to_given(char *path);
/* Moves all members into a leaf below. False, and nothing changed, if they are not ours to move. */
[[nodiscard]] bool cgroup_empty_into_leaf(const char *path);
