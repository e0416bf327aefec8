#include "bench/place.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/mem.h"
#include "bench/attempt.h"
#include "sys/fd.h"
#include "sys/mount.h"
#include "sys/tree.h"

enum { PROGRAM_BYTES_MAX = 256 << 20 };

#define CGROUPS "/sys/fs/cgroup"
#define UNIFIED CGROUPS "/unified"

const char *place_path(struct bench *bench, const char *name)
{
    return arena_text(&bench->arena, "%s/%s", bench->folder, name);
}

const char *place_make_folder(struct bench *bench, const char *name, struct error *err)
{
    const char *path = place_path(bench, name);
    if (mkdir(path, 0755) < 0 && errno != EEXIST)
        return error_sys_null(err, "make %s", path);
    return path;
}

bool place_write(struct bench *bench, const char *name, struct str content, struct error *err)
{
    auto_close int file =
        fd_open(AT_FDCWD, place_path(bench, name), O_WRONLY | O_CREAT | O_TRUNC, 0644, err);
    return file >= 0 && fd_write_all(file, content, err);
}

const char *place_copy_program(struct bench *bench, const char *program, const char *name,
                               struct error *err)
{
    const char *path = place_path(bench, name);
    auto_close int from = fd_open(AT_FDCWD, program, O_RDONLY, 0, err);
    if (from < 0)
        return NULL;
    auto_close int to = fd_open(AT_FDCWD, path, O_WRONLY | O_CREAT | O_TRUNC, 0755, err);
    int64_t bytes;
    if (to < 0 || !tree_copy_file(from, to, PROGRAM_BYTES_MAX, &bytes, err))
        return NULL;
    return path;
}

size_t place_tops(struct bench *bench, struct top ret_tops[TOPS_MAX])
{
    static const char *const paths[TOPS_MAX] = {"/bin", "/sbin", "/lib", "/lib32", "/lib64"};
    size_t count = 0;
    for (size_t i = 0; i < TOPS_MAX; i++) {
        char target[256];
        struct stat about;
        if (lstat(paths[i], &about) < 0)
            continue;
        ssize_t length = readlink(paths[i], target, sizeof target);
        ret_tops[count++] = (struct top){
            paths[i], length > 0 ? arena_copy(&bench->arena, target, (size_t)length) : NULL};
    }
    return count;
}

static bool make_root(struct bench *bench, struct error *err)
{
    static const char *const folders[] = {"root", "root/usr", "root/proc", "root/dev", "root/tmp"};
    for (size_t i = 0; i < COUNT_OF(folders); i++)
        if (place_make_folder(bench, folders[i], err) == NULL)
            return false;
    struct top tops[TOPS_MAX];
    size_t count = place_tops(bench, tops);
    for (size_t i = 0; i < count; i++) {
        const char *path = arena_text(&bench->arena, "%s/root%s", bench->folder, tops[i].path);
        int made = tops[i].target != NULL ? symlink(tops[i].target, path) : mkdir(path, 0755);
        if (made < 0)
            return error_sys(err, "make %s", path);
    }
    return true;
}

static bool make_homes(struct bench *bench, struct error *err)
{
    const char *plain = place_make_folder(bench, "plain", err);
    if (plain == NULL || place_make_folder(bench, "home", err) == NULL)
        return false;
    if (geteuid() == 0 && chown(plain, bench->plain_uid, bench->plain_uid) < 0)
        return error_sys(err, "give %s away", plain);
    return true;
}

static bool hide_unified(struct error *err)
{
    return access(UNIFIED "/cgroup.procs", F_OK) < 0 || umount2(UNIFIED, MNT_DETACH) == 0 ||
           error_sys(err, "unmount %s in a mount namespace of ours", UNIFIED);
}

/* crun refuses a host that has controllers in both kinds of hierarchies, until it does not see the
 * unified one; and firejail leaves mounts behind it. They run in a mount namespace of ours. We go
 * there and back; only what runs in between sees the difference. */
