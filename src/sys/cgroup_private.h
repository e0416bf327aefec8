/* What the files of sys/cgroup share: how one version of control groups names and writes things. */
#pragma once

#include "base/str.h"
#include "sys/cgroup.h"

struct cgroup_version {
    /* Each touches only the controllers in `controllers`. */
    bool (*limit)(int folder, unsigned controllers, const struct cgroup_limits *limits,
                  struct error *err);
    bool (*set_idle)(int folder, bool idle, struct error *err);
    void (*measure)(int folder, unsigned controllers, struct cgroup_usage *usage);
    int64_t (*cpu_ns)(int folder);
    /* Makes the counters of an empty folder good as new, as far as they can be; NULL: they cannot.
     */
    bool (*reset)(int folder, unsigned controllers, int64_t *ret_oom_kills, struct error *err);
};

extern const struct cgroup_version cgroup_v1, cgroup_v2;

/* What a controller's name stands for in either version. */
struct cgroup_controller_row {
    const char *name;
    unsigned v1, v2;
};

enum { CGROUP_CONTROLLERS = 4 };

extern const struct cgroup_controller_row cgroup_controllers[CGROUP_CONTROLLERS];

/* "cpu,cpuacct" or "memory pids", as a set. */
unsigned cgroup_controllers_in(struct str list, char border, int version);

/* Our own group in the tree that holds `wanted`, from /proc/self/cgroup: lines "4:memory:/a/b", for
 * v2 "0::/a/b". */
bool cgroup_own_path(struct str groups, unsigned wanted, int version, struct str *ret_path);

/* The mounted part may begin below the tree's root: "/a" mounted at M shows "/a/b" as M/b. False
 * when the group lies outside of it. */
bool cgroup_place_of(struct str mount_root, struct str mount_point, struct str own, char *ret_path,
                     size_t size);

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
