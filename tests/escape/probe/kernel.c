/* Attacks on the kernel's own switches and on what it tells about the host. */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/mem.h"
#include "tests/escape/probe/probe.h"

/* Whoever writes one of these runs a program as root outside, or decides over the host. */
PROBE(kernel_switches)
{
    static const char *const switches[] = {
        "/proc/sys/kernel/core_pattern",     "/proc/sys/kernel/modprobe",
        "/proc/sys/kernel/hotplug",          "/sys/kernel/uevent_helper",
        "/proc/sys/fs/binfmt_misc/register", "/proc/sysrq-trigger",
        "/proc/sys/vm/panic_on_oom",         "/proc/sys/kernel/panic",
        "/proc/sys/kernel/yama/ptrace_scope"};
    int there = 0;
    for (size_t i = 0; i < COUNT_OF(switches); i++) {
        int fd = open(switches[i], O_WRONLY | O_CLOEXEC);
        if (fd >= 0)
            got_through("%s can be written", switches[i]);
        there += errno != ENOENT;
    }
    if (there < 3)
        untried("only %d of the switches are there", there);
    held("none of %d can be written", there);
}

/* What the kernel tells everybody about the host and about other users' work. */
PROBE(host_facts)
{
    static const char *const files[] = {"/proc/kallsyms",        "/proc/keys",
                                        "/proc/kcore",           "/proc/modules",
                                        "/proc/sched_debug",     "/proc/scsi/scsi",
                                        "/proc/timer_list",      "/proc/kmsg",
                                        "/proc/kpagecount",      "/proc/kpageflags",
                                        "/proc/vmallocinfo",     "/proc/slabinfo",
                                        "/proc/latency_stats",   "/proc/irq/0/smp_affinity",
                                        "/proc/bus/pci/devices", "/proc/fs/nfsfs/volumes",
                                        "/sys/kernel/notes",     "/sys/firmware/dmi/tables/DMI",
                                        "/sys/kernel/mm/ksm/run"};
    char text[256];
    int there = 0;
    for (size_t i = 0; i < COUNT_OF(files); i++) {
        there += access(files[i], F_OK) == 0;
        if (read_text(files[i], text, sizeof text) > 0)
            got_through("%s can be read", files[i]);
    }
    static const char *const folders[] = {"/proc/acpi", "/proc/bus",  "/proc/driver", "/proc/fs",
                                          "/proc/irq",  "/proc/scsi", "/sys"};
    for (size_t i = 0; i < COUNT_OF(folders); i++) {
        DIR *folder = opendir(folders[i]);
        int count = 0;
        while (folder != NULL && readdir(folder) != NULL)
            count++;
        if (count > 2)
            got_through("%s has %d entries", folders[i], count - 2);
        if (folder != NULL)
            closedir(folder);
    }
    if (there < 3)
        untried("only %d of the files are there", there);
    held("%d files there, all empty or closed", there);
}

/* ---- other doors of the processor ----------------------------------------------------------- */

#ifdef __x86_64__

static int how_it_ends(void (*call)(void))
{
    int status;
    pid_t pid = fork();
    if (pid == 0) {
        call();
        _exit(0);
    }
    if (pid < 0 || waitpid(pid, &status, 0) != pid)
        untried("fork: %s", errno_word(errno));
    return status;
}

static _Noreturn void must_end_by_filter(void (*call)(void))
{
    int status = how_it_ends(call);
    if (WIFSIGNALED(status) && WTERMSIG(status) == SIGSYS)
        held("SIGSYS");
    if (WIFSIGNALED(status))
        got_through("signal %d: it came as far as the kernel's own answer", WTERMSIG(status));
    got_through("the kernel has answered %d", WEXITSTATUS(status));
}

/* getpid of 32-bit x86: number 20 there, which is writev here. */
static void call_int80(void)
{
    long result = 20;
    __asm__ volatile("int $0x80" : "+a"(result) : : "memory", "r8", "r9", "r10", "r11");
    _exit(result == getpid() ? 1 : 2);
}

PROBE(int80)
{
    must_end_by_filter(call_int80);
}

static void call_x32(void)
{
    _exit(syscall(0x40000000 + SYS_getpid) == getpid() ? 1 : 2);
}

PROBE(x32)
{
    must_end_by_filter(call_x32);
}

#else

PROBE(int80)
{
    absent("this processor has no such door");
}

PROBE(x32)
{
    absent("this processor has no such door");
}

#endif

/* Calls that nobody knew when the table was written. */
PROBE(unknown_calls)
{
    static const unsigned numbers[] = {471, 472,  480,  500,        511,       548,
                                       600, 1023, 4096, 0x3fffffff, 0x3ffffffe};
    for (size_t i = 0; i < COUNT_OF(numbers); i++)
        must_be_refused(syscall((long)numbers[i], 0, 0, 0, 0, 0, 0), ENOSYS, "an unknown call");
    judge();
}

/* The kernel reads 32 bits of these; a filter that compares 64 lets them pass. */
PROBE(high_bits)
{
    const unsigned long high = 1UL << 32;
    must_be_refused(syscall(SYS_socket, high | 16 /* AF_NETLINK */, 3, 0), EAFNOSUPPORT, "socket");
    must_be_refused(syscall(SYS_ioctl, 0, high | 0x5412 /* TIOCSTI */, "x"), EPERM, "ioctl");
    must_be_refused(syscall(SYS_prctl, high | 35 /* PR_SET_MM */, 0, 0, 0, 0), EPERM, "prctl");
    must_be_refused(syscall(SYS_prctl, high | 62 /* PR_SCHED_CORE */, 0, 0, 0, 0), EPERM,
                    "prctl, core scheduling");
    must_be_refused(syscall(SYS_personality, high | 6 /* PER_BSD */), EPERM, "personality");
    judge();
}

/* ---- namespaces ----------------------------------------------------------------------------- */

/* Root of a user namespace reaches much of the kernel that others do not. */
PROBE(new_namespaces)
{
    static const struct {
        unsigned long flag;
        const char *name;
    } kinds[] = {{CLONE_NEWUSER, "user"},     {CLONE_NEWNS, "mount"},
                 {CLONE_NEWPID, "pid"},       {CLONE_NEWNET, "net"},
                 {CLONE_NEWIPC, "ipc"},       {CLONE_NEWUTS, "uts"},
                 {CLONE_NEWCGROUP, "cgroup"}, {0x80 /* CLONE_NEWTIME */, "time"}};

    for (size_t i = 0; i < COUNT_OF(kinds); i++) {
        must_be_refused(syscall(SYS_unshare, kinds[i].flag), EPERM, kinds[i].name);
        if (kinds[i].flag == 0x80)
            continue; /* that bit is part of the exit signal in clone */
        long pid = syscall(SYS_clone, kinds[i].flag | SIGCHLD, 0, 0, 0, 0);
        if (pid == 0)
            _exit(0);
        must_be_refused(pid, EPERM, kinds[i].name);
    }
    judge();
}

PROBE(enter_namespace)
{
    int fd = open("/proc/self/ns/user", O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        untried("/proc/self/ns/user: %s", errno_word(errno));
    expect_refusal(setns(fd, 0), EPERM);
}
