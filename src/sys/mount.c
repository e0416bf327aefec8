#include "sys/mount.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

#include "sys/call.h"
#include "sys/fault.h"
#include "sys/fd.h"
#include "sys/layer.h"

static uint64_t attributes_of(unsigned flags)
{
    uint64_t bits = layer_flags(LAYER_NO_SUID, CALL_MOUNT_NOSUID);
    if (flags & MOUNT_READ_ONLY)
        bits |= layer_flags(LAYER_READ_ONLY, CALL_MOUNT_RDONLY);
    if (flags & MOUNT_NO_EXEC)
        bits |= layer_flags(LAYER_NO_EXEC, CALL_MOUNT_NOEXEC);
    if (flags & MOUNT_NO_DEVICES)
        bits |= layer_flags(LAYER_NO_DEVICES, CALL_MOUNT_NODEV);
    return bits;
}

/* The kernel explains a refused mount in the context's own log: "e overlay: ...". Reading it
 * changes errno, so the caller's is kept. */
static bool failed(struct error *err, int fs, const char *type, const char *what)
{
    int saved = errno;
    char log[200];
    ssize_t length = read(fs, log, sizeof log - 1);
    errno = saved;
    if (length <= 0)
        return error_sys(err, "%s of a new %s", what, type);
    log[length] = '\0';
    log[strcspn(log, "\n")] = '\0';
    return error_sys(err, "%s of a new %s (%s)", what, type, log);
}

static bool set_options(int fs, const char *type, const struct mount_option *options,
                        struct error *err)
{
    for (const struct mount_option *o = options; o != NULL && o->key != NULL; o++) {
        unsigned command = o->value != NULL ? 1 /* SET_STRING */ : 0 /* SET_FLAG */;
        if (call_fsconfig(fs, command, o->key, o->value) < 0)
            return failed(err, fs, type, o->key);
    }
    return true;
}

bool mount_change(int mount, const struct mount_option *options, struct error *err)
{
    auto_close int fs = fault_strikes() ? -1 : call_fspick(mount);
    if (fs < 0)
        return error_sys(err, "take up a file system again");
    if (!set_options(fs, "file system", options, err))
        return false;
    if (call_fsconfig(fs, 7 /* CMD_RECONFIGURE */, NULL, NULL) < 0)
        return failed(err, fs, "file system", "change");
    return true;
}

int mount_new(const char *type, const struct mount_option *options, unsigned flags,
              struct error *err)
{
    auto_close int fs = fault_strikes() ? -1 : call_fsopen(type);
    if (fs < 0)
        return error_sys_fd(err, "begin a new %s", type);
    if (!set_options(fs, type, options, err))
        return -1;
    if (call_fsconfig(fs, 6 /* CMD_CREATE */, NULL, NULL) < 0) {
        failed(err, fs, type, "creation");
        return -1;
    }
    int mount = call_fsmount(fs, (unsigned)attributes_of(flags));
    if (mount < 0) {
        failed(err, fs, type, "mounting");
        return -1;
    }
    return mount;
}

static int copy_tree(int dir, const char *path, unsigned recursive, struct error *err)
{
    unsigned how = OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC | AT_EMPTY_PATH | AT_SYMLINK_NOFOLLOW;
    int mount = fault_strikes() ? -1 : call_open_tree(dir, path, how | recursive);
    return mount >= 0 ? mount : error_sys_fd(err, "copy the mount at %s", path);
}

int mount_copy(int dir, const char *path, bool with_submounts, unsigned flags, struct error *err)
{
    auto_close int mount = copy_tree(dir, path, with_submounts ? AT_RECURSIVE : 0, err);
    if (mount < 0 || !mount_set_flags(mount, with_submounts, flags, err))
        return -1;
    return fd_steal(&mount);
}

bool mount_set_flags(int mount, bool with_submounts, unsigned flags, struct error *err)
{
    struct call_mount_attr attributes = {.set = attributes_of(flags), .propagation = MS_PRIVATE};
    if (call_mount_setattr(mount, "", AT_EMPTY_PATH | (with_submounts ? AT_RECURSIVE : 0),
                           &attributes) < 0)
        return error_sys(err, "set a mount's attributes");
    return true;
}

bool mount_set_idmap(int mount, int userns, struct error *err)
{
    struct call_mount_attr attributes = {.set = CALL_MOUNT_IDMAP, .userns_fd = (uint64_t)userns};
    if (call_mount_setattr(mount, "", AT_EMPTY_PATH, &attributes) < 0)
        return error_sys(err, "map a mount's ids");
    return true;
}

bool mount_find_again(int *folder, struct error *err)
{
    char link[40], path[PATH_MAX];
    snprintf(link, sizeof link, "/proc/self/fd/%d", *folder);
    ssize_t length = readlink(link, path, sizeof path - 1);
    if (length < 0)
        return error_sys(err, "find a folder's path");
    path[length] = '\0';
    int here = fd_open(AT_FDCWD, path, O_PATH | O_DIRECTORY, 0, err);
    if (here < 0)
        return false;
    struct stat before, after;
    bool same = fstat(*folder, &before) == 0 && fstat(here, &after) == 0 &&
                before.st_dev == after.st_dev && before.st_ino == after.st_ino;
    fd_replace(folder, here);
    return same || error_set(err, ERROR_INPUT, "the folder %s was moved meanwhile", path);
}

bool mount_attach(int mount, int dir, const char *path, struct error *err)
{
    if (call_move_mount(mount, "", dir, path, 0x4 /* MOVE_MOUNT_F_EMPTY_PATH */) < 0)
        return error_sys(err, "attach the mount for %s", path);
    return true;
}

bool mount_repeat(const char *from, const char *to, struct error *err)
{
    return mount(from, to, NULL, MS_BIND, NULL) == 0 || error_sys(err, "repeat %s at %s", from, to);
}

bool mount_cut_propagation(struct error *err)
{
    if (mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) < 0)
        return error_sys(err, "make all mounts private");
    return true;
}

bool mount_enter_root(int root, struct error *err)
{
    if (fchdir(root) < 0)
        return error_sys(err, "enter the new root");
    if (layer_is_off(LAYER_OLD_ROOT))
        return (call_pivot_root(".", "run") == 0 && chdir("/") == 0) ||
               error_sys(err, "keep the old root");
    /* pivot_root(".", ".") stacks the old root on the new one; then it is let go by that name */
    if (call_pivot_root(".", ".") < 0)
        return error_sys(err, "change the root");
    if (umount2(".", MNT_DETACH) < 0)
        return error_sys(err, "let go of the old root");
    if (chdir("/") < 0)
        return error_sys(err, "enter the root");
    return true;
}
