/*
 * Parked runtimes: node, and virtual machines. They have threads, so no newborn can be a copy of
 * one; instead each is started ahead, in a box that is finished, warms up there, waits, and becomes
 * one program.
 *
 * Theory of operation. The launcher's newborn settles the slot and parts into two. The occupant
 * locks itself in like any guest, executes the runtime, and is the leader of the box. The steward
 * stays behind, root in the box's user namespace as the occupant was: it hears that the runtime
 * waits, says so, takes the spec, furnishes the box, hands over the program's streams, words and
 * environment, and ends; only when it has ended does the runtime go on (see guest/parked/take.c).
 * So nothing of a stranger is ever in a box that a steward lives in.
 *
 * A box whose steward or runtime dies before that is lost, as one is whose pid 1 dies: the last
 * thing that a steward says is that the program begins, and without it the runtime's end is no
 * verdict.
 */
#pragma once

#include "model/box.h"
#include "sandbox/inside.h"
#include "sandbox/occupant.h"

/* Is there such a runtime, and what it takes to park it? */
bool parked_is_possible(enum warm kind);

/* Can a runtime that has started already do this? Its streams are pipes, its working folder that of
 * every new box. */
bool parked_fits(const struct box_spec *spec);

/* In a newborn of the launcher; returns only on failure. */
bool parked_move_in(const struct guest_plan *how, enum warm kind, struct occupant *occupant,
                    struct error *err);
