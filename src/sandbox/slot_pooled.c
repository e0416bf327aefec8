/* The life of a founded slot between two boxes: an occupant is ordered, and what is left of him is
 * cleared away. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "sandbox/maternity.h"
#include "sandbox/slot_private.h"
#include "sys/fd.h"

static bool ready_cgroup(struct slot *slot, struct error *err)
{
    if (slot->cgroup.host != NULL || slot->host->cgroups.count == 0)
        return true;
    return cgroup_make(&slot->cgroup, &slot->host->cgroups, slot->host->serial++, err) ||
           error_stage(err, "cgroup");
}

/* Whoever warms up does so in time that nobody else wants. */
static bool set_pace(struct slot *slot, bool idle, struct error *err)
{
    return slot->cgroup.host == NULL || cgroup_set_idle(&slot->cgroup, idle, err) ||
           error_stage(err, "cgroup");
}

bool slot_populate(struct slot *slot, struct mother *mother, enum warm kind, struct error *err)
{
    int ends[2];
    if (!ready_cgroup(slot, err) || !set_pace(slot, warm_is_parked(kind), err) ||
        !fd_pair(SOCK_SEQPACKET, ends, err))
        return false;
    fd_replace(&slot->talk, ends[0]);
    slot->ordered = true;
    bool ok = maternity_order(mother, slot, kind, ends[1], err);
    close(ends[1]);
    return ok || error_stage(err, "prepare");
}

static bool network_is_new(const struct slot *slot, struct error *err)
{
    uint64_t sum;
    return ledger_sum(slot->ledgers, &sum, err) &&
           (sum == slot->ledger_sum ||
            error_set(err, ERROR_INTERRUPTED, "a box left traces in its network"));
}

bool slot_vacate(struct slot *slot, struct error *err)
{
    bool ordered = slot->ordered;
    slot_evict(slot);
    slot->ordered = false;
    if (!ordered)
        return true;
    if (!network_is_new(slot, err))
        return error_stage(err, "network");
    if (slot->cgroup.host == NULL)
        return true;
    return cgroup_renew(&slot->cgroup, err) || error_stage(err, "cgroup");
}
