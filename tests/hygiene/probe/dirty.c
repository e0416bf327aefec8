/* Leaves traces, tells of each attempt, and ends in one of several ways. */
#include "tests/hygiene/probe/probe.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <unistd.h>

void did(const char *what, bool worked)
{
    printf("%s: %s %d\n", what, worked ? "did" : "failed", worked ? 0 : errno);
}

/* They outlive the leader, hold what they hold, and hear nothing. */
static void leave_daemons(bool busy)
{
    fflush(stdout);
    for (int i = 0; i < 12; i++) {
        pid_t pid = fork();
        if (pid == 0) {
            setsid();
            for (int number = 1; number < NSIG; number++)
                signal(number, SIG_IGN);
            char name[16];
            snprintf(name, sizeof name, "init");
            prctl(PR_SET_NAME, name);
            while (busy && i < 2)
                continue;
            for (;;)
                pause();
        }
        if (i == 0)
            did("daemons", pid > 0);
    }
}

static void use_memory(size_t bytes)
{
    char *all = mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (all != MAP_FAILED)
        memset(all, 0x5a, bytes);
    did("memory", all != MAP_FAILED);
}

static void flood(void)
{
    static char bytes[65536];
    memset(bytes, 'x', sizeof bytes);
    while (write(STDOUT_FILENO, bytes, sizeof bytes) > 0)
        continue;
}

static void fork_until_refused(void)
{
    for (int i = 0; i < 3000; i++) {
        pid_t pid = fork();
        if (pid == 0)
            for (;;)
                pause();
        if (pid < 0)
            break;
    }
}

_Noreturn static void end(int how)
{
    fflush(stdout);
    switch (how) {
    case 1:
        _exit(3);
    case 2:
        raise(SIGKILL);
        break;
    case 3:
        __builtin_trap(); /* blocked and ignored as it is */
    case 4:
        use_memory((size_t)1 << 30);
        break;
    case 5:
        flood();
        break;
    case 6:
        fork_until_refused();
        break;
    case 7:
        for (;;)
            pause();
    default:
        break;
    }
    _exit(0);
}

enum { ENDS = 8 };

void dirty(int how)
{
    setvbuf(stdout, NULL, _IOFBF, 1 << 16);
    say_slot();
    static void (*const parts[])(void) = {dirty_files, dirty_ipc, dirty_network, dirty_kernel};
    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++) {
        if (parts[i] != dirty_network || how >= ENDS)
            parts[i]();
        fflush(stdout); /* who is silent for long is ended */
    }
    use_memory(40 << 20);
    leave_daemons(how % ENDS < 2);
    dirty_process();
    end(how % ENDS);
}
