/* Control groups of version 2 as this host has them: run in the virtual machine of tests/vm. */
#include "sys/cgroup.h"

#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <sys/xattr.h>
#include <time.h>
#include <unistd.h>

#include "sys/call.h"
#include "sys/cgroup_private.h"
#include "sys/fd.h"
#include "tests/test.h"
#include "tests/unit/sys/open_fds.h"

enum { PLAIN_USER = 54321, ALL = CGROUP_MEMORY | CGROUP_PIDS | CGROUP_CPU | CGROUP_CPUACCT };

static const char tree[] = "/sys/fs/cgroup";

/* Skips unless version 2 has all of our controllers. */
static void need_v2(void)
{
    char text[256];
    int folder = open(tree, O_PATH | O_CLOEXEC);
    bool read = cgroup_read(folder, "cgroup.controllers", text, sizeof text);
    close(folder);
    if (!read || strstr(text, "memory") == NULL || strstr(text, "pids") == NULL ||
        strstr(text, "cpu ") == NULL)
        test_skip("no cgroup v2 with memory, pids and cpu here");
}

static struct cgroup make_group(struct cgroup_host *host)
{
    struct cgroup cgroup;
    struct error err;
    need_v2();
    CHECK_OK(cgroup_host_open(host, &err), err);
    if (host->count == 0)
        test_skip("no control group here that we may write");
    CHECK_INT(host->count, 1);
    CHECK_INT(host->trees[0].version, 2);
    CHECK_INT(host->trees[0].controllers, ALL);
    unsigned serial = 800000 + (unsigned)getpid() % 90000;
    CHECK_OK(cgroup_make(&cgroup, host, serial, &err), err);
    return cgroup;
}

static void done(struct cgroup *cgroup, struct cgroup_host *host)
{
    cgroup_remove(cgroup);
    cgroup_host_close(host);
}

#define CHECK_FILE(cgroup, name, want)                                                             \
    do {                                                                                           \
        char said[64];                                                                             \
        CHECK(cgroup_read(cgroup_birthplace(cgroup), name, said, sizeof said));                    \
        CHECK_TEXT(said, want);                                                                    \
    } while (0)

TEST(cgroup_v2_limits_stand_in_the_kernels_files)
{
    struct cgroup_host host;
    struct cgroup cgroup = make_group(&host);
    struct cgroup_limits limits = {.memory_bytes = 16 << 20, .processes = 3, .cpus_milli = 1500};
    struct error err;
    CHECK_OK(cgroup_limit(&cgroup, &limits, &err), err);
    CHECK_FILE(&cgroup, "memory.max", "16777216\n");
    CHECK_FILE(&cgroup, "memory.oom.group", "1\n");
    CHECK_FILE(&cgroup, "pids.max", "3\n");
    CHECK_FILE(&cgroup, "cpu.max", "150000 100000\n");
    if (faccessat(cgroup_birthplace(&cgroup), "memory.swap.max", F_OK, 0) == 0)
        CHECK_FILE(&cgroup, "memory.swap.max", "0\n");
    done(&cgroup, &host);
}

/* Born inside, as a box is: no process is ever moved. */
static pid_t bear(const struct cgroup *cgroup, int (*live)(void))
{
    struct clone_args args = {.flags = CLONE_INTO_CGROUP,
                              .exit_signal = SIGCHLD,
                              .cgroup = (uint64_t)cgroup_birthplace(cgroup)};
    pid_t pid = call_clone3(&args);
    CHECK(pid >= 0);
    if (pid == 0) {
        prctl(PR_SET_PDEATHSIG, SIGKILL);
        _exit(live());
    }
    return pid;
}

static int end_of(pid_t pid)
{
    int status;
    CHECK_INT(waitpid(pid, &status, 0), pid);
    return status;
}

static int burn(void)
{
    struct timespec used;
    do
        clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &used);
    while (used.tv_sec == 0 && used.tv_nsec < 600000000);
    return 0;
}

TEST(cgroup_v2_counts_processor_time_as_the_processes_do)
{
    struct cgroup_host host;
    struct cgroup cgroup = make_group(&host);
    pid_t first = bear(&cgroup, burn), second = bear(&cgroup, burn);
    CHECK_INT(end_of(first), 0);
    CHECK_INT(end_of(second), 0);
    struct cgroup_usage usage;
    cgroup_measure(&cgroup, &usage);
    int64_t all = cgroup_cpu_ns(&cgroup);
    CHECK(all >= 1200000000 && all < 1200000000 / 50 * 51); /* 2 % */
    int64_t parts = usage.cpu_user_ns + usage.cpu_system_ns;
    CHECK(parts > all - 2000000 && parts < all + 2000000);
    done(&cgroup, &host);
}

static int hold_memory(void)
{
    enum { BYTES = 24 << 20 };

    char *bytes = mmap(NULL, BYTES, PROT_READ | PROT_WRITE,
                       MAP_PRIVATE | MAP_ANONYMOUS | MAP_POPULATE, -1, 0);
    return bytes == MAP_FAILED || munmap(bytes, BYTES) != 0;
}

