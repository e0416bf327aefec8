#include <fcntl.h>
#include <sched.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cli/doctor_steps_private.h"
#include "sandbox/devices.h"
#include "sys/cgroup.h"
#include "sys/fd.h"
#include "sys/landlock.h"
#include "sys/mount.h"
#include "sys/seccomp.h"

bool doctor_act_nothing(struct error *err)
{
    (void)err;
    return true;
}

bool doctor_act_ids(struct error *err)
{
    /* whoever the maps name: 0 for root's boxes, the guest for others */
    if ((setresgid(0, 0, 0) < 0 || setresuid(0, 0, 0) < 0) &&
        (setresgid(1000, 1000, 1000) < 0 || setresuid(1000, 1000, 1000) < 0))
        return error_sys(err, "take a mapped id");
    return true;
}

static bool leave(int flags, const char *what, struct error *err)
{
    return unshare(flags) == 0 || error_sys(err, "unshare %s", what);
}

bool doctor_act_network(struct error *err)
{
    return leave(CLONE_NEWNET, "the network", err);
}

bool doctor_act_ipc(struct error *err)
{
    return leave(CLONE_NEWIPC, "ipc", err);
}

bool doctor_act_host_name(struct error *err)
{
    if (!leave(CLONE_NEWUTS, "the host name", err))
        return false;
    return sethostname("box", 3) == 0 || error_sys(err, "set the host name");
}

bool doctor_act_cgroup_namespace(struct error *err)
{
    return leave(CLONE_NEWCGROUP, "the control groups", err);
}

bool doctor_act_private_mounts(struct error *err)
{
    return mount_cut_propagation(err);
}

static int attach_tmpfs(struct error *err)
{
    static const struct mount_option options[] = {
        {"size", "1M"}, {"nr_inodes", "64"}, {"mode", "0755"}, {}};
    if (!mount_cut_propagation(err))
        return -1;
    auto_close int mount = mount_new("tmpfs", options, MOUNT_NO_DEVICES, err);
    return mount >= 0 && mount_attach(mount, AT_FDCWD, "/tmp", err) ? fd_steal(&mount) : -1;
}

bool doctor_act_tmpfs(struct error *err)
{
    auto_close int mount = attach_tmpfs(err);
    return mount >= 0;
}

bool doctor_act_bind(struct error *err)
{
    if (!mount_cut_propagation(err))
        return false;
    auto_close int mount =
        mount_copy(AT_FDCWD, "/usr", true, MOUNT_READ_ONLY | MOUNT_NO_DEVICES, err);
    return mount >= 0 && mount_attach(mount, AT_FDCWD, "/tmp", err);
}

bool doctor_act_overlay(struct error *err)
{
    static const struct mount_option options[] = {{"lowerdir", "/etc:/usr"}, {}};
    auto_close int mount = mount_new("overlay", options, MOUNT_READ_ONLY | MOUNT_NO_DEVICES, err);
    return mount >= 0;
}

bool doctor_act_proc(struct error *err)
{
    auto_close int mount = mount_new("proc", NULL, MOUNT_NO_EXEC | MOUNT_NO_DEVICES, err);
    return mount >= 0;
}

bool doctor_act_terminals(struct error *err)
{
    static const struct mount_option options[] = {
        {"newinstance", NULL}, {"ptmxmode", "0666"}, {"mode", "0620"}, {}};
    auto_close int mount = mount_new("devpts", options, MOUNT_NO_EXEC, err);
    return mount >= 0;
}

bool doctor_act_root(struct error *err)
{
    auto_close int root = attach_tmpfs(err);
    return root >= 0 && mount_enter_root(root, err);
}

static bool give_up_privileges(struct error *err)
{
    return prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0 || error_sys(err, "give up new privileges");
}

bool doctor_act_landlock(struct error *err)
{
    int abi;
    auto_close int root = fd_open(AT_FDCWD, "/", O_PATH | O_DIRECTORY, 0, err);
    if (root < 0 || !give_up_privileges(err))
        return false;
    struct landlock_rule rule = {root, LANDLOCK_READ};
    if (!landlock_restrict(&rule, 1, &abi, err))
        return false;
    return abi > 0 || error_set(err, ERROR_HOST, "there is no landlock");
}

bool doctor_act_seccomp(struct error *err)
{
    static struct seccomp_program program;
    seccomp_build(&program, SECCOMP_NATIVE, SECCOMP_STRICT);
    return give_up_privileges(err) && seccomp_install(&program, NULL, err);
}

bool doctor_act_devices(struct error *err)
{
    umask(0); /* as devices_make expects */
    auto_close int devices = devices_make(err);
    return devices >= 0;
}

static bool make_group(const struct cgroup_host *host, struct error *err)
{
    struct cgroup group = {};
    if (host->count == 0)
        return error_set(err, ERROR_HOST, "there is no control group that we may write");
    if (!cgroup_make(&group, host, 0, err))
        return false;
    cgroup_remove(&group);
    return true;
}

bool doctor_act_cgroups(struct error *err)
{
    struct cgroup_host host;
    if (!cgroup_host_open(&host, err))
        return false;
    bool ok = make_group(&host, err);
    cgroup_host_close(&host);
    return ok;
}
