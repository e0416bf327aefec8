/*
 * Mounts by file descriptor: a mount is made detached, given its attributes, and only then moved
 * to its place. Paths of strangers never reach the kernel here; places are relative to a dirfd.
 *
 * Everything here may run between clone and exec: no memory is allocated.
 */
#pragma once

#include "base/error.h"
#include <stdbool.h>
#include <stdint.h>

enum mount_flag {
    MOUNT_READ_ONLY = 1,
    MOUNT_NO_EXEC = 2,
    MOUNT_NO_DEVICES = 4, /* nosuid always goes without saying */
};

/* An option of a new file system: a flag when value is NULL. */
struct mount_option {
    const char *key, *value;
};

/* A new file system, detached. -1 names the type and, where the kernel tells, the option. */
[[nodiscard]] int mount_new(const char *type, const struct mount_option *options, unsigned flags,
                            struct error *err);

/* Other options for the file system that is mounted here; `mount` is its top folder. */
[[nodiscard]] bool mount_change(int mount, const struct mount_option *options, struct error *err);

/* A private copy of what is seen at `path` below `dir`, detached. */
[[nodiscard]] int mount_copy(int dir, const char *path, bool with_submounts, unsigned flags,
                             struct error *err);

[[nodiscard]] bool mount_set_flags(int mount, bool with_submounts, unsigned flags,
                                   struct error *err);

/* Shows files of uid and gid `from` as those that `userns` maps them to. */
[[nodiscard]] bool mount_set_idmap(int mount, int userns, struct error *err);

/* The same folder as seen in this mount namespace, for a folder that was opened in another one: its
 * mount cannot be copied. That it is the same is checked, so nothing is won by swapping a name. */
[[nodiscard]] bool mount_find_again(int *folder, struct error *err);

/* Moves a detached mount to `path` below `dir`; the last part of `path` may not be a link. */
[[nodiscard]] bool mount_attach(int mount, int dir, const char *path, struct error *err);

/* What is mounted at `from`, at `to` as well, with its flags: one call, for many places. Both are
 * of our own making, and relative to the working folder. False with ENOENT: there is no such place.
 */
[[nodiscard]] bool mount_repeat(const char *from, const char *to, struct error *err);

/* Nothing mounted later, here or there, is seen on the other side. */
[[nodiscard]] bool mount_cut_propagation(struct error *err);

/* Makes the detached mount the root of this mount namespace and lets go of all others. */
[[nodiscard]] bool mount_enter_root(int root, struct error *err);
