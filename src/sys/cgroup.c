#include "sys/cgroup.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "sys/cgroup_private.h"
#include "sys/fault.h"
#include "sys/fd.h"
#include "sys/process.h"

static const struct cgroup_version *version_of(const struct cgroup_tree *tree)
{
    return tree->version == 1 ? &cgroup_v1 : &cgroup_v2;
}

bool cgroup_read(int folder, const char *name, char *ret_text, int size)
{
    auto_close int fd = openat(folder, name, O_RDONLY | O_CLOEXEC);
    ssize_t length = fd >= 0 ? read(fd, ret_text, (size_t)size - 1) : -1;
    if (length < 0)
        return false;
    ret_text[length] = '\0';
    return true;
}

int64_t cgroup_read_number(int folder, const char *name)
{
    char text[64];
    return cgroup_read(folder, name, text, sizeof text) ? strtoll(text, NULL, 10) : -1;
}

bool cgroup_put_number(int folder, const char *name, int64_t number, struct error *err)
{
    char text[32];
    snprintf(text, sizeof text, "%" PRId64, number);
    return fd_put_text(folder, name, text, err);
}

/* Its folder in one of the trees. */
static bool make_folder(struct cgroup *cgroup, unsigned i, struct error *err)
{
    int parent = cgroup->host->trees[i].parent;
    if (fault_strikes() || mkdirat(parent, cgroup->name, 0755) < 0)
        return error_sys(err, "make a control group");
    cgroup->folders[i] = fd_open(parent, cgroup->name, O_DIRECTORY | O_RDONLY, 0, err);
    if (cgroup->folders[i] < 0)
        (void)unlinkat(parent, cgroup->name, AT_REMOVEDIR);
    return cgroup->folders[i] >= 0;
}

bool cgroup_make(struct cgroup *ret_cgroup, const struct cgroup_host *host, unsigned serial,
                 struct error *err)
{
    struct cgroup cgroup = {.host = host, .folders = {-1, -1, -1, -1}};
    struct process_mark mark;
    if (!process_mark_self(&mark, err))
        return false;
    snprintf(cgroup.name, sizeof cgroup.name, "box-%" PRIu64 "-%d-%" PRIu64 "-%u", mark.pid_space,
             mark.pid, mark.started, serial);
    for (unsigned i = 0; i < host->count; i++) {
        if (!make_folder(&cgroup, i, err)) {
            cgroup_remove(&cgroup);
            return false;
        }
    }
    *ret_cgroup = cgroup;
    return true;
}

bool cgroup_limit(struct cgroup *cgroup, const struct cgroup_limits *limits, struct error *err)
{
    for (unsigned i = 0; i < cgroup->host->count; i++) {
        const struct cgroup_tree *tree = &cgroup->host->trees[i];
        if (memcmp(limits, &cgroup->limits[i], sizeof *limits) == 0)
            continue;
        cgroup->limits[i] = *limits;
        if (!version_of(tree)->limit(cgroup->folders[i], tree->controllers, limits, err))
            return error_wrap(err, "limit a control group");
    }
    return true;
}

bool cgroup_set_idle(struct cgroup *cgroup, bool idle, struct error *err)
{
    if (cgroup->is_idle == idle)
        return true;
    cgroup->is_idle = idle;
    for (unsigned i = 0; i < cgroup->host->count; i++) {
        const struct cgroup_tree *tree = &cgroup->host->trees[i];
        if ((tree->controllers & CGROUP_CPU) &&
            !version_of(tree)->set_idle(cgroup->folders[i], idle, err))
            return error_wrap(err, "set the pace of a control group");
    }
    return true;
}

int cgroup_open_doors(const struct cgroup *cgroup, int ret_fds[CGROUP_TREES_MAX], struct error *err)
{
    int count = 0;
    for (unsigned i = 0; i < cgroup->host->count; i++) {
        if (cgroup->host->trees[i].version != 1)
            continue;
        int fd = fd_open(cgroup->folders[i], "tasks", O_WRONLY, 0, err);
        if (fd < 0) {
            while (count > 0)
                fd_close_at(&ret_fds[--count]);
            return -1;
        }
        ret_fds[count++] = fd;
    }
    return count;
}

int cgroup_birthplace(const struct cgroup *cgroup)
{
    for (unsigned i = 0; i < cgroup->host->count; i++)
        if (cgroup->host->trees[i].version == 2)
            return cgroup->folders[i];
    return -1;
}

bool cgroup_watch_memory(const struct cgroup *cgroup, int *ret_event, struct error *err)
{
    *ret_event = -1;
    for (unsigned i = 0; i < cgroup->host->count; i++) {
        const struct cgroup_tree *tree = &cgroup->host->trees[i];
        if (tree->version != 1 || !(tree->controllers & CGROUP_MEMORY))
            continue;
        auto_close int event = fault_strikes() ? -1 : eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
        if (event < 0)
            return error_sys(err, "make an event");
        auto_close int control =
            fd_open(cgroup->folders[i], "memory.oom_control", O_RDONLY, 0, err);
        if (control < 0)
            return false;
        char text[32];
        snprintf(text, sizeof text, "%d %d", event, control);
        if (!fd_put_text(cgroup->folders[i], "cgroup.event_control", text, err))
            return error_wrap(err, "ask to be told when memory runs out");
        *ret_event = fd_steal(&event);
    }
    return true;
}

