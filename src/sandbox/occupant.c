#include "sandbox/occupant.h"

#include <sched.h>
#include <time.h>
#include <unistd.h>

#include "sandbox/inside.h"
#include "sys/fd.h"
#include "sys/loopback.h"

static bool wait_for_spec(int talk, struct occupant *occupant, struct error *err)
{
    struct talk waiting = {.what = TALK_WAITING};
    arena_init(&occupant->arena, INSIDE_SPEC_BYTES_MAX);
    return talk_send(talk, &waiting, NULL, 0, err) &&
           inside_await_spec(talk, &occupant->arena, &occupant->message, &occupant->spec, err);
}

/* The slot's own network is down, and stays so. */
bool occupant_take_network(struct occupant *occupant, struct error *err)
{
    if (!occupant->has_network && unshare(CLONE_NEWNET) < 0)
        return error_sys(err, "make a network of its own");
    occupant->has_network = true;
    return true;
}

static bool furnish(struct tree *tree, struct occupant *occupant, struct error *err)
{
    struct box_spec *spec = &occupant->spec;
    if (!tree_furnish(tree, spec, err))
        return error_stage(err, "mount");
    if (spec->network == NETWORK_LOOPBACK &&
        !(occupant_take_network(occupant, err) && loopback_up(err)))
        return error_stage(err, "network");
    return true;
}

static int64_t time_spent(pid_t runtime)
{
    clockid_t clock;
    struct timespec spent;
    if (runtime == 0 || clock_getcpuclockid(runtime, &clock) != 0 ||
        clock_gettime(clock, &spent) < 0)
        return 0;
    return (int64_t)spent.tv_sec * 1000000000 + spent.tv_nsec;
}

static bool await_go(const struct occupant *occupant, const struct tree *tree, struct error *err)
{
    struct talk ready = {.what = TALK_READY, .count = 1, .spent_ns = time_spent(occupant->runtime)};
    struct talk go;
    int count = 0, talk = occupant->talk;
    return talk_send(talk, &ready, &tree->work, 1, err) &&
           inside_await(talk, TALK_GO, &go, NULL, &count, err);
}

bool occupant_furnish(struct tree *tree, struct occupant *occupant, struct error *err)
{
    return wait_for_spec(occupant->talk, occupant, err) && furnish(tree, occupant, err) &&
           await_go(occupant, tree, err);
}

bool occupant_move_in(const struct guest_plan *how, struct occupant *occupant, struct error *err)
{
    struct tree tree = {.mode = how->host->mode, .dev = -1, .root = -1, .work = -1, .in = -1};
    struct limits expected = limits_of_profile(&profiles[0]);
    if (!tree_settle(&tree, &expected, err))
        return error_stage(err, "mount");
    if (!occupant_furnish(&tree, occupant, err))
        return false;
    struct guest_plan plan = *how;
    plan.spec = &occupant->spec;
    return inside_become_guest(&plan, &occupant->talk, err);
}
