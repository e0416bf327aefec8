/* Control groups as this host has them. */
#include "sys/cgroup.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/mem.h"
#include "sys/cgroup_private.h"
#include "sys/fd.h"
#include "sys/process.h"
#include "tests/test.h"
#include "tests/unit/sys/open_fds.h"

static struct cgroup_host open_host(void)
{
    struct cgroup_host host;
    struct error err;
    CHECK_OK(cgroup_host_open(&host, &err), err);
    if (host.count == 0)
        test_skip("no control group here that we may write");
    return host;
}

static int serial(void)
{
    return 900000 + getpid() % 90000;
}

static struct cgroup make_group(const struct cgroup_host *host)
{
    struct cgroup cgroup;
    struct error err;
    CHECK_OK(cgroup_make(&cgroup, host, (unsigned)serial(), &err), err);
    return cgroup;
}

static bool is_there(const struct cgroup_host *host, unsigned tree, const char *name)
{
    return faccessat(host->trees[tree].parent, name, F_OK, 0) == 0;
}

TEST(cgroup_is_made_in_every_tree_under_a_name_that_tells_its_owner)
{
    int before = open_fds_count();
    struct cgroup_host host = open_host();
    struct cgroup cgroup = make_group(&host);
    struct process_mark mark;
    struct error err;
    CHECK_OK(process_mark_self(&mark, &err), err);
    char want[CGROUP_NAME_MAX];
    snprintf(want, sizeof want, "box-%" PRIu64 "-%d-%" PRIu64 "-%d", mark.pid_space, getpid(),
             mark.started, serial());
    CHECK_TEXT(cgroup.name, want);
    for (unsigned i = 0; i < host.count; i++)
        CHECK(is_there(&host, i, want));
    cgroup_remove(&cgroup);
    for (unsigned i = 0; i < host.count; i++)
        CHECK(!is_there(&host, i, want));
    cgroup_remove(&cgroup);
    cgroup_host_close(&host);
    CHECK_INT(open_fds_count(), before);
}

TEST(cgroup_of_a_name_that_is_taken_is_an_error)
{
    struct cgroup_host host = open_host();
    struct cgroup cgroup = make_group(&host), twin;
    struct error err = {};
    int before = open_fds_count();
    CHECK(!cgroup_make(&twin, &host, (unsigned)serial(), &err));
    CHECK_INT(err.number, EEXIST);
    CHECK_INT(open_fds_count(), before);
    cgroup_remove(&cgroup);
    cgroup_host_close(&host);
}

/* Joins by the doors, as a box on v1 does, or by the folder on v2. */
static pid_t begin_member(const struct cgroup *cgroup, int (*live)(void))
{
    struct error err;
    int doors[CGROUP_TREES_MAX], go[2];
    int count = cgroup_open_doors(cgroup, doors, &err);
    CHECK_OK(count >= 0, err);
    CHECK_OK(fd_pipe(go, &err), err);
    pid_t child = fork();
    CHECK(child >= 0);
    if (child == 0) {
        char byte;
        prctl(PR_SET_PDEATHSIG, SIGKILL);
        close(go[1]);
        for (int i = 0; i < count; i++)
            if (write(doors[i], "0", 1) != 1)
                _exit(90);
        if (read(go[0], &byte, 1) != 1)
            _exit(91);
        _exit(live());
    }
    close(go[0]);
    while (count > 0)
        close(doors[--count]);
    if (cgroup_birthplace(cgroup) >= 0)
        CHECK_OK(cgroup_put_number(cgroup_birthplace(cgroup), "cgroup.procs", child, &err), err);
    CHECK_INT(write(go[1], "g", 1), 1);
    close(go[1]);
    return child;
}

static int end_member(pid_t child)
{
    int status;
    CHECK_INT(waitpid(child, &status, 0), child);
    return status;
}

static int work(void)
{
    enum { BYTES = 8 << 20 };

    volatile unsigned number = 1;
    char *bytes = malloc(BYTES);
    if (bytes == NULL)
        return 1;
    memset(bytes, 1, BYTES);
    for (unsigned i = 0; i < 60000000; i++)
        number = number * 3 + i;
    return bytes[number % BYTES] != 1;
}

TEST(cgroup_measures_what_its_members_used)
{
    struct cgroup_host host = open_host();
    struct cgroup cgroup = make_group(&host);
    struct cgroup_usage usage;
    CHECK_INT(end_member(begin_member(&cgroup, work)), 0);
    cgroup_measure(&cgroup, &usage);
    if (cgroup_host_version(&host, CGROUP_CPUACCT) > 0) {
        CHECK(usage.cpu_user_ns + usage.cpu_system_ns > 10000000);
        CHECK(cgroup_cpu_ns(&cgroup) > 10000000);
    } else {
        CHECK_INT(cgroup_cpu_ns(&cgroup), -1);
    }
    if (cgroup_host_version(&host, CGROUP_MEMORY) > 0)
        CHECK(usage.memory_peak_bytes == -1 || usage.memory_peak_bytes >= 8 << 20);
    cgroup_remove(&cgroup);
    cgroup_host_close(&host);
}

static int fork_many(void)
{
    int refused = 0;
    for (int i = 0; i < 6; i++) {
        pid_t child = fork();
        if (child == 0) {
            prctl(PR_SET_PDEATHSIG, SIGKILL);
            pause();
            _exit(0);
        }
        refused += child < 0;
    }
    _exit(refused);
}

