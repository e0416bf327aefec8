/*
 * Finding the control groups that we may use.
 *
 * v1: our folder `testudo` lies below our own group in each tree, so that outer limits go on
 * applying. v2: a group with processes cannot hand controllers to children, so for root the folder
 * lies below the mount's own root, that of a container for instance. A plain user's lies below a
 * group that was given to him, his own or the one above: whoever is in it moves down into a leaf
 * `testudo-self` first. Where nothing was given, his own group still serves if it holds nobody but
 * us.
 */
#include "sys/cgroup.h"

#include <dirent.h>
#include <fcntl.h>
#include <inttypes.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/mem.h"
#include "sys/cgroup_private.h"
#include "sys/fd.h"
#include "sys/mountinfo.h"
#include "sys/process.h"

enum { PROC_BYTES_MAX = 1 << 20 };

/* Opens DIR/testudo, making it if need be. -1: not ours to use. */
static int open_own_folder(const char *path)
{
    enum { HOW = O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC };

    auto_close int dir = open(path, O_PATH | O_DIRECTORY | O_CLOEXEC);
    if (dir < 0)
        return -1;
    auto_close int own = openat(dir, "testudo", HOW);
    if (own < 0 && mkdirat(dir, "testudo", 0755) == 0)
        own = openat(dir, "testudo", HOW);
    if (own < 0 || faccessat(own, ".", W_OK, AT_EACCESS) < 0)
        return -1;
    return fd_steal(&own);
}

static void add_tree(struct cgroup_host *host, int version, unsigned used, int folder)
{
    host->trees[host->count++] = (struct cgroup_tree){version, used, folder};
}

static bool enable_controllers(const char *path, unsigned wanted)
{
    struct error ignored; /* the answer is in the children's controllers, looked at afterwards */
    auto_close int dir = open(path, O_PATH | O_DIRECTORY | O_CLOEXEC);
    if (dir < 0)
        return false;
    for (size_t i = 0; i < CGROUP_CONTROLLERS; i++) {
        if (!(cgroup_controllers[i].v2 & wanted))
            continue;
        char text[32];
        snprintf(text, sizeof text, "+%s", cgroup_controllers[i].name);
        (void)fd_put_text(dir, "cgroup.subtree_control", text, &ignored);
    }
    return true;
}

static bool try_v2(struct cgroup_host *host, const char *path, unsigned wanted)
{
    enable_controllers(path, wanted);
    auto_close int folder = open_own_folder(path);
    char text[256];
    if (folder < 0 || !cgroup_read(folder, "cgroup.controllers", text, sizeof text))
        return false;
    unsigned got = cgroup_controllers_in(str_trim(str_from(text)), ' ', 2) & wanted;
    if (got == 0)
        return false;
    char own[PATH_MAX];
    if (snprintf(own, sizeof own, "%s/testudo", path) < (int)sizeof own)
        enable_controllers(own, got);
    add_tree(host, 2, got, fd_steal(&folder));
    return true;
}

static void find_v2(struct cgroup_host *host, struct str root, struct str point, struct str own,
                    unsigned have)
{
    char at_own[PATH_MAX], at_root[PATH_MAX];
    unsigned wanted = (CGROUP_MEMORY | CGROUP_PIDS | CGROUP_CPU | CGROUP_CPUACCT) & ~have;
    if (snprintf(at_root, sizeof at_root, "%.*s", (int)point.len, point.ptr) < 0 ||
        !cgroup_place_of(root, point, own, at_own, sizeof at_own))
        return;
    /* which controllers v2 has at all: on a hybrid host often none of ours */
    char text[256];
    auto_close int dir = open(at_root, O_PATH | O_DIRECTORY | O_CLOEXEC);
    if (dir < 0 || !cgroup_read(dir, "cgroup.controllers", text, sizeof text) ||
        (cgroup_controllers_in(str_trim(str_from(text)), ' ', 2) & wanted) == 0)
        return;
    bool at_top =
        geteuid() == 0 && (cgroup_is_whole_tree(at_root) || cgroup_empty_into_leaf(at_root));
    if (at_top && try_v2(host, at_root, wanted))
        return;
    if (geteuid() != 0)
        cgroup_climb_to_given(at_own);
    if (cgroup_empty_into_leaf(at_own))
        (void)try_v2(host, at_own, wanted);
}

static void find_v1(struct cgroup_host *host, struct str root, struct str point, struct str groups,
                    unsigned offered)
{
    struct str own;
    char path[PATH_MAX];
    if (!cgroup_own_path(groups, offered, 1, &own) ||
        !cgroup_place_of(root, point, own, path, sizeof path))
        return;
    int folder = open_own_folder(path);
    if (folder >= 0)
        add_tree(host, 1, offered, folder);
}

