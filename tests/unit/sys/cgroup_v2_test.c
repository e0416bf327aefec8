/* Control groups of version 2 as this host has them: run in the virtual machine of tests/vm. */
#include "sys/cgroup.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "sys/call.h"
#include "sys/cgroup_private.h"
#include "sys/fd.h"
#include "tests/test.h"
#include "tests/unit/sys/cgroup_v2.h"

static struct cgroup make_group(struct cgroup_host *host)
{
    struct cgroup cgroup;
    struct error err;
    cgroup_v2_need();
    CHECK_OK(cgroup_host_open(host, &err), err);
    if (host->count == 0)
        test_skip("no control group here that we may write");
    CHECK_INT(host->count, 1);
    CHECK_INT(host->trees[0].version, 2);
    CHECK_INT(host->trees[0].controllers, CGROUP_V2_ALL);
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

TEST(cgroup_v2_holds_back_who_wants_more_processor_than_its_limit)
{
    struct cgroup_host host;
    struct cgroup cgroup = make_group(&host);
    struct cgroup_limits limits = {.memory_bytes = 16 << 20, .processes = 3, .cpus_milli = 300};
    struct error err;
    char text[512];
    CHECK_OK(cgroup_limit(&cgroup, &limits, &err), err);
    CHECK_INT(end_of(bear(&cgroup, burn)), 0);
    CHECK(cgroup_read(cgroup_birthplace(&cgroup), "cpu.stat", text, sizeof text));
    CHECK(cgroup_find_number(text, "nr_throttled") >= 10); /* 600 ms, 30 of each 100 */
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
