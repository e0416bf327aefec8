/* The ways a fault strikes. Each is a function and a row; series.def says where it is used. */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/mem.h"
#include "tests/fault/fault.h"
#include "tests/fault/groups.h"
#include "tests/fault/registers.h"

/* ---- death ---------------------------------------------------------------------------------- */

static bool kill_victim(struct trace *trace, pid_t pid)
{
    if (kill(pid, SIGKILL) < 0)
        return false;
    trace->victim = pid;
    return true;
}

static bool strike_holder(struct trace *trace, struct tracee *holder, long call)
{
    (void)call;
    return kill_victim(trace, holder->pid);
}

static bool strike_other(struct trace *trace, struct tracee *holder, long call)
{
    (void)holder, (void)call;
    const struct tracee *victim = trace_find(trace, trace->fault->victim);
    return victim != NULL && kill_victim(trace, victim->pid);
}

const struct way way_kill = {"killed", step_counts, strike_holder, true};
const struct way way_kill_other = {"killed", step_counts, strike_other, true};

/* ---- signals -------------------------------------------------------------------------------- */

static bool strike_signal(struct trace *trace, struct tracee *holder, long call)
{
    (void)call;
    return kill(holder->pid, trace->fault->number) == 0;
}

/* Somebody stops it and nobody continues it; then the caller has had enough. */
static bool strike_stop(struct trace *trace, struct tracee *holder, long call)
{
    (void)call;
    const struct tracee *victim = trace_find(trace, trace->fault->victim);
    return victim != NULL && kill(victim->pid, SIGSTOP) == 0 &&
           kill(holder->pid, trace->fault->number) == 0;
}

const struct way way_signal = {"signaled", step_counts, strike_signal, false};
const struct way way_stop = {"stopped", step_counts, strike_stop, false};

/* ---- refusals ------------------------------------------------------------------------------- */

static const struct {
    long call;
    int number;
} refusals[] = {

#define FAILS(name, number) {SYS_##name, number},
#include "tests/fault/refusals.def"
#undef FAILS
};

static int refusal_of(long call)
{
    for (size_t i = 0; i < COUNT_OF(refusals); i++)
        if (refusals[i].call == call)
            return refusals[i].number;
    return 0;
}

static bool can_fail(long call, const uint64_t args[6])
{
    (void)args;
    return refusal_of(call) != 0;
}

static bool strike_call(struct trace *trace, struct tracee *holder, long call)
{
    (void)trace;
    holder->fail_with = refusal_of(call);
    return registers_skip_call(holder->pid);
}

const struct way way_fail = {"refused", can_fail, strike_call, false};

/* A file system that knows no nameless files (NFS, some of FUSE): nothing is to be lost by that. */
static bool opens_nameless(long call, const uint64_t args[6])
{
    uint64_t flags = call == SYS_openat ? args[2] : 0;
#ifdef SYS_open
    flags = call == SYS_open ? args[1] : flags;
#endif
    return (flags & O_TMPFILE) == O_TMPFILE;
}

static bool strike_nameless(struct trace *trace, struct tracee *holder, long call)
{
    (void)trace, (void)call;
    holder->fail_with = EOPNOTSUPP;
    return registers_skip_call(holder->pid);
}

const struct way way_no_nameless = {"without nameless files", opens_nameless, strike_nameless,
                                    false};

/* ---- control groups ------------------------------------------------------------------------- */

static bool strike_groups(struct trace *trace, struct tracee *holder, long call)
{
    (void)holder, (void)call;
    const struct tracee *broker = trace_find(trace, ROLE_BROKER);
    return broker != NULL && groups_remove_of(broker->pid) > 0;
}

static bool strike_freeze(struct trace *trace, struct tracee *holder, long call)
{
    (void)trace, (void)holder, (void)call;
    return groups_set_read_only(true);
}

const struct way way_lose_groups = {"its control groups removed", step_counts, strike_groups,
                                    false};
const struct way way_freeze_groups = {"control groups made read-only", step_counts, strike_freeze,
                                      false};