static const struct cgroup_limits small = {
    .memory_bytes = 16 << 20, .processes = 3, .cpus_milli = 500};

TEST(cgroup_limit_of_processes_holds_and_refusals_are_counted)
{
    struct cgroup_host host = open_host();
    if (cgroup_host_version(&host, CGROUP_PIDS) == 0)
        test_skip("no pids controller here");
    struct cgroup cgroup = make_group(&host);
    struct cgroup_usage usage;
    struct error err;
    CHECK_OK(cgroup_limit(&cgroup, &small, &err), err);
    int status = end_member(begin_member(&cgroup, fork_many));
    CHECK_INT(WEXITSTATUS(status), 4); /* itself and two more fit */
    cgroup_measure(&cgroup, &usage);
    CHECK(usage.forks_refused >= 1);
    CHECK(usage.processes_peak == -1 || usage.processes_peak == 3);
    cgroup_remove(&cgroup);
    cgroup_host_close(&host);
}

static int eat(void)
{
    for (int i = 0; i < 64; i++) {
        char *bytes = malloc(1 << 20);
        if (bytes == NULL)
            return 1;
        memset(bytes, i + 1, 1 << 20);
        __asm__ volatile("" : : "r"(bytes) : "memory");
    }
    return 0;
}

TEST(cgroup_limit_of_memory_ends_who_exceeds_it)
{
    struct cgroup_host host = open_host();
    if (cgroup_host_version(&host, CGROUP_MEMORY) == 0)
        test_skip("no memory controller here");
    struct cgroup cgroup = make_group(&host);
    struct cgroup_usage usage;
    struct error err;
    int event;
    CHECK_OK(cgroup_limit(&cgroup, &small, &err), err);
    CHECK_OK(cgroup_watch_memory(&cgroup, &event, &err), err);
    CHECK_INT(event >= 0, cgroup_host_version(&host, CGROUP_MEMORY) == 1);
    int status = end_member(begin_member(&cgroup, eat));
    CHECK(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL);
    cgroup_measure(&cgroup, &usage);
    CHECK(usage.memory_peak_bytes == -1 || usage.memory_peak_bytes <= small.memory_bytes);
    uint64_t count = 0;
    if (event >= 0)
        CHECK(read(event, &count, sizeof count) == sizeof count && count > 0);
    else
        CHECK(usage.oom_kills > 0);
    fd_close_at(&event);
    cgroup_remove(&cgroup);
    cgroup_host_close(&host);
}

TEST(cgroup_sweep_takes_what_the_dead_left_and_nothing_else)
{
    struct cgroup_host host = open_host();
    struct cgroup living = make_group(&host);
    struct process_mark mark;
    struct error err;
    CHECK_OK(process_mark_self(&mark, &err), err);
    char dead[CGROUP_NAME_MAX], foreign[CGROUP_NAME_MAX], odd[CGROUP_NAME_MAX];
    snprintf(dead, sizeof dead, "box-%" PRIu64 "-%d-%" PRIu64 "-1", mark.pid_space, getpid(),
             mark.started - 1);
    snprintf(foreign, sizeof foreign, "box-%" PRIu64 "-%d-%" PRIu64 "-1", mark.pid_space + 1,
             getpid(), mark.started);
    snprintf(odd, sizeof odd, "box-odd-%d", getpid());
    const char *const names[] = {dead, foreign, odd};
    int parent = host.trees[0].parent;
    for (int i = 0; i < 3; i++)
        CHECK_INT(mkdirat(parent, names[i], 0755), 0);
    int before = open_fds_count();
    cgroup_host_sweep(&host);
    CHECK_INT(open_fds_count(), before);
    bool gone = !is_there(&host, 0, dead);
    bool kept =
        is_there(&host, 0, foreign) && is_there(&host, 0, odd) && is_there(&host, 0, living.name);
    for (int i = 0; i < 3; i++)
        unlinkat(parent, names[i], AT_REMOVEDIR);
    cgroup_remove(&living);
    CHECK(gone);
    CHECK(kept);
    cgroup_host_close(&host);
}

TEST(cgroup_never_made_measures_as_unknown)
{
    struct cgroup none = {};
    struct cgroup_usage usage;
    cgroup_measure(&none, &usage);
    CHECK_INT(usage.cpu_user_ns, -1);
    CHECK_INT(usage.forks_refused, -1);
    CHECK_INT(cgroup_cpu_ns(&none), -1);
    cgroup_kill(&none);
    cgroup_remove(&none);
}

TEST(cgroup_numbers_are_found_by_whole_keys_only)
{
    static const char text[] = "low 1\noom 2\noom_kill 34\nmax -5\nlast 7";
    CHECK_INT(cgroup_find_number(text, "oom"), 2);
    CHECK_INT(cgroup_find_number(text, "oom_kill"), 34);
    CHECK_INT(cgroup_find_number(text, "low"), 1);
    CHECK_INT(cgroup_find_number(text, "last"), 7);
    CHECK_INT(cgroup_find_number(text, "kill"), -1);
    CHECK_INT(cgroup_find_number(text, "lo"), -1);
    CHECK_INT(cgroup_find_number("", "lo"), -1);
    CHECK_INT(cgroup_read_number(AT_FDCWD, "/nowhere"), -1);
}
