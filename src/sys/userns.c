#include "sys/userns.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <limits.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/text.h"
#include "sys/call.h"
#include "sys/fault.h"
#include "sys/fd.h"

static bool write_map(int process, const char *name, const struct userns_line *lines, int count,
                      struct error *err)
{
    auto_buf struct buf text;
    buf_init(&text, 4096);
    for (int i = 0; i < count; i++)
        buf_printf(&text, "%" PRIu32 " %" PRIu32 " %" PRIu32 "\n", lines[i].inside,
                   lines[i].outside, lines[i].count);
    return fd_put_text(process, name, text.data, err);
}

/* Whoever is in a namespace may write this map, once, and so leave a mark there for others. That
 * takes no right; where the kernel forbids it because our own namespace has no such id, it forbids
 * it to those inside, too. */
static bool close_projects(int process, struct error *err)
{
    static const struct userns_line nobodys = {0, 65534, 1};
    struct error why;
    if (write_map(process, "projid_map", &nobodys, 1, &why) || why.number == EPERM)
        return true;
    *err = why;
    return false;
}

bool userns_write_maps(pid_t pid, const struct userns_line *uids, const struct userns_line *gids,
                       int count, bool deny_setgroups, struct error *err)
{
    char path[32];
    snprintf(path, sizeof path, "/proc/%d", pid);
    auto_close int process = fd_open(AT_FDCWD, path, O_PATH | O_DIRECTORY, 0, err);
    if (process < 0)
        return false;
    if (deny_setgroups && !fd_put_text(process, "setgroups", "deny", err))
        return false;
    return write_map(process, "uid_map", uids, count, err) &&
           write_map(process, "gid_map", gids, count, err) && close_projects(process, err);
}

/* It keeps a namespace there until somebody has opened it, and nothing else: not its maker's
 * sockets, through which others would take it for its maker, nor a life of its own. */
_Noreturn static void keep_namespace(pid_t maker)
{
    bool tied = prctl(PR_SET_PDEATHSIG, SIGKILL) == 0;
    if (!tied || getppid() != maker || call_close_range(0, UINT_MAX, 0) < 0)
        _exit(1);
    for (;;)
        pause();
}

/* Lines of "INSIDE OUTSIDE COUNT". A range in two pieces is taken for none. */
static bool map_has(const char *path, uint64_t first, uint64_t count)
{
    auto_buf struct buf map;
    struct error ignored;
    buf_init(&map, 65536);
    if (!fd_read_file(AT_FDCWD, path, &map, &ignored))
        return false;
    struct str line, rest = buf_str(&map);
    while (str_take_line(&rest, &line)) {
        uint64_t from, outside, length;
        char text[64];
        snprintf(text, sizeof text, "%.*s", (int)line.len, line.ptr);
        if (sscanf(text, "%" SCNu64 " %" SCNu64 " %" SCNu64, &from, &outside, &length) == 3 &&
            from <= first && first + count <= from + length)
            return true;
    }
    return false;
}

bool userns_has_ids(uint32_t first, uint32_t count)
{
    return map_has("/proc/self/uid_map", first, count) &&
           map_has("/proc/self/gid_map", first, count);
}

int userns_make(const struct userns_line *uid, const struct userns_line *gid, struct error *err)
{
    struct clone_args args = {.flags = CLONE_NEWUSER, .exit_signal = SIGCHLD};
    pid_t maker = getpid();
    pid_t child = fault_strikes() ? -1 : call_clone3(&args);
    if (child == 0)
        keep_namespace(maker);
    if (child < 0)
        return error_sys_fd(err, "make a user namespace");
    char path[40];
    snprintf(path, sizeof path, "/proc/%d/ns/user", child);
    int fd = -1;
    if (userns_write_maps(child, uid, gid, 1, false, err))
        fd = fd_open(AT_FDCWD, path, O_RDONLY, 0, err);
    kill(child, SIGKILL);
    waitpid(child, NULL, 0);
    return fd;
}

static bool bound_one(const char *whole, const char *bound, int parts, struct error *err)
{
    auto_buf struct buf text;
    int64_t most;
    char part[24];
    buf_init(&text, 32);
    if (!fd_read_file(AT_FDCWD, whole, &text, err) ||
        !text_read_count(str_trim(buf_str(&text)), &most))
        return false;
    snprintf(part, sizeof part, "%lld", (long long)(most / parts));
    return fd_put_text(AT_FDCWD, bound, part, err);
}

void userns_bound_inotify(int parts)
{
    struct error ignored; /* a container's /proc/sys may be read-only */
    (void)bound_one("/proc/sys/fs/inotify/max_user_instances",
                    "/proc/sys/user/max_inotify_instances", parts, &ignored);
    (void)bound_one("/proc/sys/fs/inotify/max_user_watches", "/proc/sys/user/max_inotify_watches",
                    parts, &ignored);
}
