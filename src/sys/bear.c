#include "sys/bear.h"

#include <errno.h>
#include <stdint.h>

#include "sys/call.h"
#include "sys/fault.h"

/* The kernel goes on in the child on another stack, where no function can return to: so the child
 * is sent on its way before anything of C runs in it. */
static long clone_and_run(struct clone_args *args, int (*live)(void *), void *cookie)
{
#if defined(__x86_64__)
    long result;
    register int (*run)(void *) __asm__("r12") = live;
    register void *with __asm__("r13") = cookie;
    __asm__ volatile("syscall\n\t"
                     "test %%rax, %%rax\n\t"
                     "jnz 1f\n\t"
                     "xor %%ebp, %%ebp\n\t"
                     "mov %%r13, %%rdi\n\t"
                     "call *%%r12\n\t"
                     "mov %%eax, %%edi\n\t"
                     "mov %[exit], %%eax\n\t"
                     "syscall\n\t"
                     "hlt\n"
                     "1:"
                     : "=a"(result)
                     : "a"((long)SYS_clone3), "D"(args), "S"(sizeof *args), "r"(run),
                       "r"(with), [exit] "i"(SYS_exit)
                     : "rcx", "r11", "memory");
    return result;
#elif defined(__aarch64__)
    register long number __asm__("x8") = SYS_clone3;
    register long x0 __asm__("x0") = (long)args;
    register long x1 __asm__("x1") = sizeof *args;
    register int (*run)(void *) __asm__("x19") = live;
    register void *with __asm__("x20") = cookie;
    __asm__ volatile("svc 0\n\t"
                     "cbnz x0, 1f\n\t"
                     "mov x29, #0\n\t"
                     "mov x0, x20\n\t"
                     "blr x19\n\t"
                     "mov x8, %[exit]\n\t"
                     "svc 0\n\t"
                     "brk #0\n"
                     "1:"
                     : "+r"(x0)
                     : "r"(number), "r"(x1), "r"(run), "r"(with), [exit] "i"(SYS_exit)
                     : "memory", "x30");
    return x0;
#endif
}

pid_t bear(const struct bear_order *order)
{
    struct clone_args args = {
        .flags = order->flags | CLONE_VM | CLONE_VFORK,
        /* with CLONE_PARENT the signal is the maker's own, and naming one is refused */
        .exit_signal = order->flags & CLONE_PARENT ? 0 : SIGCHLD,
        .stack = (uint64_t)(uintptr_t)order->stack,
        .stack_size = order->stack_bytes,
    };
    if (order->pid != NULL) {
        args.flags |= CLONE_PARENT_SETTID;
        args.parent_tid = (uint64_t)(uintptr_t)order->pid;
    }
    if (order->cgroup >= 0) {
        args.flags |= CLONE_INTO_CGROUP;
        args.cgroup = (uint64_t)order->cgroup;
    }
    if (fault_strikes())
        return -1;
    long pid = clone_and_run(&args, order->live, order->cookie);
    if (pid >= 0)
        return (pid_t)pid;
    errno = (int)-pid;
    return -1;
}
