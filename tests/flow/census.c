/*
 * What a scenario left outside of its folder: processes, mounts, cgroups.
 *
 * The runner adopts orphans (PR_SET_CHILD_SUBREAPER), so everything that a scenario started and
 * left is below the runner, whatever it did to its session, group or namespaces; other runs on
 * the same host are not. Mounts and cgroups belong to the host and are compared with before; a
 * cgroup that carries the process id of a living stranger is another run's.
 */
#include <dirent.h>
#include <errno.h>
#include <ftw.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/mem.h"
#include "tests/flow/flow.h"

enum { TEXT_MAX = 4 << 20, GRACE_MS = 1000 };

static pid_t parent_of(pid_t pid, char name[32])
{
    char path[64], line[512] = "";
    snprintf(path, sizeof path, "/proc/%d/stat", pid);
    FILE *file = fopen(path, "re");
    if (file == NULL)
        return 0;
    bool read = fgets(line, sizeof line, file) != NULL;
    fclose(file);
    /* "pid (name) state parent …": a name may hold anything, hence the last bracket */
    const char *open = strchr(line, '('), *close = strrchr(line, ')');
    if (!read || open == NULL || close == NULL)
        return 0;
    snprintf(name, 32, "%.*s", (int)(close - open - 1), open + 1);
    return close[1] != '\0' && close[2] != '\0' ? (pid_t)strtol(close + 3, NULL, 10) : 0;
}

static bool is_below_us(pid_t pid)
{
    char name[32];
    for (int depth = 0; pid > 1 && depth < 100; depth++) {
        pid = parent_of(pid, name);
        if (pid == getpid())
            return true;
    }
    return false;
}

/* "1234 (python3)", a line each; sends them the signal too, unless it is 0. */
static void add_processes(struct buf *out, int number)
{
    while (waitpid(-1, NULL, WNOHANG) > 0)
        continue; /* adopted, and dead already */
    DIR *proc = opendir("/proc");
    if (proc == NULL)
        return;
    for (struct dirent *entry = readdir(proc); entry != NULL; entry = readdir(proc)) {
        pid_t pid = (pid_t)strtol(entry->d_name, NULL, 10);
        char name[32] = "";
        if (pid <= 0 || !is_below_us(pid))
            continue;
        (void)parent_of(pid, name);
        buf_printf(out, "process %d (%s)\n", pid, name);
        if (number != 0)
            kill(pid, number);
    }
    closedir(proc);
}

static void add_mounts(struct buf *out)
{
    char line[4096];
    FILE *file = fopen("/proc/self/mountinfo", "re");
    while (file != NULL && fgets(line, sizeof line, file) != NULL)
        buf_printf(out, "mount %s", line);
    if (file != NULL)
        fclose(file);
}

static struct buf *walk_out; /* nftw hands nothing through */

static int add_cgroup(const char *path, const struct stat *info, int type, struct FTW *where)
{
    (void)info;
    /* these two stay, once made */
    bool lasting = strcmp(path + where->base, "testudo") == 0 ||
                   strcmp(path + where->base, "testudo-self") == 0;
    if ((type == FTW_D || type == FTW_DNR) && strstr(path, "testudo") != NULL && where->level > 0 &&
        !lasting)
        buf_printf(walk_out, "cgroup %s\n", path);
    return 0;
}

static void add_cgroups(struct buf *out)
{
    walk_out = out;
    char line[4096];
    FILE *file = fopen("/proc/self/mounts", "re");
    while (file != NULL && fgets(line, sizeof line, file) != NULL) {
        struct str rest = str_from(line), piece, place, kind;
        if (!str_take_until(&rest, ' ', &piece) || !str_take_until(&rest, ' ', &place) ||
            !str_take_until(&rest, ' ', &kind) || !str_starts(kind, "cgroup"))
            continue;
        line[place.ptr + place.len - line] = '\0';
        nftw(place.ptr, add_cgroup, 16, FTW_PHYS | FTW_MOUNT);
    }
    if (file != NULL)
        fclose(file);
}

void census_take(struct census *census)
{
    buf_init(&census->mounts, TEXT_MAX);
    buf_init(&census->cgroups, TEXT_MAX);
    add_mounts(&census->mounts);
    add_cgroups(&census->cgroups);
}

void census_done(struct census *census)
{
    buf_done(&census->mounts);
    buf_done(&census->cgroups);
}

static bool has_line(const struct buf *lines, struct str wanted)
{
    struct str line, rest = buf_str(lines);
    while (str_take_line(&rest, &line))
        if (str_equal(line, wanted))
            return true;
    return false;
}

/* A plain user makes none that are not his. */
static bool belongs_to_another_user(struct str cgroup)
{
    struct stat about;
    auto_free char *path = mem_copy(cgroup.ptr, cgroup.len);
    return geteuid() != 0 && stat(path + strlen("cgroup "), &about) == 0 &&
           about.st_uid != geteuid();
}

/* "…/testudo/box-NAMESPACE-PID-START-NUMBER": whose namespace is another one we cannot ask. */
static bool belongs_to_another(struct str cgroup)
{
    unsigned long space = 0;
    struct stat ours;
    int pid = 0;
    if (belongs_to_another_user(cgroup))
        return true;
    const char *name = memmem(cgroup.ptr, cgroup.len, "/box-", 5);
    if (name == NULL || sscanf(name, "/box-%lu-%d-", &space, &pid) != 2)
        return false;
    if (stat("/proc/self/ns/pid", &ours) == 0 && ours.st_ino != space)
        return true;
    bool lives = pid > 0 && (kill(pid, 0) == 0 || errno == EPERM);
    return lives && pid != getpid() && !is_below_us(pid);
}

static void add_new(struct buf *out, const struct buf *before, const struct buf *after)
{
    struct str line, rest = buf_str(after);
    while (str_take_line(&rest, &line))
        if (!has_line(before, line) && !(str_starts(line, "cgroup ") && belongs_to_another(line))) {
            buf_add_str(out, line);
            buf_add_byte(out, '\n');
        }
}

static void find_left(const struct census *before, struct buf *ret_left)
{
    struct census now;
    census_take(&now);
    buf_clear(ret_left);
    add_processes(ret_left, 0);
    add_new(ret_left, &before->mounts, &now.mounts);
    add_new(ret_left, &before->cgroups, &now.cgroups);
    census_done(&now);
}

bool census_expect_nothing_left(const struct census *before, int slower, struct error *err)
{
    auto_buf struct buf left;
    buf_init(&left, TEXT_MAX);
    int64_t deadline = clock_now_ns() + (int64_t)GRACE_MS * slower * 1000000;
    for (;;) {
        find_left(before, &left);
        if (left.len == 0)
            return true;
        if (clock_now_ns() > deadline)
            return error_set(err, ERROR_INPUT, "left behind: %.*s", (int)left.len - 1, left.data);
        usleep(20000);
    }
}

void census_sweep(void)
{
    auto_buf struct buf left;
    buf_init(&left, TEXT_MAX);
    for (int i = 0; i < 200; i++) {
        buf_clear(&left);
        add_processes(&left, SIGKILL);
        if (left.len == 0)
            return;
        usleep(5000);
    }
}
