#include "sandbox/host.h"

#include <fcntl.h>
#include <stdio.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "sandbox/ids.h"
#include "sys/fd.h"
#include "sys/landlock.h"
#include "sys/layer.h"

extern const char init_blob[], init_blob_end[];

/* The guest cannot read init's image: it is executable only, so a process that runs it cannot be
 * looked into, not for a moment (attack: /proc/1/exe). A descriptor open for writing would make
 * its execution fail with ETXTBSY, hence the second one. */
static int make_init(struct error *err)
{
    struct str blob = str_of(init_blob, (size_t)(init_blob_end - init_blob));
    auto_close int writable = fd_memory("testudo-init", blob, err);
    if (writable < 0)
        return -1;
    char path[40];
    snprintf(path, sizeof path, "/proc/self/fd/%d", writable);
    auto_close int init = fd_open(AT_FDCWD, path, O_PATH, 0, err);
    if (init < 0)
        return -1;
    if (fchmod(writable, layer_is_off(LAYER_INIT_UNREADABLE) ? 0777 : 0111) < 0)
        return error_sys_fd(err, "make init executable");
    return fd_steal(&init);
}

void sandbox_host_open(struct sandbox_host *ret_host)
{
    *ret_host = (struct sandbox_host){.init = -1};
    ret_host->mode = ids_mode();
    int abi = landlock_abi();
    ret_host->landlock_abi = abi > 0 ? abi : 0;
    seccomp_build(&ret_host->strict, SECCOMP_NATIVE, SECCOMP_STRICT);
}

bool sandbox_host_complete(struct sandbox_host *host, struct error *err)
{
    if (host->init >= 0)
        return true;
    if (!cgroup_host_open(&host->cgroups, err))
        return error_stage(err, "cgroup");
    host->init = make_init(err);
    return host->init >= 0 || error_stage(err, "prepare");
}

void sandbox_host_close(struct sandbox_host *host)
{
    cgroup_host_close(&host->cgroups);
    fd_close_at(&host->init);
}

static void promise_resources(const struct sandbox_host *host, struct isolation *isolation)
{
    static const struct {
        enum guarantee guarantee;
        enum cgroup_controller controller;
        enum guarantee_level level; /* and by what, where there is no such control group */
        enum mechanism mechanism;
        enum gap gap;
    } rows[] = {
        {GUARANTEE_MEMORY, CGROUP_MEMORY, GUARANTEE_MISSING, MECHANISM_NOTHING, GAP_NO_CGROUP},
        {GUARANTEE_CPUS, CGROUP_CPU, GUARANTEE_MISSING, MECHANISM_AFFINITY, GAP_WHOLE_CPUS},
        {GUARANTEE_CPU_TIME, CGROUP_CPUACCT, GUARANTEE_WEAKER, MECHANISM_RLIMIT, GAP_EACH_PROCESS},
        {GUARANTEE_PROCESSES, CGROUP_PIDS, GUARANTEE_ENFORCED, MECHANISM_RLIMIT_USER, GAP_NONE},
    };

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        int version = cgroup_host_version(&host->cgroups, rows[i].controller);
        if (version == 0)
            isolation_note(isolation, rows[i].guarantee, rows[i].level, rows[i].mechanism,
                           rows[i].gap);
        else
            isolation_note(isolation, rows[i].guarantee, GUARANTEE_ENFORCED,
                           version == 1 ? MECHANISM_CGROUP1 : MECHANISM_CGROUP2, GAP_NONE);
    }
}

static void promise_landlock(const struct sandbox_host *host, struct isolation *isolation)
{
    isolation->landlock_abi = (uint8_t)host->landlock_abi;
    if (host->landlock_abi == 0)
        isolation_note(isolation, GUARANTEE_FILE_RIGHTS, GUARANTEE_MISSING, MECHANISM_NOTHING,
                       GAP_NO_LANDLOCK);
    else if (host->landlock_abi < 6)
        isolation_note(isolation, GUARANTEE_FILE_RIGHTS, GUARANTEE_WEAKER, MECHANISM_LANDLOCK,
                       GAP_OLD_LANDLOCK);
    else
        isolation_note(isolation, GUARANTEE_FILE_RIGHTS, GUARANTEE_ENFORCED, MECHANISM_LANDLOCK,
                       GAP_NONE);
}

void sandbox_host_promise(const struct sandbox_host *host, struct isolation *ret_isolation)
{
    static const struct {
        enum guarantee guarantee;
        enum mechanism mechanism;
    } always[] = {
        {GUARANTEE_PROCESS_TREE, MECHANISM_PID_NAMESPACE},
        {GUARANTEE_FILES, MECHANISM_MOUNT_NAMESPACE},
        {GUARANTEE_IMAGE, MECHANISM_OVERLAY},
        {GUARANTEE_NETWORK, MECHANISM_NET_NAMESPACE},
        {GUARANTEE_IPC, MECHANISM_IPC_NAMESPACE},
        {GUARANTEE_HOST_NAME, MECHANISM_UTS_NAMESPACE},
        {GUARANTEE_CAPABILITIES, MECHANISM_EMPTY_SETS},
        {GUARANTEE_SYSTEM_CALLS, MECHANISM_SECCOMP},
        {GUARANTEE_WALL_TIME, MECHANISM_TIMER},
        {GUARANTEE_DISK, MECHANISM_TMPFS},
        {GUARANTEE_INODES, MECHANISM_TMPFS},
        {GUARANTEE_OUTPUT, MECHANISM_COUNTED},
        {GUARANTEE_IDLE, MECHANISM_COUNTED},
    };

    *ret_isolation = (struct isolation){.mode = (uint8_t)host->mode};
    for (size_t i = 0; i < sizeof always / sizeof *always; i++)
        isolation_note(ret_isolation, always[i].guarantee, GUARANTEE_ENFORCED, always[i].mechanism,
                       GAP_NONE);
    if (host->mode == MODE_ROOT)
        isolation_note(ret_isolation, GUARANTEE_USERS, GUARANTEE_ENFORCED, MECHANISM_USER_NAMESPACE,
                       GAP_NONE);
    else
        isolation_note(ret_isolation, GUARANTEE_USERS, GUARANTEE_WEAKER,
                       MECHANISM_USER_NAMESPACE_ONE, GAP_OWN_UID);
    promise_resources(host, ret_isolation);
    promise_landlock(host, ret_isolation);
}
