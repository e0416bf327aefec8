#include "role/gate.h"

#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <netinet/in.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "role/gate_serve.h"
#include "sandbox/ids.h"
#include "sys/call.h"
#include "sys/caps.h"
#include "sys/fault.h"
#include "sys/fd.h"
#include "sys/landlock.h"
#include "sys/message.h"
#include "sys/seccomp.h"

enum {
    AT_ONCE_MAX = 48,
    CONNECTIONS_MAX = 4096,
    FILES_MAX = 64,
    CONNECTION_SECONDS = 900,
    LEASH = 3, /* as descriptors are arranged */
    DOOR = 4,
    LOCK = 5, /* on our ids; only as root */
};

/* ---- giving up ------------------------------------------------------------------------------ */

static bool limit_self(struct error *err)
{
    const struct rlimit files = {FILES_MAX, FILES_MAX}, core = {1, 1}, none = {0, 0};
    if (setrlimit(RLIMIT_NOFILE, &files) < 0 || setrlimit(RLIMIT_CORE, &core) < 0 ||
        setrlimit(RLIMIT_FSIZE, &none) < 0)
        return error_sys(err, "limit the gate");
    return true;
}

static bool change_ids(const struct ids *ids, struct error *err)
{
    uid_t uid = ids_guest_uid(ids);
    gid_t gid = ids_guest_gid(ids);
    if (setgroups(0, NULL) < 0 || setresgid(gid, gid, gid) < 0 || setresuid(uid, uid, uid) < 0)
        return error_sys(err, "give the gate ids of its own");
    return true;
}

/* No file can be opened after this, by nobody. */
static bool lock_down(const struct ids *ids, struct error *err)
{
    static struct seccomp_program filter;
    int abi;
    seccomp_build(&filter, SECCOMP_NATIVE, SECCOMP_STRICT);
    return limit_self(err) && (ids->lock < 0 || change_ids(ids, err)) && caps_drop_all(err) &&
           (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0 ||
            error_sys(err, "give up new privileges")) &&
           (prctl(PR_SET_DUMPABLE, 0) == 0 || error_sys(err, "hide the gate's memory")) &&
           landlock_restrict(NULL, 0, &abi, err) && seccomp_install(&filter, NULL, err);
}

/* 0 to 2 lead nowhere; of all else that was open only these two stay, and the lock on the ids. */
static bool arrange_files(int leash, int door, struct ids *ids, struct error *err)
{
    auto_close int null = fd_open(AT_FDCWD, "/dev/null", O_RDWR, 0, err);
    int high_leash = fcntl(leash, F_DUPFD_CLOEXEC, 32);
    int high_door = fcntl(door, F_DUPFD_CLOEXEC, 32);
    int high_lock = ids->lock >= 0 ? fcntl(ids->lock, F_DUPFD_CLOEXEC, 32) : -1;
    if (null < 0 || high_leash < 0 || high_door < 0)
        return error_sys(err, "arrange the gate's files");
    for (int fd = 0; fd < 3; fd++)
        if (dup3(null, fd, O_CLOEXEC) < 0 && errno != EINVAL)
            return error_sys(err, "arrange the gate's files");
    if (dup3(high_leash, LEASH, O_CLOEXEC) < 0 || dup3(high_door, DOOR, O_CLOEXEC) < 0 ||
        (high_lock >= 0 && dup3(high_lock, LOCK, O_CLOEXEC) < 0))
        return error_sys(err, "arrange the gate's files");
    null = -1; /* closed with the rest, or replaced */
    return call_close_range(high_lock >= 0 ? LOCK + 1 : LOCK, ~0U, 0) == 0 ||
           error_sys(err, "close all other files");
}

/* ---- the door ------------------------------------------------------------------------------- */

static bool has_option(int fd, int option, int value)
{
    int got = -1;
    socklen_t size = sizeof got;
    return getsockopt(fd, SOL_SOCKET, option, &got, &size) == 0 && got == value;
}

/* Sent by pid 1 of the box; all the same it is looked at as if a stranger had. */
static bool is_listener(int fd)
{
    return has_option(fd, SO_DOMAIN, AF_INET) && has_option(fd, SO_TYPE, SOCK_STREAM) &&
           has_option(fd, SO_PROTOCOL, IPPROTO_TCP) && has_option(fd, SO_ACCEPTCONN, 1);
}

static int take_listener(void)
{
    char byte;
    int count = 1, listener = -1;
    struct error err;
    if (message_receive(DOOR, &byte, sizeof byte, &listener, &count, &err) != 1 || count != 1)
        return -1;
    close(DOOR);
    return is_listener(listener) && fd_set_nonblocking(listener, &err) ? listener : -1;
}

/* ---- connections ---------------------------------------------------------------------------- */