TEST(cgroup_v2_remembers_the_peak_of_memory_within_five_percent)
{
    struct cgroup_host host;
    struct cgroup cgroup = make_group(&host);
    if (faccessat(cgroup_birthplace(&cgroup), "memory.peak", F_OK, 0) != 0) {
        done(&cgroup, &host);
        test_skip("memory.peak came with 5.19");
    }
    CHECK_INT(end_of(bear(&cgroup, hold_memory)), 0);
    struct cgroup_usage usage;
    cgroup_measure(&cgroup, &usage);
    int64_t held = 24 << 20;
    CHECK(usage.memory_peak_bytes >= held && usage.memory_peak_bytes < held + held / 20);
    CHECK_INT(usage.oom_kills, 0);
    done(&cgroup, &host);
}

static _Noreturn void wait_stopped(void)
{
    for (;;)
        raise(SIGSTOP);
}

static int have_a_stubborn_family(void)
{
    for (int i = 0; i < 3; i++)
        if (fork() == 0) {
            setsid();
            wait_stopped();
        }
    wait_stopped();
}

static bool is_populated(const struct cgroup *cgroup)
{
    char text[128];
    CHECK(cgroup_read(cgroup_birthplace(cgroup), "cgroup.events", text, sizeof text));
    return cgroup_find_number(text, "populated") == 1;
}

TEST(cgroup_v2_is_killed_at_once_even_while_stopped_and_frozen)
{
    struct cgroup_host host;
    struct cgroup cgroup = make_group(&host);
    struct error err;
    prctl(PR_SET_CHILD_SUBREAPER, 1);
    pid_t pid = bear(&cgroup, have_a_stubborn_family);
    usleep(100000);
    CHECK_OK(cgroup_put_number(cgroup_birthplace(&cgroup), "cgroup.freeze", 1, &err), err);
    CHECK(is_populated(&cgroup));
    cgroup_kill(&cgroup);
    CHECK_INT(WTERMSIG(end_of(pid)), SIGKILL);
    for (int i = 0; i < 3; i++)
        CHECK(waitpid(-1, NULL, 0) > 0);
    CHECK_INT(waitpid(-1, NULL, 0), -1);
    CHECK(!is_populated(&cgroup));
    char name[CGROUP_NAME_MAX];
    snprintf(name, sizeof name, "%s", cgroup.name);
    cgroup_remove(&cgroup);
    CHECK(faccessat(host.trees[0].parent, name, F_OK, 0) < 0 && errno == ENOENT);
    cgroup_host_close(&host);
}

/* ---- groups of a plain user ----------------------------------------------------------------- */

/* Folders of the plain user's, one below the other, and a bystander in the innermost. */
struct place {
    char path[256];
    int depth;
    pid_t bystander;
};

static void put(const char *folder, const char *file, const char *text)
{
    struct error err;
    auto_close int dir = open(folder, O_PATH | O_CLOEXEC);
    CHECK(dir >= 0);
    CHECK_OK(fd_put_text(dir, file, text, &err), err);
}

static void put_process(const char *folder, pid_t pid)
{
    char text[16];
    snprintf(text, sizeof text, "%d", pid);
    put(folder, "cgroup.procs", text);
}

static void give(const char *path)
{
    static const char *const files[] = {"", "/cgroup.procs", "/cgroup.threads",
                                        "/cgroup.subtree_control"};
    CHECK_INT(mkdir(path, 0755), 0);
    for (size_t i = 0; i < sizeof files / sizeof *files; i++) {
        char file[300];
        snprintf(file, sizeof file, "%s%s", path, files[i]);
        CHECK_INT(chown(file, PLAIN_USER, PLAIN_USER), 0);
    }
}

static void place_make(struct place *place, int depth)
{
    need_v2();
    if (geteuid() != 0)
        test_skip("only root gives");
    place->depth = depth;
    snprintf(place->path, sizeof place->path, "%s/testudo-unit-%d", tree, getpid());
    for (int i = 0; i < depth; i++) {
        if (i > 0)
            strncat(place->path, "/inner", sizeof place->path - strlen(place->path) - 1);
        give(place->path);
        if (i < depth - 1)
            put(place->path, "cgroup.subtree_control", "+memory +pids +cpu");
    }
    place->bystander = fork();
    CHECK(place->bystander >= 0);
    if (place->bystander == 0) {
        prctl(PR_SET_PDEATHSIG, SIGKILL);
        for (;;)
            pause();
    }
    put_process(place->path, place->bystander);
}

static void place_done(struct place *place)
{
    static const char *const leaves[] = {"/testudo-self", "/testudo", "/leaf", ""};
    kill(place->bystander, SIGKILL);
    CHECK_INT(waitpid(place->bystander, NULL, 0), place->bystander);
    while (place->depth-- > 0) {
        for (size_t i = 0; i < sizeof leaves / sizeof *leaves; i++) {
            char path[300];
            snprintf(path, sizeof path, "%s%s", place->path, leaves[i]);
            CHECK(rmdir(path) == 0 || errno == ENOENT);
        }
        *strrchr(place->path, '/') = '\0';
    }
}

