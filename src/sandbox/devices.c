#include "sandbox/devices.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include "base/mem.h"
#include "sys/fd.h"
#include "sys/layer.h"
#include "sys/mount.h"

static const struct {
    const char *name;
    unsigned major, minor;
} devices[] = {{"null", 1, 3},   {"zero", 1, 5},    {"full", 1, 7},
               {"random", 1, 8}, {"urandom", 1, 9}, {"tty", 5, 0}};

static const struct {
    const char *name, *text;
} links[] = {{"fd", "/proc/self/fd"},
             {"stdin", "/proc/self/fd/0"},
             {"stdout", "/proc/self/fd/1"},
             {"stderr", "/proc/self/fd/2"},
             {"ptmx", "pts/ptmx"}};

static bool add_links_and_folders(int dev, struct error *err)
{
    for (size_t i = 0; i < COUNT_OF(links); i++)
        if (symlinkat(links[i].text, dev, links[i].name) < 0)
            return error_sys(err, "make the link /dev/%s", links[i].name);
    if (mkdirat(dev, "pts", 0755) < 0 || mkdirat(dev, "shm", 0755) < 0 ||
        mkdirat(dev, "mqueue", 0755) < 0)
        return error_sys(err, "make the folders of /dev");
    return true;
}

int devices_make(struct error *err)
{
    static const struct mount_option options[] = {
        {"size", "64k"}, {"nr_inodes", "64"}, {"mode", "0755"}, {}};
    auto_close int dev = mount_new("tmpfs", options, MOUNT_NO_EXEC, err);
    if (dev < 0)
        return -1;
    for (size_t i = 0; i < COUNT_OF(devices); i++)
        if (mknodat(dev, devices[i].name, S_IFCHR | 0666,
                    makedev(devices[i].major, devices[i].minor)) < 0)
            return error_sys_fd(err, "make the device /dev/%s", devices[i].name);
    if (!add_links_and_folders(dev, err))
        return -1;
    return fd_steal(&dev);
}

static bool bind_one(int root, const char *name, struct error *err)
{
    /* read-only: devices take bytes all the same, but their owner and times stay the host's */
    unsigned flags = MOUNT_NO_EXEC | MOUNT_READ_ONLY;
    char from[32], place[32];
    snprintf(from, sizeof from, "/dev/%s", name);
    snprintf(place, sizeof place, "dev/%s", name);
    auto_close int file = fd_open(root, place, O_WRONLY | O_CREAT | O_EXCL, 0644, err);
    auto_close int mount = file >= 0 ? mount_copy(AT_FDCWD, from, false, flags, err) : -1;
    return mount >= 0 && mount_attach(mount, root, place, err);
}

bool devices_bind(int root, struct error *err)
{
    for (size_t i = 0; i < COUNT_OF(devices); i++)
        if (!bind_one(root, devices[i].name, err))
            return false;
    auto_close int dev = fd_open(root, "dev", O_RDONLY | O_DIRECTORY | O_NOFOLLOW, 0, err);
    return dev >= 0 && add_links_and_folders(dev, err);
}

bool devices_attach_queues(int root, struct error *err)
{
    /* those of another ipc namespace cannot be mounted, and another /dev may have no place */
    if (layer_is_off(LAYER_IPC_NAMESPACE) || layer_is_off(LAYER_DEVICES))
        return true;
    auto_close int queues = mount_new("mqueue", NULL, MOUNT_NO_EXEC | MOUNT_NO_DEVICES, err);
    return queues >= 0 && mount_attach(queues, root, "dev/mqueue", err);
}

bool devices_attach_terminals(int root, struct error *err)
{
    static const struct mount_option options[] = {
        {"newinstance", NULL}, {"ptmxmode", "0666"}, {"mode", "0620"}, {"max", "64"}, {}};
    auto_close int terminals = mount_new("devpts", options, MOUNT_NO_EXEC, err);
    return terminals >= 0 && mount_attach(terminals, root, "dev/pts", err);
}
