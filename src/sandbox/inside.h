/*
 * What happens inside a box before the first foreign byte runs: private to sandbox/slot.c and the
 * files that the processes of a box go through. A cold box: inside.c, tree.c, guest.c. A pooled
 * slot is founded by founder.c and tree_pooled.c; its occupants go through birth.c, occupant.c,
 * tree_pooled.c, guest.c.
 */
#pragma once

#include "base/arena.h"
#include "sandbox/slot.h"
#include "wire/wire.h"

struct tree;

enum {
    TALK_MAPPED = 1,
    TALK_DOORS,
    TALK_GO,
    TALK_READY,
    TALK_FAILED,
    TALK_LISTENER,
    TALK_TERMINAL, /* with its far end */
    TALK_FOUNDED,  /* with the namespaces, in the order of enum slot_space, and the ledgers */
    TALK_BORN,
    TALK_WAITING, /* all is done that needs no spec */
    TALK_BEGUN,   /* a parked runtime has all that it needs for its program */
};

enum { INSIDE_SPEC_BYTES_MAX = 4 << 20 };

/* What the kernel counts for each user, and a plain user's boxes therefore share with him, a box
 * can have this part of. In root mode each box has users of its own. */
enum { INSIDE_PARTS = 4 };

struct talk {
    uint32_t what;
    uint32_t count;                 /* fds that came along, beyond what always comes */
    uint32_t pin_processors;        /* DOORS: no control group limits the processors */
    uint32_t processes_are_counted; /* DOORS: a control group does */
    uint32_t plain_bind;            /* READY, FOUNDED */
    int64_t spent_ns;               /* READY: processor time that a parked runtime has had */
    int32_t pid, midwife; /* BORN: pid 1 of the box, and who bore it; FAILED: who was to bear it;
                           * of the broker's own ns */
    struct error error;   /* FAILED */
};

/* Pid 1, from birth to its exec of init. */
_Noreturn void inside_live(const struct sandbox_host *host, const struct image *image, int talk);

_Noreturn void inside_give_up(int talk, const struct error *err);
[[nodiscard]] bool inside_await(int talk, uint32_t what, struct talk *ret_message, int *ret_fds,
                                int *ret_count, struct error *err);
[[nodiscard]] bool inside_await_spec(int talk, struct arena *arena, struct wire_message *message,
                                     struct box_spec *spec, struct error *err);
[[nodiscard]] bool inside_take_ids(enum privilege_mode mode, struct error *err);

/* The first steps of a box's pid 1 and of a founder alike: namespaces, ids, the tie to the broker.
 */
[[nodiscard]] bool inside_begin(int talk, struct tree *tree, struct error *err);

/* The image's folders as this mount namespace sees them. */
[[nodiscard]] bool inside_find_image_again(struct image *image, struct error *err);

/* Pid 1 dies with the process that called the broker. */
[[nodiscard]] bool inside_die_with_broker(struct error *err);

/* Of all that is open only the socket and `held`, by anonymous_hold, go on. */
[[nodiscard]] bool inside_become_init(int init, int held, pid_t guest, int talk, struct error *err);

/* Founds a slot: makes what outlives its boxes, hands it over, and ends. */
_Noreturn void inside_found(const struct sandbox_host *host, const struct image *image, int talk);

/* The mount tree while it is being built. */
struct tree {
    enum privilege_mode mode;
    struct image image;
    int dev;                /* /dev, made by the broker; -1: none could be made */
    int root;               /* the new root, attached out of the way */
    int work;               /* the work folder, for the asker */
    int in;                 /* pooled: the folder of inputs, while it can be written */
    struct limits expected; /* pooled: the disk's size until the spec is there */
    bool plain_bind;        /* the image could not be overlaid */
};

/* All that does not depend on the spec. */
[[nodiscard]] bool tree_begin(struct tree *tree, struct error *err);

/* The rest; then the tree is the root, and nothing of the host is left, no open folder either. */
[[nodiscard]] bool tree_finish(struct tree *tree, struct box_spec *spec, struct error *err);

/* The same in three steps, for a slot that outlives its boxes: by its founder; by an occupant
 * before and after anybody knows what the box is for. */
[[nodiscard]] bool tree_found(struct tree *tree, struct error *err);
[[nodiscard]] bool tree_settle(struct tree *tree, const struct limits *expected, struct error *err);
[[nodiscard]] bool tree_furnish(struct tree *tree, struct box_spec *spec, struct error *err);

struct guest_plan {
    const struct sandbox_host *host;
    const struct box_spec *spec;
    bool pin_processors;        /* no control group limits them */
    bool processes_are_counted; /* a control group does */
};

/* The guest drops everything: after this it has its own files, rights and limits, and the filter.
 * In a cold box it shares its memory with pid 1, which waits: so no allocation, no lock. *talk is
 * moved out of the way of the guest's own files; its new number is where a failure can still be
 * told. */
[[nodiscard]] bool inside_become_guest(const struct guest_plan *plan, int *talk, struct error *err);

/* The kernel's limits of a guest who became one before the spec was there. */
[[nodiscard]] bool inside_limit_again(const struct guest_plan *plan, pid_t pid, struct error *err);

/* The command. Returns only on failure. */
bool inside_execute(const struct box_spec *spec, struct error *err);

[[nodiscard]] bool talk_send(int talk, const struct talk *message, const int *fds, int count,
                             struct error *err);

/* Returns the message's length, 0 when the other side is gone, -1 on an error. */
[[nodiscard]] long talk_receive(int talk, void *message, size_t size, int *ret_fds, int *ret_count,
                                struct error *err);
