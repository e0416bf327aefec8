#include "sys/process.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "sys/fd.h"

bool process_stat_start(const char *stat, uint64_t *ret_started)
{
    uint64_t started;
    const char *rest = strrchr(stat, ')');
    if (rest == NULL ||
        sscanf(rest + 1,
               " %*c %*d %*d %*d %*d %*d %*u %*u %*u %*u %*u %*u %*u %*d %*d %*d %*d %*d %*d "
               "%" SCNu64,
               &started) != 1)
        return false;
    *ret_started = started;
    return true;
}

/* *ret_ended: it lives on as a number that its parent has not asked for yet. */
static bool read_start(pid_t pid, uint64_t *ret_started, bool *ret_ended)
{
    char path[40], text[1024], state = 0;
    snprintf(path, sizeof path, "/proc/%d/stat", pid);
    auto_close int fd = open(path, O_RDONLY | O_CLOEXEC);
    ssize_t length = fd >= 0 ? read(fd, text, sizeof text - 1) : -1;
    if (length <= 0)
        return false;
    text[length] = '\0';
    const char *rest = strrchr(text, ')');
    *ret_ended =
        rest != NULL && sscanf(rest + 1, " %c", &state) == 1 && strchr("ZX", state) != NULL;
    return process_stat_start(text, ret_started);
}

static uint64_t own_pid_space(void)
{
    struct stat about;
    return stat("/proc/self/ns/pid", &about) == 0 ? about.st_ino : 0;
}

bool process_mark_self(struct process_mark *ret_mark, struct error *err)
{
    /* a broker asks for every box: the answer changes only in a forked child */
    static struct process_mark known;
    if (known.pid != getpid()) {
        struct process_mark mark = {.pid_space = own_pid_space(), .pid = getpid()};
        bool ended;
        if (mark.pid_space == 0 || !read_start(mark.pid, &mark.started, &ended)) {
            error_set(err, ERROR_HOST, "/proc does not show this process");
            return error_hint(err, "mount a proc file system that belongs to this pid namespace");
        }
        known = mark;
    }
    *ret_mark = known;
    return true;
}

void process_mark_write(const struct process_mark *mark, char ret_text[PROCESS_MARK_TEXT])
{
    snprintf(ret_text, PROCESS_MARK_TEXT, "%" PRIu64 "-%d-%" PRIu64, mark->pid_space, mark->pid,
             mark->started);
}

bool process_mark_read(const char *text, struct process_mark *ret_mark)
{
    return sscanf(text, "%" SCNu64 "-%d-%" SCNu64, &ret_mark->pid_space, &ret_mark->pid,
                  &ret_mark->started) == 3;
}

bool process_mark_is_dead(const struct process_mark *mark)
{
    uint64_t started;
    bool ended;
    if (mark->pid <= 0 || mark->pid_space != own_pid_space())
        return false;
    if (kill(mark->pid, 0) < 0 && errno == ESRCH)
        return true;
    /* it is there, but /proc may be hidden from us, or we be out of descriptors: not certain */
    return read_start(mark->pid, &started, &ended) && (ended || started != mark->started);
}
