/*
 * Walking, copying and removing whole trees by fd: no path is ever looked up twice, no symbolic
 * link is ever followed, no other file system is entered, and depth costs no stack of ours beyond
 * a fixed limit.
 */
#pragma once

#include "base/error.h"
#include <stdbool.h>
#include <stdint.h>
#include <sys/stat.h>

enum { TREE_DEPTH_MAX = 512 };

/* One name met on a walk. `folder` holds `name`; about is of the name itself, links not followed.
 */
struct tree_place {
    int folder;
    const char *name;
    const struct stat *about;
    int depth; /* 0: directly in the folder that the walk began with */
};

enum tree_answer { TREE_GO_ON, TREE_PASS_OVER /* do not enter this folder */, TREE_STOP };

typedef enum tree_answer tree_visit(const struct tree_place *place, void *cookie);

/* Folders are visited before what they hold. What may not be opened is passed over;
 * too few descriptors for all levels are an error. */
[[nodiscard]] bool tree_walk(int folder, tree_visit *visit, void *cookie, struct error *err);

struct tree_copy_limits {
    int64_t files, bytes; /* at most so many */
    tree_visit *visit;    /* asked about each name before it is copied; may be NULL */
    void *cookie;
};

struct tree_copy_report {
    int64_t files, bytes;
    int64_t left_out; /* devices, sockets, fifos, unreadable files */
};

/* Regular files, folders and links, as copies of their own without setuid, setgid and sticky bits;
 * files keep their mode, folders become 0755, the owner is ours. `to` must be empty. A visit that
 * answers TREE_PASS_OVER leaves the name out, and is not asked about what lies below; one that
 * answers TREE_STOP has set the error that the copy then fails with. */
[[nodiscard]] bool tree_copy(int from, int to, const struct tree_copy_limits *limits,
                             struct tree_copy_report *ret_report, struct error *err);

/* Removes NAME and all below it. */
[[nodiscard]] bool tree_remove(int parent, const char *name, struct error *err);

/* The bytes of one regular file from its start; copies in the kernel. Holes stay holes, and count
 * nothing: *ret_bytes and bytes_max are about bytes that are there. `to` is empty. */
[[nodiscard]] bool tree_copy_file(int from, int to, int64_t bytes_max, int64_t *ret_bytes,
                                  struct error *err);
