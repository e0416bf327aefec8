/* What a process can change about itself, and what it may not. */
#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/fsuid.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

#include "base/mem.h"
#include "tests/hygiene/probe/probe.h"

static void write_about_itself(void)
{
    static const char *const rows[][2] = {{"oom_score_adj", "1000"},
                                          {"coredump_filter", "ff"},
                                          {"comm", "left"},
                                          {"timerslack_ns", "7"},
                                          {"autogroup", "19"},
                                          {"clear_refs", "1"},
                                          {"uid_map", "0 0 1"},
                                          {"gid_map", "0 0 1"},
                                          {"setgroups", "deny"},
                                          {"loginuid", "0"},
                                          {"attr/current", "x"},
                                          {"timens_offsets", "1 5 0"},
                                          {"sched", "0"},
                                          {"projid_map", "0 0 1"},
                                          {"make-it-fail", "1"},
                                          {"latency", "0"},
                                          {"ksm_merging_pages", "1"}};
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        char path[300];
        snprintf(path, sizeof path, "/proc/self/%s", rows[i][0]);
        int fd = open(path, O_WRONLY | O_CLOEXEC);
        did(path, fd >= 0 && write(fd, rows[i][1], strlen(rows[i][1])) > 0);
        close(fd);
    }
}

static void set_all(void)
{
    cpu_set_t one;
    CPU_ZERO(&one);
    CPU_SET(0, &one);
    did("affinity", sched_setaffinity(0, sizeof one, &one) == 0);
    did("nice", setpriority(PRIO_PROCESS, 0, 19) == 0);
    did("policy", sched_setscheduler(0, SCHED_BATCH, &(struct sched_param){}) == 0);
    did("ioprio", syscall(SYS_ioprio_set, 1, 0, 3 << 13) == 0);
    did("personality", syscall(SYS_personality, 0x0040000) >= 0);
    did("name", prctl(PR_SET_NAME, "left") == 0);
    did("timerslack", prctl(PR_SET_TIMERSLACK, 12345) == 0);
    did("subreaper", prctl(PR_SET_CHILD_SUBREAPER, 1) == 0);
    did("thp", prctl(PR_SET_THP_DISABLE, 1, 0, 0, 0) == 0);
    did("dumpable", prctl(PR_SET_DUMPABLE, 1) == 0);
    did("pdeathsig", prctl(PR_SET_PDEATHSIG, SIGUSR1) == 0);
    struct itimerval often = {{1, 0}, {1, 0}};
    for (int which = 0; which < 3; which++)
        setitimer(which, &often, NULL);
    umask(0777);
    for (int number = 1; number < NSIG; number++)
        if (number != SIGCHLD)
            signal(number, SIG_IGN);
    did("session", setsid() >= 0 || errno == EPERM);
}

static void lower_limits(void)
{
    int lowered = 0;
    for (int i = 0; i < RLIM_NLIMITS; i++) {
        struct rlimit limit;
        if (i == RLIMIT_NPROC || i == RLIMIT_AS || i == RLIMIT_DATA || getrlimit(i, &limit) < 0)
            continue;
        limit.rlim_cur = limit.rlim_max = limit.rlim_max / 2;
        lowered += setrlimit(i, &limit) == 0;
    }
    did("lower limits", lowered > 5);
}

static void reach_for_more(void)
{
    did("root", setresuid(0, 0, 0) == 0);
    did("groups", setgroups(1, (gid_t[]){0}) == 0);
    did("root of files", setfsuid(0) == 0);
    did("chroot", chroot("/tmp") == 0);
    did("mount", mount("none", "/tmp", "tmpfs", 0, NULL) == 0);
    did("host name", sethostname("left", 4) == 0);
    did("user namespace", unshare(CLONE_NEWUSER) == 0);
    did("network namespace", unshare(CLONE_NEWNET) == 0);
    did("trace of pid 1", ptrace(PTRACE_ATTACH, 1, NULL, NULL) == 0);
    did("signal to pid 1", kill(1, SIGTERM) == 0);
    did("clock", clock_settime(CLOCK_REALTIME, &(struct timespec){1, 0}) == 0);
}

void dirty_process(void)
{
    write_about_itself();
    set_all();
    reach_for_more();
    lower_limits();
}
