/*
 * The occupant of a pooled slot: born, it makes the slot its box, waits for the spec, furnishes the
 * box as it says, and locks itself in. What it then does, executing a command or running a program
 * in the interpreter that it is a copy of, is its caller's.
 */
#pragma once

#include "base/arena.h"
#include "model/box.h"
#include "sandbox/host.h"
#include "wire/wire.h"
#include <sys/types.h>

/* What an occupant was told; lent until its end. */
struct occupant {
    struct box_spec spec;
    struct arena arena;
    struct wire_message message;
    int talk;         /* close-on-exec; an occupant that executes nothing must close it */
    pid_t runtime;    /* of a parked one; else 0 */
    bool has_network; /* of its own, and down: not the slot's */
};

struct guest_plan;
struct tree;

/* For one who cannot wait for the spec with that. */
[[nodiscard]] bool occupant_take_network(struct occupant *occupant, struct error *err);

/* All that needs the spec and is not the occupant's own, for two that share the box: whoever parked
 * a runtime in it furnishes it. `tree` is settled; true when the box may go. */
[[nodiscard]] bool occupant_furnish(struct tree *tree, struct occupant *occupant,
                                    struct error *err);

/* All steps before the first foreign byte, the filter last. */
[[nodiscard]] bool occupant_move_in(const struct guest_plan *how, struct occupant *occupant,
                                    struct error *err);
