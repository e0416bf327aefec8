/*
 * Pid 1 of a box.
 *
 * It is executed by the box's first process right after that has given birth to the guest, so it
 * starts while the guest does, with nothing of the broker's memory left. It holds no capability,
 * one socket, and a filter that leaves it four system calls. It reaps whatever ends in the box;
 * when the leader ends it tells the broker and ends itself, and with it, by the kernel's own rule,
 * everything that still runs in the box.
 *
 * argv: "init", the leader's pid, the socket's fd. No libc: the whole program is this file.
 */
#include "init/report.h"

#include <asm/unistd.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/prctl.h>
#include <linux/seccomp.h>
#include <stddef.h>

#if defined(__x86_64__)
#define ARCH_HERE AUDIT_ARCH_X86_64
/* The kernel enters with argc at the stack's top; main wants a pointer to it, and an aligned stack.
 */
__asm__(".globl _start\n_start:\n\txor %ebp, %ebp\n\tmov %rsp, %rdi\n\tand $-16, %rsp\n\tcall "
        "init_main\n");

static long call4(long number, long a, long b, long c, long d)
{
    register long r10 __asm__("r10") = d;
    register long r8 __asm__("r8") = 0; /* prctl wants its unused arguments to be zero */
    long result;
    __asm__ volatile("syscall"
                     : "=a"(result)
                     : "a"(number), "D"(a), "S"(b), "d"(c), "r"(r10), "r"(r8)
                     : "rcx", "r11", "memory");
    return result;
}
#elif defined(__aarch64__)
#define ARCH_HERE AUDIT_ARCH_AARCH64
__asm__(".globl _start\n_start:\n\tmov x29, #0\n\tmov x0, sp\n\tbl init_main\n");

static long call4(long number, long a, long b, long c, long d)
{
    register long x8 __asm__("x8") = number;
    register long x0 __asm__("x0") = a;
    register long x1 __asm__("x1") = b;
    register long x2 __asm__("x2") = c;
    register long x3 __asm__("x3") = d;
    register long x4 __asm__("x4") = 0; /* prctl wants its unused arguments to be zero */
    __asm__ volatile("svc 0" : "+r"(x0) : "r"(x8), "r"(x1), "r"(x2), "r"(x3), "r"(x4) : "memory");
    return x0;
}
#endif

enum { NO_CHILD = -10 /* ECHILD */ };

void init_main(const long *stack);

_Noreturn static void leave(int status)
{
    for (;;)
        call4(__NR_exit_group, status, 0, 0, 0);
}

static int number_of(const char *text)
{
    int number = 0;
    while (*text >= '0' && *text <= '9')
        number = number * 10 + (*text++ - '0');
    return number;
}

static void confine(void)
{
#define ALLOW(call)                                                                                \
    BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, call, 0, 1), BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW)
    struct sock_filter code[] = {
        BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, arch)),
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, ARCH_HERE, 1, 0),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_KILL_PROCESS),
        BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
        ALLOW(__NR_wait4),
        ALLOW(__NR_write),
        ALLOW(__NR_exit_group),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_KILL_PROCESS),
    };
    struct sock_fprog program = {sizeof code / sizeof *code, code};
    if (call4(__NR_prctl, PR_SET_NO_NEW_PRIVS, 1, 0, 0) < 0 ||
        call4(__NR_prctl, PR_SET_SECCOMP, SECCOMP_MODE_FILTER, (long)&program, 0) < 0)
        leave(1);
}

/* A fourth argument, which test builds alone know, leaves out what keeps others from looking. */
#ifdef TESTUDO_FAULTS
#define IS_LOOKED_INTO(count) ((count) == 4)
#else
#define IS_LOOKED_INTO(count) 0
#endif

void init_main(const long *stack)
{
    const char *const *argv = (const char *const *)(stack + 1);
    if (stack[0] != 3 && !IS_LOOKED_INTO(stack[0]))
        leave(2);
    int leader = number_of(argv[1]), socket = number_of(argv[2]);
    if (!IS_LOOKED_INTO(stack[0]))
        call4(__NR_prctl, PR_SET_DUMPABLE, 0, 0, 0);
    confine();
    for (;;) {
        int status = 0;
        long ended = call4(__NR_wait4, -1, (long)&status, 0, 0);
        if (ended == leader) {
            struct init_report report = {INIT_REPORT_MAGIC, status};
            call4(__NR_write, socket, (long)&report, sizeof report, 0);
            leave(0);
        }
        if (ended == NO_CHILD)
            leave(3);
    }
}
