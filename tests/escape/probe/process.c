/* Attacks on other processes: the host's, and the box's own first one. */
#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <termios.h>
#include <unistd.h>

#include "base/mem.h"
#include "tests/escape/probe/probe.h"

/* The neighbour has the secret among its arguments, which all users of a host may read. */
PROBE(foreign_process)
{
    const char *secret = fact("secret");
    int count = 0;
    DIR *proc = opendir("/proc");
    if (proc == NULL)
        untried("/proc: %s", errno_word(errno));
    for (struct dirent *entry; (entry = readdir(proc)) != NULL;) {
        char path[300], text[4096];
        if (!isdigit((unsigned char)entry->d_name[0]))
            continue;
        count++;
        snprintf(path, sizeof path, "/proc/%s/cmdline", entry->d_name);
        long length = read_text(path, text, sizeof text);
        for (long i = 0; i < length; i++)
            if (text[i] == '\0')
                text[i] = ' ';
        if (length > 0 && strstr(text, secret) != NULL)
            got_through("process %s is the neighbour", entry->d_name);
    }
    if (count < 2)
        untried("only %d processes in sight", count);
    held("%d processes, all the box's", count);
}

/* By the number that the host knows it by. */
PROBE(foreign_signal)
{
    pid_t neighbour = (pid_t)strtol(fact("neighbour"), NULL, 10);
    must_be_refused(kill(neighbour, SIGKILL), ESRCH, "kill");
    must_be_refused(syscall(SYS_tkill, neighbour, SIGKILL), ESRCH, "tkill");
    must_be_refused(syscall(SYS_pidfd_open, neighbour, 0), ESRCH, "pidfd_open");
    must_be_refused(syscall(SYS_rt_sigqueueinfo, neighbour, SIGKILL, &(siginfo_t){.si_code = -1}),
                    ESRCH, "rt_sigqueueinfo");
    judge();
}

/* Everybody who can be signalled, ourselves excepted; whom it hit is seen outside. The box's leader
 * may be our parent, and with it the box ends: such blows come last. */
PROBE(kill_all)
{
    signal(SIGHUP, SIG_IGN);
    signal(SIGTERM, SIG_IGN);
    kill(1, SIGKILL);
    kill(1, SIGSTOP);
    usleep(20000);
    held_so_far("init is still here, and the neighbour tells the rest");
    kill(0, SIGHUP);
    kill(getppid(), SIGKILL);
    kill(-1, SIGKILL);
    usleep(20000);
    _exit(HELD);
}

/* Init holds a socket to the broker; its program is the product's. */
PROBE(init_secrets)
{
    static const char *const places[] = {"/proc/1/exe",     "/proc/1/mem",  "/proc/1/maps",
                                         "/proc/1/environ", "/proc/1/fd/0", "/proc/1/root/",
                                         "/proc/1/cwd/",    "/proc/1/auxv", "/proc/1/stack"};
    for (size_t i = 0; i < COUNT_OF(places); i++) {
        int fd = open(places[i], O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
        if (fd >= 0)
            got_through("%s can be opened", places[i]);
        if (errno != EACCES && errno != EPERM && errno != ENOENT)
            untried("%s: %s", places[i], errno_word(errno));
    }
    if (opendir("/proc/1/fd") != NULL)
        got_through("/proc/1/fd can be listed");
    if (access("/proc/1/status", R_OK) < 0)
        untried("/proc/1/status: %s", errno_word(errno));
    held("none of %d can be opened", (int)COUNT_OF(places) + 1);
}

/* The program that was us, or is our parent, must not be writable for its next start. */
PROBE(overwrite_launcher)
{
    for (int round = 0; round < 200; round++) {
        for (int pid = 1; pid < 8; pid++) {
            char path[40];
            if (pid == getpid())
                continue;
            snprintf(path, sizeof path, "/proc/%d/exe", pid);
            int fd = open(path, O_WRONLY | O_CLOEXEC);
            if (fd < 0 && errno == ETXTBSY)
                got_through("%s is only busy", path);
            if (fd >= 0)
                got_through("%s can be written", path);
        }
    }
    int fd = open("/proc/1/exe", O_WRONLY | O_CLOEXEC);
    held("never in 200 rounds: %s", fd < 0 ? errno_word(errno) : "done");
}

/* ---- the terminal --------------------------------------------------------------------------- */

PROBE(terminal)
{
    int fd = open("/dev/tty", O_RDWR | O_CLOEXEC | O_NOCTTY);
    if (fd >= 0)
        got_through("/dev/tty is the caller's terminal");
    if (errno != ENXIO)
        untried("/dev/tty: %s", errno_word(errno));
    for (int i = 0; i < 3; i++)
        if (isatty(i))
            got_through("%d is a terminal", i);
    held("ENXIO, and none of 0, 1, 2 is one");
}

/* On a terminal of our own the request is as refused, also with bits that the kernel cuts off. */
PROBE(type_into_terminal)
{
    static const unsigned long requests[] = {TIOCSTI, 0x541C /* TIOCLINUX */, 0x541D /* TIOCCONS */,
                                             0x5423 /* TIOCSETD */};
    char key = 'x';
    for (size_t i = 0; i < COUNT_OF(requests); i++) {
        must_be_refused(syscall(SYS_ioctl, 0, requests[i], &key), EPERM, "ioctl");
        must_be_refused(syscall(SYS_ioctl, 0, requests[i] + (1UL << 32), &key), EPERM,
                        "ioctl with a 33rd bit");
    }
    judge();
}
