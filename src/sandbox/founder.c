/*
 * The founder of a slot: a process that makes the namespaces and the tree that all boxes of the
 * slot will share, one after the other, hands them to the broker by fd, and ends. No box ever runs
 * in it, or in the mount namespace that it made: each gets a copy.
 */
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <unistd.h>

#include "sandbox/inside.h"
#include "sandbox/ledger.h"
#include "sys/fd.h"

static bool raise_tree(struct tree *tree, struct error *err)
{
    return tree_found(tree, err) || error_stage(err, "mount");
}

static bool hand_over(int talk, const struct tree *tree, struct error *err)
{
    static const char *const places[] = {"/proc/self/ns/user", "/proc/self/ns/net",
                                         "/proc/self/ns/uts", "/proc/self/ns/mnt"};
    int fds[SLOT_SPACES + LEDGERS];
    for (int i = 0; i < SLOT_SPACES; i++) {
        fds[i] = fd_open(AT_FDCWD, places[i], O_RDONLY, 0, err);
        if (fds[i] < 0)
            return error_stage(err, "namespaces");
    }
    if (!ledger_open(fds + SLOT_SPACES, err))
        return error_stage(err, "network");
    struct talk founded = {.what = TALK_FOUNDED, .plain_bind = tree->plain_bind};
    founded.count = SLOT_SPACES + LEDGERS;
    return talk_send(talk, &founded, fds, SLOT_SPACES + LEDGERS, err);
}

/* Nothing that is taken here is ever given back: the end does that. */
void inside_found(const struct sandbox_host *host, const struct image *image, int talk)
{
    struct error err = {};
    struct tree tree = {
        .mode = host->mode, .image = *image, .dev = -1, .root = -1, .work = -1, .in = -1};
    if (!inside_begin(talk, &tree, &err) || !raise_tree(&tree, &err) ||
        !hand_over(talk, &tree, &err))
        inside_give_up(talk, &err);
    _exit(0);
}
