/*
 * A slot is what a box needs, prepared as far as it can be before anybody has said what the box is
 * for: ids of its own, control groups without their limits, and a first process in namespaces of
 * its own that is building the mount tree of an image.
 *
 * Theory of operation. Three processes take part in making a box of it:
 *   the broker    makes the control groups, clones pid 1, writes its id maps from outside, sends it
 *                 the spec and the doors to the control groups (`tasks` fds);
 *   pid 1         is born with a copy of the broker's memory; it makes the other namespaces and the
 *                 mount tree, waits for the spec, finishes, joins the control groups, gives up what
 *                 it can, says READY and waits. Started, it gives birth to the guest (as vfork
 *                 does: no memory is copied), and executes init at once: nothing of the broker's
 *                 memory stays in the box;
 *   the guest     drops ids, capabilities and rights in a fixed order, installs the
 *                 filter last, and executes the command.
 * They talk over one SEQPACKET socket. Broker to pid 1: MAPPED (in root mode with /dev), the spec
 * as on the wire, DOORS (with init and the `tasks` fds), GO. Pid 1 to broker: READY (with the work
 * folder's fd), FAILED (with the error, whoever failed), LISTENER (with the filter's fd, in explain
 * mode); and from init one struct init_report.
 *
 * A slot can also be founded: then namespaces, tree and ids outlast the box, and occupants are born
 * into it by a mother (see birth.h); each has a pid, ipc, mount and cgroup namespace, a disk, and
 * control groups (or their counters) of his own.
 *
 * A broker that dies takes all of it along: pid 1 has PR_SET_PDEATHSIG, and when pid 1 of a pid
 * namespace ends, the kernel kills the rest.
 */
#pragma once

#include <stdint.h>
#include <sys/types.h>

#include "model/box.h"
#include "sandbox/host.h"
#include "sandbox/ids.h"
#include "sandbox/image.h"
#include "sandbox/ledger.h"
#include "sys/cgroup.h"

/* What a founded slot keeps from one box to the next. */
enum slot_space { SLOT_USER, SLOT_NET, SLOT_UTS, SLOT_MOUNTS, SLOT_SPACES };

struct mother;

struct slot {
    struct sandbox_host *host;
    char image[IMAGE_NAME_MAX];
    struct ids ids;
    struct cgroup cgroup;
    pid_t pid; /* of the present box; 0: gone, or never was */
    int pidfd;
    int talk;
    /* of a founded slot only */
    int spaces[SLOT_SPACES]; /* -1: this slot serves once */
    int ledgers[LEDGERS];
    uint64_t ledger_sum; /* when nobody had been in it */
    pid_t midwife;       /* still to be waited for */
    int mounts;          /* the occupant's: init is dead the sooner if others have to undo them */
    enum warm occupant;  /* what waits in it for the spec */
    bool ordered;        /* somebody may live in it, who is known or not */
    bool plain_bind;
};

/* Never half a slot. What pid 1 itself cannot do is told later, by slot_hear. */
[[nodiscard]] struct slot *slot_new(struct sandbox_host *host, const char *image,
                                    struct error *err);

/* Ends whatever lives in it, and waits for that. */
void slot_free(struct slot *slot);

/* A slot that serves many boxes, one after the other. The founder is at work when this returns;
 * FOUNDED is heard when it is done. */
[[nodiscard]] struct slot *slot_found(struct sandbox_host *host, const char *image,
                                      struct error *err);

static inline bool slot_is_founded(const struct slot *slot)
{
    return slot->spaces[0] >= 0;
}

/* Orders an occupant; BORN and WAITING are heard, in any order. Nobody may live in it. */
[[nodiscard]] bool slot_populate(struct slot *slot, struct mother *mother, enum warm kind,
                                 struct error *err);

/* Ends the occupant, waits for that, and cleans: the slot is as it was before. False: it cannot be
 * used again: an occupant who was never told of has not ended yet, or its network shows that it was
 * tried. */
[[nodiscard]] bool slot_vacate(struct slot *slot, struct error *err);

/* Says what the slot is for: sets the limits, hands over the spec and the doors. A slot in which
 * nobody lives any more is lost (see slot_say_lost). */
[[nodiscard]] bool slot_furnish(struct slot *slot, const struct box_spec *spec, struct error *err);
[[nodiscard]] bool slot_go(struct slot *slot, struct error *err);

/* Says that it was ended from outside, and not by us: an error of kind INTERRUPTED. */
bool slot_say_lost(struct error *err);

/* Pid 1 is killed, and everything with it. */
void slot_kill(const struct slot *slot);

enum slot_news {
    SLOT_READY,
    SLOT_BEGUN, /* only of parked runtimes: from now on what happens is the program's doing */
    SLOT_FAILED,
    SLOT_LISTENER,
    SLOT_TERMINAL,
    SLOT_ENDED,
    SLOT_SILENCE,
    SLOT_FOUNDED,
    SLOT_BORN,
    SLOT_WAITING,
};

struct slot_message {
    enum slot_news news;
    int fd; /* READY: the work folder; LISTENER: the filter's; TERMINAL: its far end; the caller's
             * to close */
    bool plain_bind;     /* READY: the image could not be overlaid */
    int64_t spent_ns;    /* READY: processor time that the guest had before it was one */
    struct error failed; /* FAILED */
    int32_t status;      /* ENDED */
};

/* Reads one message; SLOT_SILENCE: the other side has closed. */
[[nodiscard]] bool slot_hear(struct slot *slot, struct slot_message *ret_message,
                             struct error *err);
