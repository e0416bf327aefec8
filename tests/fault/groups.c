#include "tests/fault/groups.h"

#include <dirent.h>
#include <errno.h>
#include <inttypes.h>
#include <limits.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/mem.h"
#include "base/str.h"

enum { FOLDERS_MAX = 16 };

static char *folders[FOLDERS_MAX], *mounts[FOLDERS_MAX];
static int folder_count, mount_count;

/* What a box's folder is called: "box-NAMESPACE-PID-START-NUMBER". */
static pid_t owner_of(const char *name)
{
    uint64_t space;
    int pid;
    struct stat ours;
    if (sscanf(name, "box-%" SCNu64 "-%d-", &space, &pid) != 2 ||
        stat("/proc/self/ns/pid", &ours) != 0 || ours.st_ino != space)
        return 0;
    return pid;
}

/* Below our own group, "4:memory:/a/b" of /proc/self/cgroup, or for v2 right below the mount:
 * others have theirs elsewhere. */
static void note_folder(const char *mount, const char *own)
{
    char *path = mem_text("%s%s/testudo", mount, strcmp(own, "/") == 0 ? "" : own);
    if (access(path, F_OK) == 0 && folder_count < FOLDERS_MAX)
        folders[folder_count++] = path;
    else
        free(path);
}

static void note_folders_of(const char *mount)
{
    char line[4096];
    FILE *file = fopen("/proc/self/cgroup", "re");
    note_folder(mount, "/");
    while (file != NULL && fgets(line, sizeof line, file) != NULL) {
        const char *own = strchr(strchr(line, ':') + 1, ':') + 1;
        line[strcspn(line, "\n")] = '\0';
        if (strcmp(own, "/") != 0)
            note_folder(mount, own);
    }
    if (file != NULL)
        fclose(file);
}

void groups_find(void)
{
    char line[4096];
    FILE *file = fopen("/proc/self/mounts", "re");
    while (file != NULL && fgets(line, sizeof line, file) != NULL) {
        struct str rest = str_from(line), piece, place, type;
        if (!str_take_until(&rest, ' ', &piece) || !str_take_until(&rest, ' ', &place) ||
            !str_take_until(&rest, ' ', &type) || !str_starts(type, "cgroup") ||
            mount_count == FOLDERS_MAX)
            continue;
        mounts[mount_count] = mem_text("%.*s", (int)place.len, place.ptr);
        note_folders_of(mounts[mount_count++]);
    }
    if (file != NULL)
        fclose(file);
}

bool groups_are_there(void)
{
    return folder_count > 0;
}

/* Calls for each box's folder until one call says stop. */
static bool each_box(bool (*call)(const char *path, pid_t owner, void *cookie), void *cookie)
{
    bool more = true;
    for (int i = 0; i < folder_count && more; i++) {
        DIR *dir = opendir(folders[i]);
        for (struct dirent *entry; more && dir != NULL && (entry = readdir(dir)) != NULL;) {
            pid_t owner = owner_of(entry->d_name);
            char path[PATH_MAX];
            snprintf(path, sizeof path, "%s/%s", folders[i], entry->d_name);
            more = owner == 0 || call(path, owner, cookie);
        }
        if (dir != NULL)
            closedir(dir);
    }
    return more;
}

struct removal {
    pid_t owner;
    int count;
};

static bool remove_one(const char *path, pid_t owner, void *cookie)
{
    struct removal *removal = cookie;
    if (owner == removal->owner && rmdir(path) == 0)
        removal->count++;
    return true;
}

int groups_remove_of(pid_t broker)
{
    struct removal removal = {broker, 0};
    (void)each_box(remove_one, &removal);
    return removal.count;
}

bool groups_set_read_only(bool read_only)
{
    unsigned long flags = MS_REMOUNT | MS_BIND | (read_only ? MS_RDONLY : 0);
    bool all = true;
    for (int i = 0; i < mount_count; i++)
        all = mount(NULL, mounts[i], NULL, flags, NULL) == 0 && all;
    return all;
}

/* Whose owner is gone, and nobody is in it: others' tests may kill and be killed beside us, and
 * what still lives of a run of ours is found as a process. */
static bool is_empty(const char *path)
{
    char procs[PATH_MAX + 16];
    snprintf(procs, sizeof procs, "%s/cgroup.procs", path);
    FILE *file = fopen(procs, "re");
    bool empty = file != NULL && fgetc(file) == EOF;
    if (file != NULL)
        fclose(file);
    return empty;
}

static bool stop_at_orphan(const char *path, pid_t owner, void *cookie)
{
    char *found = cookie;
    if (kill(owner, 0) == 0 || errno != ESRCH || !is_empty(path))
        return true;
    snprintf(found, PATH_MAX, "%s", path);
    return false;
}

const char *groups_find_orphan(void)
{
    static char found[PATH_MAX];
    return each_box(stop_at_orphan, found) ? NULL : found;
}