static void measure(const struct cgroup *cgroup, unsigned controllers,
                    struct cgroup_usage *ret_usage)
{
    *ret_usage = (struct cgroup_usage){-1, -1, -1, -1, -1, -1};
    if (cgroup->host == NULL)
        return;
    for (unsigned i = 0; i < cgroup->host->count; i++) {
        const struct cgroup_tree *tree = &cgroup->host->trees[i];
        version_of(tree)->measure(cgroup->folders[i], tree->controllers & controllers, ret_usage);
    }
}

void cgroup_measure(const struct cgroup *cgroup, struct cgroup_usage *ret_usage)
{
    measure(cgroup, ~0U, ret_usage);
    if (ret_usage->oom_kills > 0)
        ret_usage->oom_kills -= cgroup->oom_kills_before;
    if (ret_usage->cpu_user_ns >= 0 && ret_usage->cpu_system_ns >= 0) {
        ret_usage->cpu_user_ns -= cgroup->user_before_ns;
        ret_usage->cpu_system_ns -= cgroup->system_before_ns;
        if (ret_usage->cpu_user_ns < 0)
            ret_usage->cpu_user_ns = 0;
        if (ret_usage->cpu_system_ns < 0)
            ret_usage->cpu_system_ns = 0;
    }
}

static void forget_beginning(struct cgroup *cgroup)
{
    cgroup->cpu_before_ns = cgroup->user_before_ns = cgroup->system_before_ns = 0;
}

void cgroup_begin(struct cgroup *cgroup)
{
    struct cgroup_usage usage;
    forget_beginning(cgroup);
    measure(cgroup, CGROUP_CPUACCT, &usage);
    int64_t used = cgroup_cpu_ns(cgroup);
    if (used < 0 || usage.cpu_user_ns < 0 || usage.cpu_system_ns < 0)
        return;
    cgroup->cpu_before_ns = used;
    cgroup->user_before_ns = usage.cpu_user_ns;
    cgroup->system_before_ns = usage.cpu_system_ns;
}

int64_t cgroup_cpu_ns(const struct cgroup *cgroup)
{
    if (cgroup->host == NULL)
        return -1;
    for (unsigned i = 0; i < cgroup->host->count; i++) {
        const struct cgroup_tree *tree = &cgroup->host->trees[i];
        int64_t used = -1;
        if (tree->controllers & CGROUP_CPUACCT)
            used = version_of(tree)->cpu_ns(cgroup->folders[i]);
        if (used >= 0)
            return used - cgroup->cpu_before_ns;
    }
    return -1;
}

void cgroup_kill(const struct cgroup *cgroup)
{
    struct error ignored; /* without cgroup.kill (before 5.14) the pid namespace does the work */
    int folder = cgroup->host != NULL ? cgroup_birthplace(cgroup) : -1;
    if (folder >= 0)
        (void)fd_put_text(folder, "cgroup.kill", "1", &ignored);
}

/* A task that was just reaped may still count for a moment, and on a busy machine for longer: the
 * folder is busy until then. About two seconds in all; whatever stays, the next start sweeps. */
static void remove_folder(int parent, const char *name)
{
    long pause_ns = 1000000;
    for (int tries = 0; unlinkat(parent, name, AT_REMOVEDIR) < 0 && errno == EBUSY; tries++) {
        if (tries == 100)
            return;
        nanosleep(&(struct timespec){.tv_nsec = pause_ns}, NULL);
        if (tries >= 20 && pause_ns < 25000000)
            pause_ns *= 2;
    }
}

/* pids.peak and pids.events cannot be reset. */
static bool is_kept(const struct cgroup_tree *tree)
{
    return version_of(tree)->reset != NULL && !(tree->controllers & CGROUP_PIDS);
}

bool cgroup_renew(struct cgroup *cgroup, struct error *err)
{
    forget_beginning(cgroup);
    for (unsigned i = 0; i < cgroup->host->count; i++) {
        const struct cgroup_tree *tree = &cgroup->host->trees[i];
        if (is_kept(tree)) {
            if (!version_of(tree)->reset(cgroup->folders[i], tree->controllers,
                                         &cgroup->oom_kills_before, err))
                return false;
            continue;
        }
        fd_close_at(&cgroup->folders[i]);
        remove_folder(tree->parent, cgroup->name);
        cgroup->limits[i] = (struct cgroup_limits){};
        if (tree->controllers & CGROUP_CPU)
            cgroup->is_idle = false;
        if (!make_folder(cgroup, i, err))
            return false;
    }
    return true;
}

void cgroup_remove(struct cgroup *cgroup)
{
    if (cgroup->host == NULL)
        return;
    for (unsigned i = 0; i < cgroup->host->count; i++) {
        fd_close_at(&cgroup->folders[i]);
        remove_folder(cgroup->host->trees[i].parent, cgroup->name);
    }
    cgroup->host = NULL;
}
