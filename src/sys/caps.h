/*
 * Capabilities of this thread, straight from the kernel's calls.
 *
 * Order of giving them up: caps_lock, caps_keep_bounding (both need CAP_SETPCAP), change of ids,
 * caps_keep. All of it is for good: what was given up does not come back by exec either, once
 * the bounding set is empty. Nothing here allocates: good between clone and exec.
 */
#pragma once

#include "base/error.h"
#include <stdint.h>

/* A set of capabilities: CAPS_BIT(CAP_KILL) | CAPS_BIT(CAP_CHOWN), of <linux/capability.h>. */
#define CAPS_BIT(capability) (UINT64_C(1) << (capability))

/* Effective and permitted become `keep`, which must be permitted already; inheritable and ambient
 * become empty. */
[[nodiscard]] bool caps_keep(uint64_t keep, struct error *err);

[[nodiscard]] static inline bool caps_drop_all(struct error *err)
{
    return caps_keep(0, err);
}

/* Takes all but `keep` out of the bounding set, also capabilities newer than this program. */
[[nodiscard]] bool caps_keep_bounding(uint64_t keep, struct error *err);

[[nodiscard]] static inline bool caps_drop_bounding(struct error *err)
{
    return caps_keep_bounding(0, err);
}

/* From now on user 0 is no different from others at exec, no capability can be made ambient, and a
 * change of ids gives up capabilities; locked. */
[[nodiscard]] bool caps_lock(struct error *err);
