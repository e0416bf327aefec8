/*
 * A second opinion on numbers and answers: libseccomp's, where it is installed. It puts together
 * the same policy in its own way, with what is allowed listed instead of what is refused wherever
 * it can say that.
 */
#include "sys/seccomp.h"

#include "tests/test.h"

#if !__has_include(<seccomp.h>)

TEST(filters_of_libseccomp_agree)
{
    test_skip("libseccomp's headers are not installed");
}

#else

#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <sched.h>
#include <seccomp.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/personality.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/mem.h"
#include "sys/seccomp_private.h"
#include "tests/unit/sys/bpf_simulator.h"

#define LOW 0xffffffff

/* Newer than any libseccomp that we meet may know; older than that it must know. */
static const int newest_known = 449;

static void check_number(const struct seccomp_call *call, uint32_t arch, int ours)
{
    int theirs = seccomp_syscall_resolve_name_arch(arch, call->name);
    if (theirs == __NR_SCMP_ERROR) /* two that only the kernel's own trampolines make */
        CHECK(ours < 0 || ours > newest_known || strstr(call->name, "uprobe") != NULL ||
              strcmp(call->name, "uretprobe") == 0);
    else if (theirs < 0)
        CHECK_INT(ours, -1);
    else
        CHECK_INT(ours, theirs);
}

TEST(numbers_are_those_of_libseccomp)
{
    for (size_t id = 0; id < CALL_COUNT; id++) {
        check_number(&seccomp_calls[id], SCMP_ARCH_X86_64, seccomp_calls[id].number[0]);
        check_number(&seccomp_calls[id], SCMP_ARCH_AARCH64, seccomp_calls[id].number[1]);
    }
}

static void check_known(uint32_t arch, uint32_t processor)
{
    for (int number = 0; number <= newest_known; number++) {
        auto_free char *name = seccomp_syscall_resolve_num_arch(arch, number);
        if (name != NULL)
            CHECK_TEXT(seccomp_call_name(processor, number), name);
    }
}

TEST(no_call_that_libseccomp_knows_is_missing)
{
    check_known(SCMP_ARCH_X86_64, AUDIT_ARCH_X86_64);
    check_known(SCMP_ARCH_AARCH64, AUDIT_ARCH_AARCH64);
}

TEST(no_number_stands_twice_in_the_table)
{
    for (int column = 0; column < 2; column++) {
        bool taken[SECCOMP_NUMBERS] = {false};
        for (size_t id = 0; id < CALL_COUNT; id++) {
            int number = seccomp_calls[id].number[column];
            CHECK(number < SECCOMP_NUMBERS);
            CHECK(number < 0 || !taken[number]);
            if (number >= 0)
                taken[number] = true;
        }
    }
}

#ifdef __x86_64__

struct program {
    struct sock_filter code[4096];
    size_t count;
};

static void export(scmp_filter_ctx filter, struct program *ret)
{
    int fd = memfd_create("filter", MFD_CLOEXEC);
    CHECK_INT(seccomp_export_bpf(filter, fd), 0);
    ssize_t size = pread(fd, ret->code, sizeof ret->code, 0);
    CHECK(size > 0 && (size_t)size < sizeof ret->code);
    ret->count = (size_t)size / sizeof *ret->code;
    close(fd);
    seccomp_release(filter);
}

static int number_of(const char *name)
{
    return seccomp_call_number(AUDIT_ARCH_X86_64, name);
}

#define PERMIT(name, count, ...)                                                                   \
    CHECK_INT(seccomp_rule_add(filter, SCMP_ACT_ALLOW, number_of(name), count, __VA_ARGS__), 0)
#define REFUSE(name, count, ...)                                                                   \
    CHECK_INT(                                                                                     \
        seccomp_rule_add(filter, SCMP_ACT_ERRNO(EPERM), number_of(name), count, __VA_ARGS__), 0)
#define EQUAL(argument, mask, value) SCMP_CMP(argument, SCMP_CMP_MASKED_EQ, mask, value)

