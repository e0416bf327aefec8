/*
 * A birth into a founded slot, by a process that stays as it is: the mother.
 *
 * Theory of operation. The mother bears a midwife, who shares her memory and steps into the slot's
 * namespaces; the midwife bears pid 1 of a new pid namespace in the same way; pid 1 takes the
 * slot's ids, joins its control groups, forks the occupant and becomes init. The fork is the only
 * copy of the mother's memory, and the occupant goes on where she called birth_give, with her
 * stack: an interpreter that calls it finds itself twice. Midwife and pid 1 are the broker's
 * children (by CLONE_PARENT), so boxes live on when their mother ends.
 *
 * The mother must have one thread.
 */
#pragma once

#include "sandbox/host.h"
#include "sandbox/slot.h"

struct birth {
    enum privilege_mode mode;
    int talk; /* the occupant's end */
    int init, cgroup;
    int spaces[SLOT_SPACES];
    int doors[CGROUP_TREES_MAX];
    int door_count;
    struct error error;
    pid_t midwife, first; /* 0: not born */
    bool told;            /* the broker, of both */
};

/* BEREFT: the midwife was ended by somebody else before she had told of pid 1, who may still be at
 * work in the mother's memory: she must tell, touch nothing any more, and end. */
enum birth_result { BIRTH_DONE, BIRTH_FAILED, BIRTH_NEWBORN, BIRTH_BEREFT };

/* Returns twice: NEWBORN in the occupant, which is root in its own user namespace and nowhere
 * else. */
enum birth_result birth_give(struct birth *birth);

/* Tells the broker who was born, and by whom. */
[[nodiscard]] bool birth_tell(const struct birth *birth, struct error *err);
