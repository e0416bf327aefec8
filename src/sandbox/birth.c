#include "sandbox/birth.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <unistd.h>

#include "base/mem.h"
#include "sandbox/anonymous.h"
#include "sandbox/inside.h"
#include "sys/bear.h"
#include "sys/caps.h"
#include "sys/fault.h"
#include "sys/layer.h"

enum { STACK_BYTES = 64 * 1024 };

static char midwife_stack[STACK_BYTES] __attribute__((aligned(64)));
static char first_stack[STACK_BYTES] __attribute__((aligned(64)));
static void *in_the_mother[5]; /* as the compiler's own setjmp wants it */

static bool join_control_groups(const struct birth *birth, struct error *err)
{
    for (int i = 0; i < birth->door_count; i++)
        if (write(birth->doors[i], "0", 1) != 1)
            return error_sys(err, "join a control group");
    if (unshare(CLONE_NEWCGROUP) < 0)
        return error_sys(err, "hide the control groups");
    return true;
}

/* See slot.c. It is for the occupant, who is forked: older kernels (6.1) bear no child that shares
 * its parent's memory into another time, so the midwife cannot do this. */
static bool leave_time(struct error *err)
{
    return unshare(CLONE_NEWTIME) == 0 || errno == EINVAL ||
           error_sys(err, "make a time namespace");
}

static bool prepare_first(const struct birth *birth, int *ret_held, struct error *err)
{
    if (!leave_time(err))
        return error_stage(err, "namespaces");
    if (!inside_take_ids(birth->mode, err) || !inside_die_with_broker(err))
        return error_stage(err, "namespaces");
    if (!join_control_groups(birth, err))
        return error_stage(err, "cgroup");
    *ret_held = anonymous_hold(err);
    if (*ret_held < 0 || (!layer_is_off(LAYER_CAPABILITIES) && !caps_lock(err)) ||
        (!layer_is_off(LAYER_BOUNDING_SET) && !caps_drop_bounding(err)))
        return error_stage(err, "lock_down");
    return setsid() >= 0 || error_sys(err, "begin a session");
}

/* Pid 1. Its memory is the mother's until it executes init; the occupant's is a copy. The
 * compiler's own jump is the one that knows nothing of stacks: that of a library, or of a
 * sanitizer, may think that this one leads nowhere. */
__attribute__((no_sanitize_address)) static int first_lives(void *cookie)
{
    struct birth *birth = cookie;
    struct error err = {};
    int held = -1;
    if (!prepare_first(birth, &held, &err))
        inside_give_up(birth->talk, &err);
    pid_t occupant = fault_strikes() ? -1 : fork();
    if (occupant == 0)
        __builtin_longjmp(in_the_mother, 1);
    if (occupant < 0)
        error_sys(&err, "make the guest's process");
    else
        (void)inside_become_init(birth->init, held, occupant, birth->talk, &err);
    inside_give_up(birth->talk, &err);
}

static bool leave_slot_for_one_box(struct error *err)
{
    return unshare(CLONE_NEWPID | CLONE_NEWNS | CLONE_NEWIPC) == 0 ||
           error_sys(err, "make namespaces for one box");
}

static bool enter_slot(const struct birth *birth, struct error *err)
{
    static const int kinds[SLOT_SPACES] = {CLONE_NEWUSER, CLONE_NEWNET, CLONE_NEWUTS, CLONE_NEWNS};
    for (int i = 0; i < SLOT_SPACES; i++)
        if (setns(birth->spaces[i], kinds[i]) < 0)
            return error_sys(err, "enter a slot's namespace");
    return leave_slot_for_one_box(err);
}

bool birth_tell(const struct birth *birth, struct error *err)
{
    struct talk born = {.what = TALK_BORN, .pid = birth->first, .midwife = birth->midwife};
    return talk_send(birth->talk, &born, NULL, 0, err);
}

static int midwife_lives(void *cookie)
{
    struct birth *birth = cookie;
    if (!enter_slot(birth, &birth->error))
        return 1;
    struct bear_order order = {
        .flags = CLONE_PARENT,
        .cgroup = -1,
        .stack = first_stack,
        .stack_bytes = sizeof first_stack,
        .live = first_lives,
        .cookie = birth,
        .pid = &birth->first,
    };
    if (bear(&order) < 0)
        return !error_sys(&birth->error, "make the first process of a box");
    birth->told = birth_tell(birth, &birth->error);
    return !birth->told;
}

static enum birth_result fail(struct birth *birth)
{
    if (birth->error.kind == ERROR_NONE)
        error_set(&birth->error, ERROR_INTERRUPTED, "a birth was ended by somebody else");
    error_stage(&birth->error, "namespaces");
    return BIRTH_FAILED;
}

enum birth_result birth_give(struct birth *birth)
{
    birth->error = (struct error){};
    birth->midwife = birth->first = 0;
    birth->told = false;
    struct bear_order order = {
        .flags = CLONE_PARENT,
        .cgroup = birth->cgroup,
        .stack = midwife_stack,
        .stack_bytes = sizeof midwife_stack,
        .live = midwife_lives,
        .cookie = birth,
        .pid = &birth->midwife,
    };
    if (__builtin_setjmp(in_the_mother) != 0)
        return BIRTH_NEWBORN;
    if (bear(&order) < 0)
        error_sys(&birth->error, "make a process for a birth");
    if (birth->told)
        return BIRTH_DONE;
    return birth->first > 0 ? BIRTH_BEREFT : fail(birth);
}
