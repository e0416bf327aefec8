/*
 * A box's /dev: the handful of devices that programs need, terminals of its own, shared memory that
 * counts as disk.
 *
 * Root makes it as one small file system with real device files in it, beforehand and outside; a
 * user namespace may not make device files, so rootless boxes bind the host's, one by one.
 */
#pragma once

#include "base/error.h"
#include <stdbool.h>

/* Detached, to be attached as /dev; outside, with the right to make device files. Expects umask 0.
 */
[[nodiscard]] int devices_make(struct error *err);

/* Fills the folder ROOT/dev, inside. */
[[nodiscard]] bool devices_bind(int root, struct error *err);

/* New terminals at ROOT/dev/pts, inside; after either of the above. */
[[nodiscard]] bool devices_attach_terminals(int root, struct error *err);

/* The box's own POSIX message queues at ROOT/dev/mqueue, inside. */
[[nodiscard]] bool devices_attach_queues(int root, struct error *err);
