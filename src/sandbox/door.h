/*
 * The inner end of the gate: a listener on the box's own loopback, made by its pid 1 and sent to
 * the gate, who accepts on it. After that nothing in the box holds the door.
 */
#pragma once

#include "model/box.h"

/* Takes the door, the first of the channels, out of the spec. */
[[nodiscard]] bool door_open(struct box_spec *spec, struct error *err);
