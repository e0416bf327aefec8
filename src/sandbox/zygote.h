/*
 * Starts an interpreter, or the reader of sources, that is to be a zygote, in a tree like that of
 * its newborns: the image, read-only, no network, nothing of the host's. As root it keeps two
 * capabilities, which it needs to put a newborn into a slot: CAP_SYS_ADMIN, and CAP_DAC_OVERRIDE
 * for control groups; a plain user's zygote needs none, and sees his files, of which it opens none.
 */
#pragma once

#include "model/runtime.h"
#include "sandbox/maternity.h"

/* Is there a program for this kind of occupant? */
bool zygote_is_possible(enum warm kind);

/* Returns at once; orders wait until it is ready. One that cannot start is dead soon. Its hashes
 * are those of the seed, or, where that is unset, of one that it draws. */
[[nodiscard]] bool zygote_start(struct mother *ret_mother, const struct sandbox_host *host,
                                enum warm kind, struct hash_seed seed, struct error *err);
