/*
 * Landlock: files that were not named cannot be reached, whatever paths or mounts say.
 *
 * It stands behind the mounts of a box as a second wall, and in front of processes that have no
 * mounts of their own. It does not stop what goes through files that are already open, nor stat
 * and chmod. Restricting is for this thread and all that it starts, for good; it needs
 * no_new_privs. Nothing here allocates: good between clone and exec.
 */
#pragma once

#include "base/error.h"
#include <stddef.h>

/* What the running kernel offers: 0 none, 1 files, 2 renames across folders, 3 truncation,
 * 5 device ioctls, 6 signals and abstract sockets, 7 silence. */
int landlock_abi(void);

enum landlock_access {
    LANDLOCK_READ,  /* read, list, execute */
    LANDLOCK_WRITE, /* everything */
};

/* Everything beneath a folder, or one file. The fd is lent and may be O_PATH. */
struct landlock_rule {
    int fd;
    enum landlock_access access;
};

/* From now on only what the rules name can be opened, as far as the kernel's ABI knows the kind of
 * access; from ABI 6 on signals and abstract sockets reach only what is restricted likewise.
 * *ret_abi says what held: 0 means that this kernel has no Landlock and nothing was restricted,
 * which is the caller's to report. */
[[nodiscard]] bool landlock_restrict(const struct landlock_rule *rules, size_t count, int *ret_abi,
                                     struct error *err);