static void become_container(void)
{
    if (unshare(CLONE_NEWCGROUP | CLONE_NEWNS) != 0 ||
        mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) != 0 || umount2(tree, MNT_DETACH) != 0 ||
        mount("none", tree, "cgroup2", 0, NULL) != 0)
        _exit(102);
}

/* What a plain user finds who stands in PATH, or root of a container that is all in PATH. */
static unsigned controllers_seen(const char *path, bool in_container)
{
    fflush(NULL);
    pid_t pid = fork();
    CHECK(pid >= 0);
    if (pid == 0) {
        struct cgroup_host host;
        struct error err;
        put_process(path, getpid());
        if (in_container)
            become_container();
        else if (setgroups(0, NULL) != 0 || setresgid(PLAIN_USER, PLAIN_USER, PLAIN_USER) != 0 ||
                 setresuid(PLAIN_USER, PLAIN_USER, PLAIN_USER) != 0)
            _exit(100);
        if (!cgroup_host_open(&host, &err))
            _exit(101);
        _exit((int)(host.count == 0 ? 0 : host.trees[0].controllers));
    }
    int status = end_of(pid);
    CHECK(WIFEXITED(status) && WEXITSTATUS(status) < 100);
    return (unsigned)WEXITSTATUS(status);
}

static bool stands_in(const struct place *place, const char *leaf)
{
    char path[64], line[512] = "", want[512];
    snprintf(path, sizeof path, "/proc/%d/cgroup", place->bystander);
    FILE *file = fopen(path, "re");
    CHECK(file != NULL && fgets(line, sizeof line, file) != NULL);
    fclose(file);
    snprintf(want, sizeof want, "0::%s%s\n", place->path + strlen(tree), leaf);
    return strcmp(line, want) == 0;
}

static bool hands_out_controllers(const struct place *place)
{
    char text[128];
    auto_close int dir = open(place->path, O_PATH | O_CLOEXEC);
    CHECK(cgroup_read(dir, "cgroup.subtree_control", text, sizeof text));
    return strlen(text) > 1;
}

static unsigned controllers_seen_from(const char *path)
{
    return controllers_seen(path, false);
}

TEST(cgroup_v2_that_was_given_serves_its_user_and_all_members_move_into_a_leaf)
{
    struct place place;
    place_make(&place, 1);
    CHECK(stands_in(&place, ""));
    CHECK_INT(controllers_seen_from(place.path), ALL);
    CHECK(stands_in(&place, "/testudo-self"));
    char leaf[300];
    snprintf(leaf, sizeof leaf, "%s/testudo-self", place.path);
    CHECK_INT(controllers_seen_from(leaf), ALL); /* the next run of the same shell */
    place_done(&place);
}

TEST(cgroup_v2_serves_whoever_was_started_in_a_leaf_of_what_was_given)
{
    struct place place;
    place_make(&place, 1);
    char leaf[300];
    snprintf(leaf, sizeof leaf, "%s/leaf", place.path);
    CHECK_INT(mkdir(leaf, 0755), 0);
    CHECK_INT(chown(leaf, PLAIN_USER, PLAIN_USER), 0);
    CHECK_INT(controllers_seen_from(leaf), ALL);
    CHECK(stands_in(&place, "/testudo-self"));
    place_done(&place);
}

/* As in a systemd user session: all groups are the user's, and his manager's to arrange. */
TEST(cgroup_v2_that_is_ours_but_was_not_given_is_left_as_it_is)
{
    struct place place;
    place_make(&place, 3);
    CHECK_INT(controllers_seen_from(place.path), 0);
    CHECK(stands_in(&place, ""));
    CHECK(!hands_out_controllers(&place));
    CHECK_INT(setxattr(place.path, "user.delegate", "0", 1, 0), 0);
    CHECK_INT(controllers_seen_from(place.path), 0);
    CHECK(stands_in(&place, ""));
    place_done(&place);
}

TEST(cgroup_v2_with_systemds_mark_was_given)
{
    struct place place;
    place_make(&place, 3);
    CHECK_INT(setxattr(place.path, "user.delegate", "1", 1, 0), 0);
    CHECK_INT(controllers_seen_from(place.path), ALL);
    CHECK(stands_in(&place, "/testudo-self"));
    place_done(&place);
}

TEST(cgroup_v2_of_nobody_but_us_serves_without_having_been_given)
{
    struct place place;
    place_make(&place, 3);
    put_process(tree, place.bystander);
    CHECK_INT(controllers_seen_from(place.path), ALL);
    place_done(&place);
}

TEST(cgroup_v2_of_a_container_serves_its_root_and_all_its_processes_move_into_a_leaf)
{
    struct place place;
    place_make(&place, 1);
    CHECK_INT(controllers_seen(place.path, true), ALL);
    CHECK(stands_in(&place, "/testudo-self"));
    place_done(&place);
}
