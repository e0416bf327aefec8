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
#include "sys/cgroup.h"

struct slot {
    struct sandbox_host *host;
    char image[IMAGE_NAME_MAX];
    struct ids ids;
    struct cgroup cgroup;
    pid_t pid; /* 0: gone, or never was */
    int pidfd;
    int talk;
};

/* Never half a slot. What pid 1 itself cannot do is told later, by slot_hear. */
[[nodiscard]] struct slot *slot_new(struct sandbox_host *host, const char *image,
                                    struct error *err);

/* Ends whatever lives in it, and waits for that. */
void slot_free(struct slot *slot);

/* Says what the slot is for: sets the limits, hands over the spec and the doors. */
[[nodiscard]] bool slot_furnish(struct slot *slot, const struct box_spec *spec, struct error *err);
[[nodiscard]] bool slot_go(const struct slot *slot, struct error *err);

/* Pid 1 is killed, and everything with it. */
void slot_kill(const struct slot *slot);

enum slot_news { SLOT_READY, SLOT_FAILED, SLOT_LISTENER, SLOT_ENDED, SLOT_SILENCE };

struct slot_message {
    enum slot_news news;
    int fd;              /* READY: the work folder; LISTENER: the filter's; the caller's to close */
    bool plain_bind;     /* READY: the image could not be overlaid */
    struct error failed; /* FAILED */
    int32_t status;      /* ENDED */
};

/* Reads one message; SLOT_SILENCE: the other side has closed. */
[[nodiscard]] bool slot_hear(const struct slot *slot, struct slot_message *ret_message,
                             struct error *err);
