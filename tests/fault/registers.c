#include "tests/fault/registers.h"

#include <elf.h>
#include <sys/ptrace.h>
#include <sys/uio.h>
#include <sys/user.h>

static bool exchange(pid_t pid, enum __ptrace_request request, long which, void *place, size_t size)
{
    struct iovec part = {place, size};
    return ptrace(request, pid, (void *)which, &part) == 0;
}

#if defined(__x86_64__)
bool registers_skip_call(pid_t pid)
{
    struct user_regs_struct registers;
    if (!exchange(pid, PTRACE_GETREGSET, NT_PRSTATUS, &registers, sizeof registers))
        return false;
    registers.orig_rax = (unsigned long long)-1;
    return exchange(pid, PTRACE_SETREGSET, NT_PRSTATUS, &registers, sizeof registers);
}

bool registers_set_result(pid_t pid, long result)
{
    struct user_regs_struct registers;
    if (!exchange(pid, PTRACE_GETREGSET, NT_PRSTATUS, &registers, sizeof registers))
        return false;
    registers.rax = (unsigned long long)result;
    return exchange(pid, PTRACE_SETREGSET, NT_PRSTATUS, &registers, sizeof registers);
}
#elif defined(__aarch64__)
bool registers_skip_call(pid_t pid)
{
    int none = -1;
    return exchange(pid, PTRACE_SETREGSET, 0x404 /* NT_ARM_SYSTEM_CALL */, &none, sizeof none);
}

bool registers_set_result(pid_t pid, long result)
{
    struct user_regs_struct registers;
    if (!exchange(pid, PTRACE_GETREGSET, NT_PRSTATUS, &registers, sizeof registers))
        return false;
    registers.regs[0] = (unsigned long long)result;
    return exchange(pid, PTRACE_SETREGSET, NT_PRSTATUS, &registers, sizeof registers);
}
#endif