static void permit_sockets(scmp_filter_ctx filter)
{
    static const int families[] = {AF_INET, AF_INET6}, types[] = {SOCK_STREAM, SOCK_DGRAM};
    static const int protocols[] = {0, IPPROTO_TCP, IPPROTO_UDP};
    PERMIT("socket", 1, EQUAL(0, LOW, AF_UNIX));
    PERMIT("socketpair", 1, EQUAL(0, LOW, AF_UNIX));
    for (size_t i = 0; i < COUNT_OF(families) * COUNT_OF(types) * COUNT_OF(protocols); i++)
        PERMIT("socket", 3, EQUAL(0, LOW, (uint64_t)families[i % 2]),
               EQUAL(1, 0xf, (uint64_t)types[i / 2 % 2]),
               EQUAL(2, LOW, (uint64_t)protocols[i / 4]));
}

static void permit_by_argument(scmp_filter_ctx filter)
{
    static const uint64_t kinds[] = {0, S_IFREG, S_IFIFO, S_IFSOCK};
    for (size_t i = 0; i < COUNT_OF(kinds); i++) {
        PERMIT("mknod", 1, EQUAL(1, S_IFMT, kinds[i]));
        PERMIT("mknodat", 1, EQUAL(2, S_IFMT, kinds[i]));
    }
    PERMIT("clone", 1, EQUAL(0, 0x7e020000, 0));
    PERMIT("personality", 1, EQUAL(0, LOW, 0));
    PERMIT("personality", 1, EQUAL(0, LOW, LOW));
    PERMIT("personality", 1, EQUAL(0, LOW, ADDR_NO_RANDOMIZE));
    permit_sockets(filter);
}

/* What is not listed is ENOSYS. Calls that are easier to say the other way round are left out. */
static void make_list(struct program *ret)
{
    scmp_filter_ctx filter = seccomp_init(SCMP_ACT_ERRNO(ENOSYS));
    for (size_t id = 0; id < CALL_COUNT; id++) {
        const struct seccomp_call *call = &seccomp_calls[id];
        uint32_t action = call->answer == EPERM ? SCMP_ACT_ERRNO(EPERM) : SCMP_ACT_ALLOW;
        if (call->number[0] >= 0 && call->answer != ARGS && call->answer != ENOSYS)
            CHECK_INT(seccomp_rule_add(filter, action, call->number[0], 0), 0);
    }
    permit_by_argument(filter);
    export(filter, ret);
}

/* What is not refused is allowed. */
static void make_exceptions(struct program *ret)
{
    scmp_filter_ctx filter = seccomp_init(SCMP_ACT_ALLOW);
    REFUSE("ioctl", 1, EQUAL(1, LOW, TIOCSTI));
    REFUSE("ioctl", 1, EQUAL(1, LOW, TIOCLINUX));
    REFUSE("ioctl", 1, EQUAL(1, LOW, TIOCCONS));
    REFUSE("ioctl", 1, EQUAL(1, LOW, TIOCSETD));
    REFUSE("prctl", 1, EQUAL(0, LOW, PR_SET_MM));
    REFUSE("prctl", 1, EQUAL(0, LOW, 62));
    REFUSE("seccomp", 2, EQUAL(0, LOW, 1), EQUAL(1, 8, 8));
    REFUSE("setrlimit", 1, EQUAL(0, LOW, RLIMIT_CORE));
    REFUSE("prlimit64", 2, EQUAL(1, LOW, RLIMIT_CORE), SCMP_CMP(2, SCMP_CMP_NE, 0, 0));
    REFUSE("prlimit64", 2, EQUAL(0, LOW, 1), SCMP_CMP(2, SCMP_CMP_NE, 0, 0));
    REFUSE("sched_setaffinity", 1, EQUAL(0, LOW, 1));
    REFUSE("sched_setparam", 1, EQUAL(0, LOW, 1));
    REFUSE("sched_setscheduler", 1, EQUAL(0, LOW, 1));
    REFUSE("sched_setattr", 1, EQUAL(0, LOW, 1));
    REFUSE("setpriority", 2, EQUAL(0, LOW, PRIO_PROCESS), EQUAL(1, LOW, 1));
    REFUSE("ioprio_set", 2, EQUAL(0, LOW, 1), EQUAL(1, LOW, 1));
    REFUSE("mmap", 1, EQUAL(3, MAP_HUGETLB, MAP_HUGETLB));
    REFUSE("memfd_create", 1, EQUAL(1, MFD_HUGETLB, MFD_HUGETLB));
    REFUSE("pipe2", 1, EQUAL(1, O_EXCL, O_EXCL));
    REFUSE("setsockopt", 2, EQUAL(1, LOW, IPPROTO_TCP), EQUAL(2, LOW, 31 /* TCP_ULP */));
    REFUSE("setsockopt", 2, EQUAL(1, LOW, IPPROTO_UDP), EQUAL(2, LOW, 100 /* UDP_ENCAP */));
    export(filter, ret);
}

