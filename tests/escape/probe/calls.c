/*
 * Calls of the kernel that no box may make: one attack each, all from calls.def.
 *
 * The arguments are such that the kernel itself would answer something else than the filter does,
 * so that in the control, without the filter, it is seen that the call gets to the kernel.
 */
#include <errno.h>
#include <fcntl.h>
#include <linux/bpf.h>
#include <linux/capability.h>
#include <linux/perf_event.h>
#include <linux/seccomp.h>
#include <sched.h>
#include <signal.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

#include "tests/escape/probe/probe.h"

/* A bad address: whatever reads or writes there says EFAULT, past all checks of rights. */
#define BAD ((void *)8)

#define CALL(name, number, refusal, control, layers, ...)                                          \
    PROBE(call_##name)                                                                             \
    {                                                                                              \
        expect_refusal(syscall(number, __VA_ARGS__), refusal);                                     \
    }
#include "tests/escape/calls.def"
