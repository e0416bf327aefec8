/*
 * What everybody may read in /proc and a guest has no business with: what the host is made of and
 * what it is doing at the moment, and locks, which tell of other boxes too. Left are those that
 * runtimes read: cgroups, cpuinfo, filesystems, loadavg, meminfo, mounts, stat, sys, uptime,
 * version. What is absent in this kernel is passed over; what only root may open needs no mask.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/mem.h"
#include "sandbox/tree_private.h"
#include "sys/fd.h"
#include "sys/layer.h"
#include "sys/mount.h"

/* An empty file and an empty folder of the box's own, read-only: a plain user's null device is the
 * host's, and what its guest has made it can write to. */
#define NOTHING "nothing"

enum { PLACE_MAX = 32 };

static const char *const folders[] = {"acpi", "asound", "bus",      "driver", "dynamic_debug",
                                      "fs",   "irq",    "pressure", "scsi",   "tty"};
static const char *const files[] = {
    "bootconfig", "buddyinfo", "cmdline", "config.gz", "consoles",      "crypto",
    "devices",    "diskstats", "dma",     "fb",        "interrupts",    "iomem",
    "ioports",    "kallsyms",  "keys",    "key-users", "latency_stats", "locks",
    "mdstat",     "misc",      "modules", "mtrr",      "partitions",    "sched_debug",
    "schedstat",  "softirqs",  "swaps",   "vmstat",    "zoneinfo",
};

static bool is_absent(int root, const char *place)
{
    return faccessat(root, place, F_OK, AT_SYMLINK_NOFOLLOW) < 0;
}

static bool cover_first(int root, const char *place, int dir, const char *empty, struct error *err)
{
    auto_close int mount =
        mount_copy(dir, empty, false, MOUNT_READ_ONLY | MOUNT_NO_DEVICES | MOUNT_NO_EXEC, err);
    return mount >= 0 && mount_attach(mount, root, place, err);
}

/* The first one is a mount with its flags set; all others are that one again, which takes a fifth
 * of the calls. */
static bool cover_all(int root, const char *const *names, size_t count, int dir, const char *empty,
                      struct error *err)
{
    char first[PLACE_MAX] = "", place[PLACE_MAX];
    for (size_t i = 0; i < count; i++) {
        snprintf(place, sizeof place, "proc/%s", names[i]);
        if (first[0] != '\0') {
            if (!mount_repeat(first, place, err) && err->number != ENOENT)
                return error_wrap(err, "mask /%s", place);
        } else if (!is_absent(root, place)) {
            if (!cover_first(root, place, dir, empty, err))
                return error_wrap(err, "mask /%s", place);
            memcpy(first, place, sizeof first);
        }
    }
    return true;
}

bool tree_mask_proc(int root, int writable, struct error *err)
{
    if (layer_is_off(LAYER_PROC_MASKS))
        return true;
    auto_close int nothing = fd_open(writable, NOTHING, O_WRONLY | O_CREAT | O_EXCL, 0444, err);
    if (nothing < 0)
        return false;
    if (fchdir(root) < 0)
        return error_sys(err, "enter the root of a box");
    /* the empty file lives on where it is shown */
    return cover_all(root, folders, COUNT_OF(folders), root, "run", err) &&
           cover_all(root, files, COUNT_OF(files), writable, NOTHING, err) &&
           (unlinkat(writable, NOTHING, 0) == 0 || error_sys(err, "remove an empty file"));
}
