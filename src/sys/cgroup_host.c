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
#include "sys/process.h"

enum { PROC_BYTES_MAX = 1 << 20 };

static const struct {
    const char *name;
    unsigned v1, v2; /* what the controller of this name gives us in either version */
} controllers[] = {
    {"memory", CGROUP_MEMORY, CGROUP_MEMORY},
    {"pids", CGROUP_PIDS, CGROUP_PIDS},
    {"cpu", CGROUP_CPU, CGROUP_CPU | CGROUP_CPUACCT},
    {"cpuacct", CGROUP_CPUACCT, 0},
};

static unsigned controllers_in(struct str list, char border, int version)
{
    unsigned found = 0;
    for (struct str name; str_take_until(&list, border, &name);)
        for (size_t i = 0; i < COUNT_OF(controllers); i++)
            if (str_is(str_trim(name), controllers[i].name))
                found |= version == 1 ? controllers[i].v1 : controllers[i].v2;
    return found;
}

/* Our own group in the tree that holds `controllers`, from /proc/self/cgroup: lines
 * "4:memory:/a/b", for v2 "0::/a/b". */
static bool own_path(struct str groups, unsigned wanted, int version, struct str *ret_path)
{
    for (struct str line; str_take_line(&groups, &line);) {
        struct str id, names;
        if (!str_take_until(&line, ':', &id))
            continue;
        bool is_v2 = line.len > 0 && line.ptr[0] == ':';
        if (!str_take_until(&line, ':', &names))
            continue;
        if (version == 2 ? is_v2 : (controllers_in(names, ',', 1) & wanted) != 0) {
            *ret_path = line;
            return true;
        }
    }
    return false;
}

/* The mounted part may begin below the tree's root: "/a" mounted at M shows "/a/b" as M/b. */
static bool place_of(struct str mount_root, struct str mount_point, struct str own, char *ret_path,
                     size_t size)
{
    if (!str_is(mount_root, "/")) {
        if (own.len < mount_root.len || memcmp(own.ptr, mount_root.ptr, mount_root.len) != 0)
            return false;
        own = str_of(own.ptr + mount_root.len, own.len - mount_root.len);
    }
    int length = snprintf(ret_path, size, "%.*s%.*s", (int)mount_point.len, mount_point.ptr,
                          (int)own.len, own.ptr);
    return length > 0 && (size_t)length < size;
}

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
    for (size_t i = 0; i < COUNT_OF(controllers); i++) {
        if (!(controllers[i].v2 & wanted))
            continue;
        char text[32];
        snprintf(text, sizeof text, "+%s", controllers[i].name);
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
    unsigned got = controllers_in(str_trim(str_from(text)), ' ', 2) & wanted;
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
        !place_of(root, point, own, at_own, sizeof at_own))
        return;
    /* which controllers v2 has at all: on a hybrid host often none of ours */
    char text[256];
    auto_close int dir = open(at_root, O_PATH | O_DIRECTORY | O_CLOEXEC);
    if (dir < 0 || !cgroup_read(dir, "cgroup.controllers", text, sizeof text) ||
        (controllers_in(str_trim(str_from(text)), ' ', 2) & wanted) == 0)
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
    if (!own_path(groups, offered, 1, &own) || !place_of(root, point, own, path, sizeof path))
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

/* "36 32 0:30 ROOT POINT rw,… shared:1 - TYPE SOURCE OPTIONS" */
static bool parse_mount(struct str line, struct str *root, struct str *point, struct str *type,
                        struct str *options)
{
    struct str word;
    for (int i = 0; i < 3; i++)
        if (!str_take_until(&line, ' ', &word))
            return false;
    if (!str_take_until(&line, ' ', root) || !str_take_until(&line, ' ', point))
        return false;
    while (str_take_until(&line, ' ', &word) && !str_is(word, "-"))
        continue;
    return str_take_until(&line, ' ', type) && str_take_until(&line, ' ', &word) &&
           str_take_until(&line, '\n', options);
}

bool cgroup_host_has_v2(void)
{
    static const char *const places[] = {"/sys/fs/cgroup/cgroup.controllers",
                                         "/sys/fs/cgroup/unified/cgroup.controllers"};
    for (size_t i = 0; i < COUNT_OF(places); i++) {
        char text[256];
        if (cgroup_read(AT_FDCWD, places[i], text, sizeof text) &&
            controllers_in(str_trim(str_from(text)), ' ', 2) != 0)
            return true;
    }
    return false;
}

static void find_trees(struct cgroup_host *host, struct str mounts, struct str groups)
{
    struct str root, point, type, options, own;
    for (struct str rest = mounts, line; str_take_line(&rest, &line);) {
        if (!parse_mount(line, &root, &point, &type, &options) || !str_is(type, "cgroup"))
            continue;
        unsigned offered = controllers_in(options, ',', 1) & ~controllers_of(host);
        if (offered != 0 && host->count < CGROUP_TREES_MAX)
            find_v1(host, root, point, groups, offered);
    }
    bool has_v2 = cgroup_host_has_v2();
    for (struct str rest = mounts, line; has_v2 && str_take_line(&rest, &line);) {
        if (!parse_mount(line, &root, &point, &type, &options) || !str_is(type, "cgroup2"))
            continue;
        if (host->count < CGROUP_TREES_MAX && own_path(groups, 0, 2, &own))
            find_v2(host, root, point, own, controllers_of(host));
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

static void sweep_tree(int parent)
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
            process_mark_is_dead(&mark))
            (void)unlinkat(parent, entry->d_name, AT_REMOVEDIR);
    }
    closedir(dir);
}

void cgroup_host_sweep(const struct cgroup_host *host)
{
    for (unsigned i = 0; i < host->count; i++)
        sweep_tree(host->trees[i].parent);
}
