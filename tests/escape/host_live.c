/* The host's parts that live: services, shared memory, a process of somebody else. */
#include "tests/escape/host.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <netinet/in.h>
#include <signal.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ipc.h>
#include <sys/shm.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

enum { GUEST_ID = 1000 };

static void facts_secret(struct trial *trial)
{
    buf_printf(&trial->facts, "secret=%s\n", trial->secret);
}

/* ---- services ------------------------------------------------------------------------------- */

static bool listen_at(struct trial *trial, int family, const void *place, socklen_t length,
                      struct error *err)
{
    trial->helper = socket(family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (trial->helper < 0 || bind(trial->helper, place, length) < 0 || listen(trial->helper, 8) < 0)
        return error_sys(err, "listen");
    return true;
}

/* Nobody may have come, whatever the probe says. */
static bool nobody_came(struct trial *trial, struct error *err)
{
    int visitor = accept4(trial->helper, NULL, NULL, SOCK_CLOEXEC);
    close(trial->helper);
    if (visitor < 0)
        return true;
    close(visitor);
    return error_set(err, ERROR_INPUT, "the service outside had a visitor");
}

bool host_port_before(struct trial *trial, struct error *err)
{
    struct sockaddr_in place = {.sin_family = AF_INET, .sin_addr = {htonl(INADDR_LOOPBACK)}};
    socklen_t length = sizeof place;
    if (!listen_at(trial, AF_INET, &place, length, err))
        return false;
    if (getsockname(trial->helper, (struct sockaddr *)&place, &length) < 0)
        return error_sys(err, "look at the port");
    buf_printf(&trial->facts, "port=%u\n", ntohs(place.sin_port));
    return true;
}

bool host_port_after(struct trial *trial, struct error *err)
{
    return nobody_came(trial, err);
}

bool host_abstract_before(struct trial *trial, struct error *err)
{
    struct sockaddr_un place = {.sun_family = AF_UNIX};
    int length =
        snprintf(place.sun_path + 1, sizeof place.sun_path - 1, "testudo-%s", trial->secret);
    buf_printf(&trial->facts, "abstract=testudo-%s\n", trial->secret);
    return listen_at(trial, AF_UNIX, &place,
                     (socklen_t)(offsetof(struct sockaddr_un, sun_path) + 1 + (size_t)length), err);
}

bool host_abstract_after(struct trial *trial, struct error *err)
{
    return nobody_came(trial, err);
}

/* A socket in a folder of the caller's that he gives as an input. */
bool host_socket_before(struct trial *trial, struct error *err)
{
    struct sockaddr_un place = {.sun_family = AF_UNIX};
    snprintf(place.sun_path, sizeof place.sun_path, "%.90s/t/socket", trial->scene.folder);
    return listen_at(trial, AF_UNIX, &place, sizeof place, err) &&
           (chmod(place.sun_path, 0777) == 0 || error_sys(err, "open the socket to all"));
}

bool host_socket_after(struct trial *trial, struct error *err)
{
    return nobody_came(trial, err);
}

/* ---- shared memory -------------------------------------------------------------------------- */

bool host_memory_before(struct trial *trial, struct error *err)
{
    key_t key = (key_t)(strtoul(trial->secret, NULL, 16) & 0x7fffffff) | 1;
    trial->helper = shmget(key, 4096, IPC_CREAT | IPC_EXCL | 0666);
    buf_printf(&trial->facts, "shm_key=%ld\n", (long)key);
    return trial->helper >= 0 || error_sys(err, "make shared memory");
}

bool host_memory_after(struct trial *trial, struct error *err)
{
    return shmctl(trial->helper, IPC_RMID, NULL) == 0 ||
           error_sys(err, "take the shared memory away");
}

/* ---- a neighbour ---------------------------------------------------------------------------- */

_Noreturn static void live_next_door(const struct trial *trial)
{
    uid_t id = trial->way->caller == CALLER_PLAIN ? PLAIN_USER : GUEST_ID;
    char name[64];
    snprintf(name, sizeof name, "sleep-%s", trial->secret);
    if (geteuid() == 0 &&
        (setgroups(0, NULL) < 0 || setresgid(id, id, id) < 0 || setresuid(id, id, id) < 0))
        _exit(1);
    execl("/bin/sleep", name, "60", (char *)NULL);
    _exit(1);
}

/* Another process, of the user whom the guest would be without a user namespace. */
bool host_neighbour_before(struct trial *trial, struct error *err)
{
    facts_secret(trial);
    trial->helper = fork();
    if (trial->helper == 0)
        live_next_door(trial);
    if (trial->helper < 0)
        return error_sys(err, "fork");
    usleep(5000); /* until it has its new name */
    buf_printf(&trial->facts, "neighbour=%d\n", trial->helper);
    return waitpid(trial->helper, NULL, WNOHANG) == 0 ||
           error_set(err, ERROR_HOST, "the neighbour did not stay");
}

bool host_neighbour_after(struct trial *trial, struct error *err)
{
    int status;
    bool alive = waitpid(trial->helper, &status, WNOHANG | WUNTRACED) == 0;
    kill(trial->helper, SIGKILL);
    waitpid(trial->helper, NULL, 0);
    return alive || error_set(err, ERROR_INPUT, "the neighbour was hit by a signal");
}
