/*
 * The mother is the part of a zygote that waits for birth orders: it runs inside an interpreter,
 * linked into the interpreter's native module. See guest/python/zygote.c.
 *
 * mother_wait returns true only in a newborn: on the same stack, inside its box, with fds 0 to 2
 * and the working folder in place. In the zygote it returns when no more orders can come: false,
 * and no error if the other side has only closed. The texts of a newborn live as long as it does.
 */
#pragma once

#include "base/error.h"
#include "model/box.h"

struct guest_plan;
struct occupant;

struct newborn {
    const char *const *argv, *const *env; /* NULL ends each */
    const char *cwd;
};

/* What the interpreter must do around a fork. */
struct mother_hooks {
    void (*before_fork)(void);
    void (*after_fork_parent)(void);
    void (*after_fork_child)(void);
    /* Moves in a runtime of this kind that is to be parked (see parked.h), and returns only on
     * failure; NULL: this mother bears none. */
    bool (*park)(const struct guest_plan *how, enum warm kind, struct occupant *occupant,
                 struct error *err);
};

[[nodiscard]] bool mother_wait(int socket, const struct mother_hooks *hooks,
                               struct newborn *ret_newborn, struct error *err);
