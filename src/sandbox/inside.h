/*
 * What happens inside a box before the first foreign byte runs: private to sandbox/slot.c and the
 * files that pid 1 and the guest go through, in this order: inside.c, tree.c, guest.c.
 */
#pragma once

#include "sandbox/slot.h"

enum { TALK_MAPPED = 1, TALK_DOORS, TALK_GO, TALK_READY, TALK_FAILED, TALK_LISTENER };

struct talk {
    uint32_t what;
    uint32_t count;          /* fds that came along, beyond what always comes */
    uint32_t pin_processors; /* DOORS: no control group limits the processors */
    uint32_t plain_bind;     /* READY */
    struct error error;      /* FAILED */
};

/* Pid 1, from birth to its exec of init. */
_Noreturn void inside_live(const struct sandbox_host *host, const struct image *image, int talk);

/* The mount tree while it is being built. */
struct tree {
    enum privilege_mode mode;
    struct image image;
    int dev;         /* /dev, made by the broker; -1: rootless */
    int root;        /* the new root, attached out of the way */
    int work;        /* the work folder, for the asker */
    bool plain_bind; /* the image could not be overlaid */
};

/* All that does not depend on the spec. */
[[nodiscard]] bool tree_begin(struct tree *tree, struct error *err);

/* The rest; then the tree is the root, and nothing of the host is left, no open folder either. */
[[nodiscard]] bool tree_finish(struct tree *tree, struct box_spec *spec, struct error *err);

struct guest_plan {
    const struct sandbox_host *host;
    const struct box_spec *spec;
    bool pin_processors; /* no control group limits them */
};

/* The guest: drops everything and executes the command. Returns only on failure. It shares its
 * memory with pid 1, which waits: so no allocation, no lock. *talk is moved out of the way of the
 * guest's own files; its new number is where a failure can still be told. */
bool inside_become_guest(const struct guest_plan *plan, int *talk, struct error *err);

[[nodiscard]] bool talk_send(int talk, const struct talk *message, const int *fds, int count,
                             struct error *err);

/* Returns the message's length, 0 when the other side is gone, -1 on an error. */
[[nodiscard]] long talk_receive(int talk, void *message, size_t size, int *ret_fds, int *ret_count,
                                struct error *err);
