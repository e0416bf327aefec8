#include "sandbox/mother.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "sandbox/birth.h"
#include "sandbox/inside.h"
#include "sys/fault.h"
#include "sys/fd.h"
#include "sys/message.h"

enum { FDS_FIXED = 2 + SLOT_SPACES, FDS_MAX = FDS_FIXED + CGROUP_TREES_MAX + 1 };

/* fds: talk, init, the namespaces, the doors, and where a control group is a birthplace, that. */
struct order {
    uint32_t mode, door_count, has_birthplace, pin_processors;
};

/* ---- the broker's side ---------------------------------------------------------------------- */

bool mother_order(struct mother *mother, const struct slot *slot, int talk, struct error *err)
{
    const struct sandbox_host *host = slot->host;
    int fds[FDS_MAX] = {talk, host->init}, count = 2;
    for (int i = 0; i < SLOT_SPACES; i++)
        fds[count++] = slot->spaces[i];
    int doors = slot->cgroup.host != NULL ? cgroup_open_doors(&slot->cgroup, fds + count, err) : 0;
    if (doors < 0)
        return false;
    count += doors;
    int birthplace = slot->cgroup.host != NULL ? cgroup_birthplace(&slot->cgroup) : -1;
    if (birthplace >= 0)
        fds[count++] = birthplace;
    struct order order = {
        .mode = host->mode,
        .door_count = (uint32_t)doors,
        .has_birthplace = birthplace >= 0,
        .pin_processors = cgroup_host_version(&host->cgroups, CGROUP_CPU) == 0,
    };
    bool ok = message_send(mother->socket, str_of(&order, sizeof order), fds, count, err);
    for (int i = 0; i < doors; i++)
        fd_close_at(&fds[FDS_FIXED + i]);
    mother->births++;
    return ok;
}

_Noreturn static void live_as_launcher(int socket, const struct sandbox_host *host)
{
    struct error err = {};
    struct newborn newborn = {};
    prctl(PR_SET_NAME, "testudo-mother");
    if (mother_serve(socket, host, &(struct mother_hooks){}, &newborn, &err)) {
        inside_execute(&newborn.spec, &err);
        inside_give_up(newborn.talk, &err);
    }
    _exit(err.kind == ERROR_NONE ? 0 : 1);
}

bool mother_start_launcher(struct mother *ret_mother, const struct sandbox_host *host,
                           struct error *err)
{
    int ends[2];
    if (!fd_pair(SOCK_SEQPACKET, ends, err))
        return false;
    pid_t broker = getpid(), pid = fault_strikes() ? -1 : fork();
    if (pid == 0) {
        close(ends[0]);
        /* the broker may be gone already: then nobody would end us */
        if (prctl(PR_SET_PDEATHSIG, SIGKILL) == 0 && getppid() == broker)
            live_as_launcher(ends[1], host);
        _exit(1);
    }
    close(ends[1]);
    if (pid < 0) {
        close(ends[0]);
        return error_sys(err, "make the launcher's process");
    }
    *ret_mother = (struct mother){.pid = pid, .socket = ends[0]};
    return true;
}

void mother_end(struct mother *mother)
{
    if (mother->pid <= 0)
        return;
    fd_close_at(&mother->socket);
    while (waitpid(mother->pid, NULL, 0) < 0 && errno == EINTR)
        continue;
    mother->pid = 0;
}

/* ---- the mother's side ---------------------------------------------------------------------- */

struct received {
    struct order order;
    int fds[FDS_MAX];
    int count;
};

static void close_received(struct received *r)
{
    while (r->count > 0)
        fd_close_at(&r->fds[--r->count]);
}

/* False: no more will come, which is an error or not. */
static bool receive(int socket, struct received *r, struct error *err)
{
    r->count = FDS_MAX;
    long length = message_receive(socket, &r->order, sizeof r->order, r->fds, &r->count, err);
    if (length <= 0) {
        r->count = 0;
        return false;
    }
    uint32_t expected = FDS_FIXED + r->order.door_count + r->order.has_birthplace;
    if (length == sizeof r->order && expected == (uint32_t)r->count && r->order.mode <= MODE_ROOT &&
        r->order.has_birthplace <= 1)
        return true;
    close_received(r);
    return error_set(err, ERROR_INTERNAL, "the broker's order cannot be understood");
}

static struct birth birth_of(const struct received *r)
{
    struct birth birth = {
        .mode = (enum privilege_mode)r->order.mode,
        .talk = r->fds[0],
        .init = r->fds[1],
        .cgroup = r->order.has_birthplace ? r->fds[r->count - 1] : -1,
        .door_count = (int)r->order.door_count,
    };
    for (int i = 0; i < SLOT_SPACES; i++)
        birth.spaces[i] = r->fds[2 + i];
    for (int i = 0; i < birth.door_count; i++)
        birth.doors[i] = r->fds[FDS_FIXED + i];
    return birth;
}

static void run_hook(void (*hook)(void))
{
    if (hook != NULL)
        hook();
}

/* In the newborn. Whatever fails is told over the talk, and is its end. */
static void move_in(const struct received *r, const struct sandbox_host *host,
                    const struct mother_hooks *hooks, struct newborn *newborn)
{
    struct error err = {};
    run_hook(hooks->after_fork_in_newborn);
    *newborn = (struct newborn){.talk = r->fds[0]};
    if (!occupant_move_in(host, r->order.pin_processors != 0, newborn, &err))
        inside_give_up(newborn->talk, &err);
}

static void tell_failure(const struct birth *birth)
{
    struct talk failed = {.what = TALK_FAILED, .error = birth->error};
    struct error unheard; /* the broker is gone */
    (void)talk_send(birth->talk, &failed, NULL, 0, &unheard);
}

bool mother_serve(int socket, const struct sandbox_host *host, const struct mother_hooks *hooks,
                  struct newborn *ret_newborn, struct error *err)
{
    /* a newborn comes back into this frame, as it was when birth_give was called */
    static struct received received;
    static struct birth birth;
    while (receive(socket, &received, err)) {
        birth = birth_of(&received);
        run_hook(hooks->before_fork);
        enum birth_result result = birth_give(&birth);
        if (result == BIRTH_NEWBORN) {
            move_in(&received, host, hooks, ret_newborn);
            return true;
        }
        run_hook(hooks->after_fork_in_mother);
        if (result == BIRTH_FAILED)
            tell_failure(&birth);
        close_received(&received);
    }
    return false;
}