static bool make_private_mounts(struct bench *bench, struct error *err)
{
    if (geteuid() != 0)
        return true;
    auto_close int host = fd_open(AT_FDCWD, "/proc/self/ns/mnt", O_RDONLY, 0, err);
    if (host < 0)
        return false;
    if (unshare(CLONE_NEWNS) < 0)
        return true; /* then they run without, and crun says itself what it misses */
    auto_close int apart = -1;
    if (mount_cut_propagation(err) && hide_unified(err))
        apart = fd_open(AT_FDCWD, "/proc/self/ns/mnt", O_RDONLY, 0, err);
    if (setns(host, CLONE_NEWNS) < 0)
        return error_sys(err, "return to the host's mounts");
    if (apart < 0)
        return false;
    bench->host_mounts = fd_steal(&host);
    bench->private_mounts = fd_steal(&apart);
    return true;
}

bool place_init(struct bench *bench, struct error *err)
{
    char folder[] = "/tmp/testudo-bench.XXXXXX";
    if (mkdtemp(folder) == NULL)
        return error_sys(err, "make a folder in /tmp");
    bench->folder = arena_string(&bench->arena, str_from(folder));
    bench->name = arena_text(&bench->arena, "testudo-bench-%d-run", getpid());
    if (chmod(folder, 0755) < 0) /* a plain user reads in it */
        return error_sys(err, "open %s to others", folder);
    return make_root(bench, err) && make_homes(bench, err) &&
           place_make_folder(bench, "hello", err) != NULL &&
           place_write(bench, "hello/hello.py", STR("print('hello')\n"), err) &&
           make_private_mounts(bench, err);
}

enum { CGROUP_DEPTH_MAX = 4 };

/* Those whose name begins with `prefix`, what is below first. Only empty ones can go. */
static void remove_cgroups_in(const char *parent, const char *prefix, int depth)
{
    DIR *folder = opendir(parent);
    if (folder == NULL)
        return;
    for (struct dirent *entry; (entry = readdir(folder)) != NULL;) {
        if (entry->d_type != DT_DIR || entry->d_name[0] == '.' ||
            !str_starts(str_from(entry->d_name), prefix))
            continue;
        auto_free char *path = mem_text("%s/%s", parent, entry->d_name);
        if (depth < CGROUP_DEPTH_MAX)
            remove_cgroups_in(path, "", depth + 1);
        rmdir(path);
    }
    closedir(folder);
}

static void remove_cgroups(const char *name)
{
    remove_cgroups_in(CGROUPS, name, 0);
    DIR *hierarchies = opendir(CGROUPS);
    if (hierarchies == NULL)
        return;
    for (struct dirent *entry; (entry = readdir(hierarchies)) != NULL;) {
        auto_free char *path = mem_text(CGROUPS "/%s", entry->d_name);
        if (entry->d_type == DT_DIR && entry->d_name[0] != '.')
            remove_cgroups_in(path, name, 0);
    }
    closedir(hierarchies);
}

static void undo(const struct bench *bench, const struct contestant *contestant)
{
    for (size_t i = 0; i < contestant->undo_count; i++) {
        struct outcome outcome;
        struct error err = {};
        /* mostly there is nothing left to undo, and the command says so by failing */
        if (!attempt_run(bench, contestant, &contestant->undo[i], NULL, &outcome, &err))
            fprintf(stderr, "bench: %s\n", err.text);
    }
}

void place_done(struct bench *bench)
{
    if (bench->folder == NULL)
        return;
    for (size_t i = 0; i < bench->contestant_count; i++)
        undo(bench, &bench->contestants[i]);
    remove_cgroups(bench->name);
    fd_replace(&bench->private_mounts, -1);
    fd_replace(&bench->host_mounts, -1);
    struct error err = {};
    auto_close int parent = fd_open(AT_FDCWD, "/tmp", O_RDONLY | O_DIRECTORY, 0, &err);
    if (parent < 0 || !tree_remove(parent, strrchr(bench->folder, '/') + 1, &err))
        fprintf(stderr, "bench: %s is left behind: %s\n", bench->folder, err.text);
    bench->folder = NULL;
}