_Noreturn static void live_for_one(const struct gate *gate, int client, pid_t parent)
{
    if (prctl(PR_SET_PDEATHSIG, SIGKILL) < 0 || getppid() != parent)
        _exit(1);
    close(LEASH);
    alarm(CONNECTION_SECONDS);
    gate_serve(gate, client);
    _exit(0);
}

static int reap(int living)
{
    while (living > 0 && waitpid(-1, NULL, WNOHANG) > 0)
        living--;
    return living;
}

static int admit(const struct gate *gate, int listener, int living)
{
    auto_close int client = accept4(listener, NULL, NULL, SOCK_CLOEXEC);
    if (client < 0 || atomic_fetch_add(&gate->ledger->connections, 1) >= CONNECTIONS_MAX)
        return living;
    pid_t self = getpid(), pid = fork();
    if (pid == 0) {
        close(listener);
        live_for_one(gate, fd_steal(&client), self);
    }
    return pid > 0 ? living + 1 : living;
}

/* The box is gone: what still moves ends by itself, and says so in the ledger. */
static void drain(int living)
{
    enum { PAUSES_MAX = 50, PAUSE_US = 10000 };

    for (int i = 0; i < PAUSES_MAX && (living = reap(living)) > 0; i++)
        usleep(PAUSE_US);
}

static void serve(const struct gate *gate)
{
    enum { PAUSE_MS = 100 };

    int listener = -1;
    for (int living = 0;;) {
        living = reap(living);
        struct pollfd waits[2] = {{LEASH, POLLIN, 0}, {listener >= 0 ? listener : DOOR, POLLIN, 0}};
        bool is_full = living >= AT_ONCE_MAX;
        if (poll(waits, is_full ? 1 : 2, living > 0 ? PAUSE_MS : -1) < 0 && errno != EINTR)
            return;
        if (waits[0].revents != 0) {
            drain(living);
            return;
        }
        if (is_full || waits[1].revents == 0)
            continue;
        if (listener >= 0)
            living = admit(gate, listener, living);
        else if ((listener = take_listener()) < 0)
            return;
    }
}

/* ---- the whole ------------------------------------------------------------------------------ */

_Noreturn static void live(struct gate *gate, int leash, int door, struct ids *ids)
{
    struct error err;
    static const int ignored[] = {SIGINT, SIGQUIT, SIGTERM, SIGHUP, SIGPIPE, SIGTSTP};
    for (size_t i = 0; i < sizeof ignored / sizeof *ignored; i++)
        signal(ignored[i], SIG_IGN); /* the terminal's keys are our starter's to answer */
    signal(SIGCHLD, SIG_DFL);
    prctl(PR_SET_NAME, "testudo-gate");
    names_open(&gate->names);
    if (!arrange_files(leash, door, ids, &err) || !lock_down(ids, &err)) {
        struct gate_record record = {};
        snprintf(record.to, sizeof record.to, "the gate itself");
        snprintf(record.why, sizeof record.why, "%.100s", err.text);
        gate_ledger_note(gate->ledger, &record);
        _exit(1);
    }
    serve(gate);
    _exit(0);
}

static bool start(struct gate *gate, struct private_gate *ret, struct error *err)
{
    int doors[2], leashes[2];
    struct ids ids = {.lock = -1};
    if (!fd_pair(SOCK_SEQPACKET, doors, err))
        return false;
    auto_close int door = doors[0], far_door = doors[1];
    if (!fd_pipe(leashes, err))
        return false;
    auto_close int far_leash = leashes[0], leash = leashes[1];
    if (ids_mode() == MODE_ROOT && !ids_take(&ids, MODE_ROOT, err))
        return false;
    pid_t pid = fault_strikes() ? -1 : fork();
    if (pid == 0) {
        close(door);
        close(leash);
        live(gate, far_leash, far_door, &ids);
    }
    ids_release(&ids);
    if (pid < 0)
        return error_sys(err, "make the gate's process");
    ret->pid = pid;
    ret->door = fd_steal(&door);
    ret->leash = fd_steal(&leash);
    return true;
}

bool gate_start_private(const struct gate_config *config, enum registry registry,
                        struct private_gate *ret_gate, struct error *err)
{
    *ret_gate = (struct private_gate){.door = -1, .leash = -1};
    ret_gate->ledger = gate_ledger_new(err);
    struct gate gate = {.config = config, .registry = registry, .ledger = ret_gate->ledger};
    if (ret_gate->ledger != NULL && start(&gate, ret_gate, err))
        return true;
    gate_free(ret_gate);
    return error_stage(err, "gate");
}

void gate_end(struct private_gate *gate)
{
    fd_close_at(&gate->leash);
    fd_close_at(&gate->door);
    while (gate->pid > 0 && waitpid(gate->pid, NULL, 0) < 0 && errno == EINTR)
        continue;
    gate->pid = 0;
}

void gate_free(struct private_gate *gate)
{
    gate_end(gate);
    gate_ledger_free(gate->ledger);
    gate->ledger = NULL;
}
