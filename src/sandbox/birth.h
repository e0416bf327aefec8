/*
 * Birth: from a spec to a box that is complete and waits for its start.
 *
 * Theory of operation. Three processes take part:
 *   the broker    makes the control groups, clones pid 1 into fresh namespaces, writes its id maps
 *                 from outside and hands it the doors to the control groups (`tasks` fds);
 *   pid 1         is born with the broker's memory, read-only to nobody but itself; it builds the
 *                 mount tree, joins the control groups, gives up what it can, says READY and waits.
 *                 Started, it gives birth to the guest (vfork: no memory is copied), and executes
 *                 init at once: nothing of the broker's memory stays in the box;
 *   the guest     drops ids, capabilities and rights in the order that DESIGN fixes, installs the
 *                 filter last, and executes the command.
 * They talk over one SEQPACKET socket, `talk`. Broker to pid 1: MAPPED, DOORS, GO. Pid 1 to broker:
 * READY (with the work folder's fd), FAILED (with the error, whoever failed), LISTENER (with the
 * filter's fd, in explain mode); and from init one struct init_report.
 *
 * A broker that dies takes all of it along: pid 1 has PR_SET_PDEATHSIG, and when pid 1 of a pid
 * namespace ends, the kernel kills the rest.
 */
#pragma once

#include <sys/types.h>

#include "model/box.h"
#include "sandbox/host.h"
#include "sandbox/image.h"
#include "sandbox/slot.h"
#include "sys/cgroup.h"

struct birth {
    const struct sandbox_host *host;
    const struct slot *slot;
    const struct cgroup *cgroup;
    struct box_spec *spec;
    struct image image;
    /* A copy of each input's mount, with the owner's ids shown as the guest's; -1: rootless, where
     * pid 1 makes it himself. */
    int detached[BOX_INPUTS_MAX];
};

struct newborn {
    pid_t pid;
    int pidfd;
    int talk; /* the broker's end */
};

/* Clones pid 1 and leads it up to the point where it builds on alone; READY or FAILED follows on
 * `talk`. After a failure nothing is left. */
[[nodiscard]] bool birth_begin(struct birth *birth, struct newborn *ret_newborn,
                               struct error *err);

/* Hands over the doors: the control groups and their limits must be complete. */
[[nodiscard]] bool birth_admit(const struct birth *birth, const struct newborn *newborn,
                               struct error *err);

[[nodiscard]] bool birth_go(const struct newborn *newborn, struct error *err);

enum birth_news { BIRTH_READY, BIRTH_FAILED, BIRTH_LISTENER, BIRTH_ENDED, BIRTH_SILENCE };

struct birth_message {
    enum birth_news news;
    int fd;              /* READY: the work folder; LISTENER: the filter's; the caller's to close */
    bool plain_bind;     /* READY: the image could not be overlaid */
    struct error failed; /* FAILED */
    int32_t status;      /* ENDED */
};

/* Reads one message; BIRTH_SILENCE: the other side has closed. */
[[nodiscard]] bool birth_hear(const struct newborn *newborn, struct birth_message *ret_message,
                              struct error *err);
