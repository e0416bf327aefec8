/*
 * Inputs, on the broker's side: in root mode each is copied as a mount of its own in which the
 * owner of the folder appears as the guest, so that files which only he may read can be read; a
 * rootless box makes the mount itself, and its guest is the owner already.
 */
#pragma once

#include "sandbox/slot.h"

/* Replaces the fds of `spec` by detached mounts, where that is our task. */
[[nodiscard]] bool input_detach_all(const struct slot *slot, struct box_spec *spec,
                                    struct error *err);

/* Closes those fds of `shown` that are not the ones of `spec`. */
void input_close_detached(const struct box_spec *spec, struct box_spec *shown);
