#include "sandbox/maternity.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "sandbox/inside.h"
#include "sandbox/mother_private.h"
#include "sandbox/parked.h"
#include "sys/call.h"
#include "sys/fault.h"
#include "sys/fd.h"
#include "sys/message.h"

bool maternity_order(struct mother *mother, const struct slot *slot, enum warm kind, int talk,
                     struct error *err)
{
    const struct sandbox_host *host = slot->host;
    int fds[BIRTH_FDS_MAX] = {talk, host->init}, count = 2;
    for (int i = 0; i < SLOT_SPACES; i++)
        fds[count++] = slot->spaces[i];
    int doors = slot->cgroup.host != NULL ? cgroup_open_doors(&slot->cgroup, fds + count, err) : 0;
    if (doors < 0)
        return false;
    count += doors;
    int birthplace = slot->cgroup.host != NULL ? cgroup_birthplace(&slot->cgroup) : -1;
    if (birthplace >= 0)
        fds[count++] = birthplace;
    struct birth_order order = {
        .mode = host->mode,
        .kind = kind,
        .door_count = (uint32_t)doors,
        .has_birthplace = birthplace >= 0,
        .processes_are_counted = cgroup_host_version(&host->cgroups, CGROUP_PIDS) > 0,
        .pin_processors = cgroup_host_version(&host->cgroups, CGROUP_CPU) == 0,
    };
    bool ok = message_send(mother->socket, str_of(&order, sizeof order), fds, count, err);
    for (int i = 0; i < doors; i++)
        fd_close_at(&fds[BIRTH_FDS_FIXED + i]);
    mother->births++;
    return ok;
}

/* A launcher that comes later finds open what the boxes at work then have: their pipes, groups and
 * namespaces, which would last as long as it does. */
static bool keep_only(int *socket, struct error *err)
{
    enum { SOCKET_FD = 3 };

    if (*socket != SOCKET_FD && dup3(*socket, SOCKET_FD, O_CLOEXEC) < 0)
        return error_sys(err, "arrange the launcher's files");
    *socket = SOCKET_FD;
    return call_close_range(SOCKET_FD + 1, UINT_MAX, 0) == 0 ||
           error_sys(err, "close all other files");
}

_Noreturn static void live_as_launcher(int socket, const struct sandbox_host *host)
{
    struct error err = {};
    struct occupant occupant = {};
    prctl(PR_SET_NAME, "testudo-mother");
    if (keep_only(&socket, &err) &&
        mother_serve(socket, host, &(struct mother_hooks){.park = parked_move_in}, &occupant,
                     &err)) {
        inside_execute(&occupant.spec, &err);
        inside_give_up(occupant.talk, &err);
    }
    _exit(err.kind == ERROR_NONE ? 0 : 1);
}

bool maternity_start_launcher(struct mother *ret_mother, const struct sandbox_host *host,
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

bool maternity_is_alive(struct mother *mother)
{
    if (mother->pid > 0 && waitpid(mother->pid, NULL, WNOHANG) != 0) {
        fd_close_at(&mother->socket);
        *mother = (struct mother){.socket = -1};
    }
    return mother->pid > 0;
}

void maternity_end(struct mother *mother)
{
    if (mother->pid <= 0)
        return;
    shutdown(mother->socket, SHUT_WR); /* whoever else has a copy of our end cannot keep her */
    fd_close_at(&mother->socket);
    while (waitpid(mother->pid, NULL, 0) < 0 && errno == EINTR)
        continue;
    *mother = (struct mother){.socket = -1};
}

void maternity_kill(struct mother *mother)
{
    if (mother->pid > 0)
        kill(mother->pid, SIGKILL);
    maternity_end(mother);
}
