/*
 * For a while, files are touched with the ids of the guest, whoever we are. The two calls go in
 * pairs; without the right to change ids we are the guest's user already.
 */
#pragma once

#include "base/error.h"
#include <sys/types.h>

struct identity {
    uid_t uid;
    gid_t gid;
};

/* Of the owner of the work folder: the guest. */
[[nodiscard]] bool identity_of_guest(int work, struct identity *ret_guest, struct error *err);

void identity_take(const struct identity *guest);
void identity_give_back(void);