static unsigned controllers_of(const struct cgroup_host *host)
{
    unsigned all = 0;
    for (unsigned i = 0; i < host->count; i++)
        all |= host->trees[i].controllers;
    return all;
}

bool cgroup_host_has_v2(void)
{
    static const char *const places[] = {"/sys/fs/cgroup/cgroup.controllers",
                                         "/sys/fs/cgroup/unified/cgroup.controllers"};
    for (size_t i = 0; i < COUNT_OF(places); i++) {
        char text[256];
        if (cgroup_read(AT_FDCWD, places[i], text, sizeof text) &&
            cgroup_controllers_in(str_trim(str_from(text)), ' ', 2) != 0)
            return true;
    }
    return false;
}

static void find_trees(struct cgroup_host *host, struct str mounts, struct str groups)
{
    struct mountinfo mount;
    struct str own;
    for (struct str rest = mounts, line; str_take_line(&rest, &line);) {
        if (!mountinfo_read(line, &mount) || !str_is(mount.type, "cgroup"))
            continue;
        unsigned offered = cgroup_controllers_in(mount.options, ',', 1) & ~controllers_of(host);
        if (offered != 0 && host->count < CGROUP_TREES_MAX)
            find_v1(host, mount.root, mount.point, groups, offered);
    }
    bool has_v2 = cgroup_host_has_v2();
    for (struct str rest = mounts, line; has_v2 && str_take_line(&rest, &line);) {
        if (!mountinfo_read(line, &mount) || !str_is(mount.type, "cgroup2"))
            continue;
        if (host->count < CGROUP_TREES_MAX && cgroup_own_path(groups, 0, 2, &own))
            find_v2(host, mount.root, mount.point, own, controllers_of(host));
    }
}

bool cgroup_host_open(struct cgroup_host *ret_host, struct error *err)
{
    *ret_host = (struct cgroup_host){};
    auto_buf struct buf mounts, groups;
    buf_init(&mounts, PROC_BYTES_MAX);
    buf_init(&groups, PROC_BYTES_MAX);
    if (!fd_read_file(AT_FDCWD, "/proc/self/cgroup", &groups, err) ||
        !fd_read_file(AT_FDCWD, "/proc/self/mountinfo", &mounts, err))
        return false;
    find_trees(ret_host, buf_str(&mounts), buf_str(&groups));
    return true;
}

void cgroup_host_close(struct cgroup_host *host)
{
    while (host->count > 0)
        fd_close_at(&host->trees[--host->count].parent);
}

int cgroup_host_version(const struct cgroup_host *host, enum cgroup_controller controller)
{
    for (unsigned i = 0; i < host->count; i++)
        if (host->trees[i].controllers & controller)
            return host->trees[i].version;
    return 0;
}

/* Whom a folder belongs to is asked of /proc once, however many boxes he has. */
enum { OWNERS_MAX = 16 };

struct owners {
    struct owner {
        struct process_mark mark;
        bool is_dead;
    } list[OWNERS_MAX];

    unsigned count;
};

static bool is_same(const struct process_mark *one, const struct process_mark *other)
{
    return one->pid_space == other->pid_space && one->pid == other->pid &&
           one->started == other->started;
}

static bool is_dead(struct owners *owners, const struct process_mark *mark)
{
    for (unsigned i = 0; i < owners->count && i < OWNERS_MAX; i++)
        if (is_same(&owners->list[i].mark, mark))
            return owners->list[i].is_dead;
    struct owner *owner = &owners->list[owners->count++ % OWNERS_MAX];
    *owner = (struct owner){*mark, process_mark_is_dead(mark)};
    return owner->is_dead;
}

static void sweep_tree(int parent, struct owners *owners)
{
    int fd = openat(parent, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    DIR *dir = fd >= 0 ? fdopendir(fd) : NULL;
    if (dir == NULL) {
        fd_close_at(&fd);
        return;
    }
    for (struct dirent *entry; (entry = readdir(dir)) != NULL;) {
        struct process_mark mark;
        if (sscanf(entry->d_name, "box-%" SCNu64 "-%d-%" SCNu64 "-", &mark.pid_space, &mark.pid,
                   &mark.started) == 3 &&
            is_dead(owners, &mark))
            (void)unlinkat(parent, entry->d_name, AT_REMOVEDIR);
    }
    closedir(dir);
}

void cgroup_host_sweep(const struct cgroup_host *host)
{
    struct owners owners = {};
    for (unsigned i = 0; i < host->count; i++)
        sweep_tree(host->trees[i].parent, &owners);
}
