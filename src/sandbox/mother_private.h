/* What both sides of a birth share: the order, and the mother's loop. */
#pragma once

#include "sandbox/mother.h"
#include "sandbox/occupant.h"
#include "sandbox/slot.h"

enum {
    BIRTH_FDS_FIXED = 2 + SLOT_SPACES,
    BIRTH_FDS_MAX = BIRTH_FDS_FIXED + CGROUP_TREES_MAX + 1,
};

/* fds: talk, init, the namespaces, the doors, and where a control group is a birthplace, that. */
struct birth_order {
    uint32_t mode, door_count, has_birthplace, pin_processors, processes_are_counted;
    uint32_t kind; /* enum warm; of two kinds that one mother bears, which */
};

/* Serves orders until the broker closes the socket: then it returns false without an error. With
 * one the mother must end at once, and leave her memory as it is (see BIRTH_BEREFT). It
 * returns true in each newborn, which is locked in by then: files 0 to 2 and the channels are its
 * own, signals are at their defaults. */
[[nodiscard]] bool mother_serve(int socket, const struct sandbox_host *host,
                                const struct mother_hooks *hooks, struct occupant *ret_occupant,
                                struct error *err);
