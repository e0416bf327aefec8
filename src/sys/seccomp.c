#include "sys/seccomp.h"

#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <netinet/udp.h>
#include <sched.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/personality.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "sys/seccomp_private.h"

/* Headers of the oldest hosts that we build on lack these. */
#ifndef PR_SCHED_CORE
#define PR_SCHED_CORE 62
#endif
#ifndef PR_SET_VMA
#define PR_SET_VMA 0x53564d41
#endif
#ifndef PR_GET_AUXV
#define PR_GET_AUXV 0x41555856
#endif
#ifndef SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV
#define SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV (1UL << 5)
#endif

enum reason {

#define REASON(key, words, change) REASON_##key,
#include "sys/syscalls.def"
};

static const struct seccomp_reason reasons[] = {
#define REASON(key, words, change) {#key, words, change},
#include "sys/syscalls.def"
};

const struct seccomp_call seccomp_calls[CALL_COUNT] = {
#define SYSCALL(name, x86_64, aarch64, answer, reason)                                             \
    {#name, {x86_64, aarch64}, answer, REASON_##reason},
#include "sys/syscalls.def"
};

const struct seccomp_rule seccomp_rules[] = {
#define RULE(call, answer, reason, ...) {CALL_##call, answer, REASON_##reason, {__VA_ARGS__}},
#include "sys/syscalls.def"
};
const size_t seccomp_rule_count = sizeof seccomp_rules / sizeof *seccomp_rules;

static const struct seccomp_call *find_call(uint32_t processor, int number)
{
    int column = seccomp_column(processor);
    for (size_t i = 0; i < CALL_COUNT && number >= 0; i++)
        if (seccomp_calls[i].number[column] == number)
            return &seccomp_calls[i];
    return NULL;
}

const char *seccomp_call_name(uint32_t processor, int number)
{
    const struct seccomp_call *call = find_call(processor, number);
    return call != NULL ? call->name : NULL;
}

int seccomp_call_number(uint32_t processor, const char *name)
{
    for (size_t i = 0; i < CALL_COUNT; i++)
        if (strcmp(seccomp_calls[i].name, name) == 0)
            return seccomp_calls[i].number[seccomp_column(processor)];
    return -1;
}

static bool holds(const struct seccomp_condition *condition, const struct seccomp_data *call)
{
    uint64_t whole = call->args[condition->argument];
    uint32_t seen = (uint32_t)whole & condition->mask;
    switch ((enum seccomp_test)condition->test) {
    case TEST_IS:
        return seen == condition->value;
    case TEST_IS_NOT:
        return seen != condition->value;
    case TEST_ABOVE:
        return seen > condition->value;
    case TEST_HAS:
        return (seen & condition->value) != 0;
    case TEST_IS_SET:
        return whole != 0;
    case TEST_END:
        break;
    }
    return true;
}

static bool all_hold(const struct seccomp_rule *rule, const struct seccomp_data *call)
{
    for (const struct seccomp_condition *when = rule->when; when->test != TEST_END; when++)
        if (!holds(when, call))
            return false;
    return true;
}

static struct seccomp_verdict verdict(int answer, enum reason why)
{
    const struct seccomp_reason *reason = &reasons[why];
    if (answer == ALLOW)
        return (struct seccomp_verdict){SECCOMP_ALLOWED, 0, reason};
    if (answer == WATCH)
        return (struct seccomp_verdict){SECCOMP_WATCHED, 0, reason};
    return (struct seccomp_verdict){SECCOMP_REFUSED, answer, reason};
}

static struct seccomp_verdict judge_arguments(size_t id, const struct seccomp_data *call)
{
    for (size_t i = 0; i < seccomp_rule_count; i++) {
        const struct seccomp_rule *rule = &seccomp_rules[i];
        if (rule->call == id && all_hold(rule, call))
            return verdict(rule->answer, rule->reason);
    }
    return verdict(ALLOW, REASON_ORDINARY);
}

static bool is_x32(uint32_t processor, int number)
{
    return seccomp_has_x32(processor) && (uint32_t)number >= SECCOMP_X32_FIRST &&
           (uint32_t)number < SECCOMP_X32_END;
}

struct seccomp_verdict seccomp_judge(uint32_t processor, const struct seccomp_data *call)
{
    if (call->arch != processor || is_x32(processor, call->nr))
        return (struct seccomp_verdict){SECCOMP_KILLED, 0, &reasons[REASON_FOREIGN]};
    const struct seccomp_call *known = find_call(processor, call->nr);
    if (known == NULL)
        return verdict(ENOSYS, REASON_UNKNOWN);
    if (known->answer == ARGS)
        return judge_arguments((size_t)(known - seccomp_calls), call);
    return verdict(known->answer, known->reason);
}

static int install(const struct sock_fprog *program, unsigned long flags)
{
    return (int)syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, flags, program);
}

bool seccomp_install(const struct seccomp_program *program, int *ret_listener, struct error *err)
{
    struct sock_filter *code = (struct sock_filter *)(uintptr_t)program->code;
    struct sock_fprog fprog = {program->count, code};
    unsigned long flags = ret_listener != NULL ? SECCOMP_FILTER_FLAG_NEW_LISTENER : 0;
    /* Without the second flag each signal restarts a call that waits for the listener: Go's
     * scheduler alone sends a hundred a second. Linux before 5.19 does not know it. */
    int result = install(&fprog, flags ? flags | SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV : 0);
    if (result < 0 && errno == EINVAL && flags != 0)
        result = install(&fprog, flags);
    if (result < 0)
        return error_sys(err, "install the system call filter");
    if (ret_listener != NULL)
        *ret_listener = result;
    return true;
}
