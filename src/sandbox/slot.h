/*
 * A slot is what sets one box apart from another on this host: in root mode a range of uids and
 * gids that no other box has while this one lives, held by a lock that dies with its holder.
 */
#pragma once

#include "base/error.h"
#include "model/isolation.h"
#include <stdint.h>

enum {
    SLOT_FIRST_ID = 2000000000, /* above what distributions and systemd hand out */
    SLOT_IDS = 8,               /* to each slot; two are used */
    SLOTS_MAX = 4096,
};

struct slot {
    int lock;          /* -1: rootless, nothing to hold */
    uint32_t first_id; /* of the range; init's, the next is the guest's */
};

[[nodiscard]] bool slot_take(struct slot *ret_slot, enum privilege_mode mode, struct error *err);
void slot_release(struct slot *slot);

/* The guest's uid and gid outside. */
uint32_t slot_guest_uid(const struct slot *slot);
uint32_t slot_guest_gid(const struct slot *slot);
