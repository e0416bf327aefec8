/*
 * What sets one box apart from another on this host: in root mode a range of uids and gids that no
 * other box has while this one lives, held by a lock that dies with its holder.
 *
 * The locks are one file for all Testudos of the host, wherever their state lies: boxes that shared
 * uids would share what the kernel counts for each user, and one could take all of it. Containers
 * with a /run of their own cannot agree by a file; there ranges differ by chance.
 */
#pragma once

#include "base/error.h"
#include "model/isolation.h"
#include <stdint.h>

enum {
    IDS_FIRST = 2000000000, /* above what distributions and systemd hand out */
    IDS_OWNER = 2,          /* in a range: makes the user namespace, and is charged for it */
    IDS_EACH = 8,           /* to each range; three are used */
    IDS_RANGES_MAX = 4096,
};

/* Root mode needs root, and the ids: in a user namespace, as a container may have it, root often
 * has none but its own, and is a plain user to us. */
enum privilege_mode ids_mode(void);

struct ids {
    int lock;       /* -1: rootless, nothing to hold */
    uint32_t first; /* init's; the next is the guest's */
};

[[nodiscard]] bool ids_take(struct ids *ret_ids, enum privilege_mode mode, struct error *err);

/* The same, where the locks are those of a given folder. */
[[nodiscard]] bool ids_take_of(struct ids *ret_ids, int folder, struct error *err);
void ids_release(struct ids *ids);

/* The guest's uid and gid outside. */
uint32_t ids_guest_uid(const struct ids *ids);
uint32_t ids_guest_gid(const struct ids *ids);
