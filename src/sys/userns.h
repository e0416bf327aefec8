/* User namespaces: who maps to whom. */
#pragma once

#include "base/error.h"
#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

struct userns_line {
    uint32_t inside, outside, count;
};

/* Writes both maps of the process's fresh user namespace; uids and gids map alike. Without
 * CAP_SETGID outside, setgroups must be denied first, and then one line is all there may be. */
[[nodiscard]] bool userns_write_maps(pid_t pid, const struct userns_line *uids,
                                     const struct userns_line *gids, int count, bool deny_setgroups,
                                     struct error *err);

/* Do `count` ids from `first` on exist in the user namespace that we live in, users and groups? */
bool userns_has_ids(uint32_t first, uint32_t count);

/* A user namespace that nobody lives in, for the ids of a mount. */
[[nodiscard]] int userns_make(const struct userns_line *uid, const struct userns_line *gid,
                              struct error *err);

/* From inside a fresh user namespace, while its capabilities last: of the inotify instances and
 * watches that its maker may have in all, a `parts`-th can be used in it. The kernel counts these
 * for each user, over all his namespaces. Where /proc/sys is read-only nothing is bounded. */
void userns_bound_inotify(int parts);
