/*
 * System calls that the C libraries of our oldest targets lack, and constants that their headers
 * lack. Thin: -1 and errno, as the kernel gives them.
 */
#pragma once

#include <fcntl.h>
#include <linux/openat2.h>
#include <linux/sched.h>
#include <signal.h>
#include <stdint.h>
#include <sys/syscall.h>
#include <unistd.h>

#ifndef OPEN_TREE_CLONE
#define OPEN_TREE_CLONE 1
#endif
#ifndef OPEN_TREE_CLOEXEC
#define OPEN_TREE_CLOEXEC O_CLOEXEC
#endif
#ifndef AT_RECURSIVE
#define AT_RECURSIVE 0x8000
#endif

/* ours, because <linux/mount.h> and newer <sys/mount.h> cannot be included together */
struct call_mount_attr {
    uint64_t set, clear, propagation, userns_fd;
};

enum {
    CALL_MOUNT_RDONLY = 0x1,
    CALL_MOUNT_NOSUID = 0x2,
    CALL_MOUNT_NODEV = 0x4,
    CALL_MOUNT_NOEXEC = 0x8,
    CALL_MOUNT_IDMAP = 0x100000,
};

static inline int call_openat2(int dir, const char *path, struct open_how *how)
{
    return (int)syscall(SYS_openat2, dir, path, how, sizeof *how);
}

static inline int call_open_tree(int dir, const char *path, unsigned flags)
{
    return (int)syscall(SYS_open_tree, dir, path, flags);
}

static inline int call_move_mount(int from_dir, const char *from, int to_dir, const char *to,
                                  unsigned flags)
{
    return (int)syscall(SYS_move_mount, from_dir, from, to_dir, to, flags);
}

static inline int call_fsopen(const char *type)
{
    return (int)syscall(SYS_fsopen, type, 1 /* FSOPEN_CLOEXEC */);
}

static inline int call_fspick(int mount)
{
    return (int)syscall(SYS_fspick, mount, "", 0x9 /* FSPICK_CLOEXEC | FSPICK_EMPTY_PATH */);
}

static inline int call_fsconfig(int fs, unsigned command, const char *key, const void *value)
{
    return (int)syscall(SYS_fsconfig, fs, command, key, value, 0);
}

static inline int call_fsmount(int fs, unsigned attributes)
{
    return (int)syscall(SYS_fsmount, fs, 1 /* FSMOUNT_CLOEXEC */, attributes);
}

static inline int call_mount_setattr(int dir, const char *path, unsigned flags,
                                     struct call_mount_attr *attributes)
{
    return (int)syscall(442 /* SYS_mount_setattr */, dir, path, flags, attributes,
                        sizeof *attributes);
}

static inline int call_pivot_root(const char *new_root, const char *old)
{
    return (int)syscall(SYS_pivot_root, new_root, old);
}

static inline int call_clone3(struct clone_args *args)
{
    return (int)syscall(SYS_clone3, args, sizeof *args);
}

static inline int call_pidfd_open(int pid)
{
    return (int)syscall(SYS_pidfd_open, pid, 0);
}

static inline int call_pidfd_send_signal(int pidfd, int number)
{
    return (int)syscall(SYS_pidfd_send_signal, pidfd, number, NULL, 0);
}

static inline int call_close_range(unsigned first, unsigned last, unsigned flags)
{
    return (int)syscall(436 /* SYS_close_range */, first, last, flags);
}

static inline int call_execveat(int dir, const char *path, char *const argv[], char *const env[],
                                int flags)
{
    return (int)syscall(SYS_execveat, dir, path, argv, env, flags);
}
