/*
 * What happens inside a box before the first foreign byte runs: private to sandbox/birth.c and the
 * files that pid 1 and the guest go through, in this order: inside.c, tree.c, guest.c.
 */
#pragma once

#include "sandbox/birth.h"

enum { TALK_MAPPED = 1, TALK_DOORS, TALK_GO, TALK_READY, TALK_FAILED, TALK_LISTENER };

struct talk {
    uint32_t what;
    uint32_t count;      /* DOORS: how many fds came along */
    uint32_t plain_bind; /* READY */
    struct error error;  /* FAILED */
};

/* Pid 1, from birth to its exec of init. */
_Noreturn void inside_live(struct birth *birth, int talk);

/* Folders that the broker opened, found again in the box's mount namespace. To be done while the
 * ids are still the broker's: they may lie where only he may go. */
[[nodiscard]] bool inside_reopen_folders(struct birth *birth, struct box_spec *spec,
                                         struct error *err);

struct tree_result {
    int work; /* the work folder, for the asker */
    bool plain_bind;
};

/* Builds the box's mount tree and makes it the root. */
[[nodiscard]] bool inside_build_tree(const struct birth *birth, struct tree_result *ret_result,
                                     struct error *err);

/* The guest: drops everything and executes the command. Returns only on failure. It shares its
 * memory with pid 1, which waits: so no allocation, no lock. */
bool inside_become_guest(const struct birth *birth, int talk, struct error *err);

[[nodiscard]] bool talk_send(int talk, const struct talk *message, const int *fds, int count,
                             struct error *err);

/* Returns the message's length, 0 when the other side is gone, -1 on an error. */
[[nodiscard]] long talk_receive(int talk, void *message, size_t size, int *ret_fds, int *ret_count,
                                struct error *err);
