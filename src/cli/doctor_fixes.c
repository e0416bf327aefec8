#include <errno.h>

#include "cli/doctor_steps_private.h"

static const char *fix_namespace(const struct doctor_host *host, const struct error *why)
{
    if (why->number == ENOSPC)
        return "sysctl -w user.max_user_namespaces=15000 (or of the kind that is used up; in a "
               "container, on its host)";
    if (host->container != NULL)
        return "start the container with --security-opt seccomp=unconfined --security-opt "
               "apparmor=unconfined (docker, podman), or seccompProfile: Unconfined (kubernetes)";
    if (why->number == EINVAL || why->number == ENOSYS)
        return "use a kernel with all namespaces compiled in (CONFIG_USER_NS and its siblings)";
    if (host->apparmor_restrict_unprivileged_userns == 1 && host->mode != MODE_ROOT)
        return "run as root, or sysctl -w kernel.apparmor_restrict_unprivileged_userns=0, or give "
               "testudo an AppArmor profile with the rule userns, such as deploy/apparmor/testudo";
    if (host->unprivileged_userns_clone == 0 && host->mode != MODE_ROOT)
        return "run as root, or sysctl -w kernel.unprivileged_userns_clone=1";
    return "ask the host's administrator which security module or service setting forbids user "
           "namespaces (systemd: RestrictNamespaces=, SystemCallFilter=)";
}

static const char *fix_ids(const struct doctor_host *host)
{
    if (host->mode == MODE_ROOT)
        return "we are root in a user namespace without the ids 2000000000 and up: run testudo as "
               "a "
               "plain user there, or with the capabilities SETUID and SETGID in the host's own";
    if (host->apparmor_restrict_unprivileged_userns == 1)
        return "give testudo an AppArmor profile with the rule userns, such as "
               "deploy/apparmor/testudo, or run as root, or sysctl -w "
               "kernel.apparmor_restrict_unprivileged_userns=0";
    return "run as root, or without the security module that forbids it";
}

static const char *fix_mount(const struct doctor_host *host, const struct error *why)
{
    if (why->number == ENOSYS || why->number == ENODEV)
        return "use kernel 5.12 or newer with this file system compiled in; in a container, one "
               "whose seccomp profile knows the new mount calls";
    if (host->container != NULL)
        return "start the container with --security-opt apparmor=unconfined --security-opt "
               "seccomp=unconfined (docker, podman)";
    if (host->apparmor_restrict_unprivileged_userns == 1 && host->mode != MODE_ROOT)
        return "give testudo an AppArmor profile with the rule userns, such as "
               "deploy/apparmor/testudo, or run as root, or sysctl -w "
               "kernel.apparmor_restrict_unprivileged_userns=0";
    return "a security module forbids mounts: allow testudo to mount in its own namespaces";
}

static const char *fix_proc(const struct doctor_host *host)
{
    if (host->container != NULL)
        return "start the container with its /proc unmasked: --security-opt "
               "systempaths=unconfined (docker), --security-opt unmask=ALL (podman), procMount: "
               "Unmasked (kubernetes)";
    return "something is mounted over a part of /proc, which the kernel takes for a mask: "
           "`findmnt -R /proc` shows it, umount removes it";
}

static const char *fix_device(const struct doctor_host *host, const struct error *why)
{
    if (why->number == ENOENT)
        return "the host's /dev lacks one of null, zero, full, random, urandom, tty: make it";
    return host->container != NULL
               ? "start the container with --cap-add SYS_ADMIN --cap-add MKNOD and "
                 "--security-opt apparmor=unconfined, or run testudo in it as a plain user"
               : "run as a plain user, or with the capabilities SYS_ADMIN and MKNOD";
}

static const char *fix_cgroup(const struct doctor_host *host)
{
    return host->container != NULL
               ? "start the container with its control groups writable: --privileged, or -v "
                 "/sys/fs/cgroup:/sys/fs/cgroup:rw --cgroupns=private"
               : gap_fix(GAP_NO_CGROUP);
}

const char *doctor_fix_for(enum doctor_fix_kind kind, const struct doctor_host *host,
                           const struct error *why)
{
    switch (kind) {
    case FIX_NAMESPACE:
        return fix_namespace(host, why);
    case FIX_IDS:
        return fix_ids(host);
    case FIX_MOUNT:
        return fix_mount(host, why);
    case FIX_PROC:
        return fix_proc(host);
    case FIX_DEVICE:
        return fix_device(host, why);
    case FIX_OVERLAY:
        return gap_fix(GAP_NO_OVERLAY);
    case FIX_SECCOMP:
        return "use a kernel with CONFIG_SECCOMP_FILTER; in a container, one whose own filter lets "
               "seccomp and prctl through";
    case FIX_LANDLOCK:
        return gap_fix(GAP_NO_LANDLOCK);
    case FIX_CGROUP:
        break;
    }
    return fix_cgroup(host);
}