static bool is_exception(const char *name)
{
    static const char *const names[] = {
        "ioctl",        "prctl",          "seccomp",           "setrlimit",
        "prlimit64",    "sched_setparam", "sched_setattr",     "sched_setscheduler",
        "setpriority",  "ioprio_set",     "sched_setaffinity", "mmap",
        "memfd_create", "pipe2",          "setsockopt"};
    for (size_t i = 0; i < COUNT_OF(names); i++)
        if (name != NULL && strcmp(name, names[i]) == 0)
            return true;
    return false;
}

/* libseccomp has no way to say "more than 78 and none of these three". */
static bool is_beyond_libseccomp(const char *name, const struct seccomp_data *call)
{
    return name != NULL && strcmp(name, "prctl") == 0 && (uint32_t)call->args[0] > 78;
}

static bool by_argument(int number)
{
    for (size_t id = 0; id < CALL_COUNT; id++)
        if (seccomp_calls[id].number[0] == number)
            return seccomp_calls[id].answer == ARGS;
    return false;
}

static void check_call(const struct program *list, const struct program *exceptions,
                       const struct seccomp_program *ours, const struct seccomp_data *call)
{
    const char *name = seccomp_call_name(AUDIT_ARCH_X86_64, call->nr);
    if (is_beyond_libseccomp(name, call))
        return;
    const struct program *theirs = is_exception(name) ? exceptions : list;
    uint32_t want = bpf_simulate(theirs->code, theirs->count, call);
    uint32_t got = bpf_simulate(ours->code, ours->count, call);
    /* of calls judged by arguments the list knows only whether, not with which errno */
    bool same = by_argument(call->nr) ? (got == SECCOMP_RET_ALLOW) == (want == SECCOMP_RET_ALLOW)
                                      : got == want;
    if (!same)
        fprintf(stderr, "%s (%d) %llx %llx %llx\n", name, call->nr, call->args[0], call->args[1],
                call->args[2]);
    CHECK(same);
}

static uint64_t draw(uint64_t *seed, const struct program *from)
{
    *seed = *seed * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
    uint64_t random = *seed >> 20;
    uint64_t value = from->code[random % from->count].k;
    if (random >> 13 & 1)
        value = (random >> 14) & 0x4f;
    return (random >> 32 & 3) != 0 ? value : value | random >> 14 << 32;
}

TEST_LASTING(filters_of_libseccomp_agree, 60)
{
    static struct program list, exceptions;
    struct seccomp_program ours;
    make_list(&list);
    make_exceptions(&exceptions);
    seccomp_build(&ours, AUDIT_ARCH_X86_64, SECCOMP_STRICT);
    uint64_t seed = 3;
    for (int number = 0; number < 1024; number++)
        for (int n = 0; n < (by_argument(number) ? 20000 : 20); n++) {
            struct seccomp_data call = {.nr = number, .arch = AUDIT_ARCH_X86_64};
            for (size_t i = 0; i < 4; i++)
                call.args[i] = draw(&seed, n % 2 ? &list : &exceptions);
            check_call(&list, &exceptions, &ours, &call);
        }
}

#endif
#endif
