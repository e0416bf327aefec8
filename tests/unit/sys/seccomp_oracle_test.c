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
#include "tests/unit/sys/seccomp_edges.h"

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

struct program {
    struct sock_filter code[4096];
    size_t count;
};

/* One processor, its filters by libseccomp and ours. */
struct bench {
    uint32_t arch, processor;
    struct program list, exceptions;
    struct seccomp_program ours;
};

static scmp_filter_ctx filter_for(uint32_t arch, uint32_t action)
{
    scmp_filter_ctx filter = seccomp_init(action);
    CHECK(filter != NULL);
    CHECK_INT(seccomp_attr_set(filter, SCMP_FLTATR_ACT_BADARCH, SCMP_ACT_KILL_PROCESS), 0);
    if (arch != seccomp_arch_native()) {
        CHECK_INT(seccomp_arch_add(filter, arch), 0);
        CHECK_INT(seccomp_arch_remove(filter, seccomp_arch_native()), 0);
    }
    return filter;
}

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

/* libseccomp wants the number that the call has here, and finds that of another processor by
 * name; so it can only speak of calls that it knows. */
static int native_number(const char *name)
{
    return seccomp_syscall_resolve_name(name);
}

#define PERMIT(name, count, ...)                                                                   \
    CHECK_INT(seccomp_rule_add(filter, SCMP_ACT_ALLOW, native_number(name), count, __VA_ARGS__), 0)
#define REFUSE(name, count, ...)                                                                   \
    CHECK_INT(                                                                                     \
        seccomp_rule_add(filter, SCMP_ACT_ERRNO(EPERM), native_number(name), count, __VA_ARGS__),  \
        0)
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

/* Newer calls than libseccomp knows can be given to it only as numbers of this processor. */
static int listed_number(const struct seccomp_call *call, uint32_t arch)
{
    int number = native_number(call->name);
    if (number == __NR_SCMP_ERROR && arch == seccomp_arch_native())
        return seccomp_call_number(SECCOMP_NATIVE, call->name);
    return number;
}

/* What is not listed is ENOSYS. Calls that are easier to say the other way round are left out. */
static void make_list(struct program *ret, uint32_t arch)
{
    scmp_filter_ctx filter = filter_for(arch, SCMP_ACT_ERRNO(ENOSYS));
    for (size_t id = 0; id < CALL_COUNT; id++) {
        const struct seccomp_call *call = &seccomp_calls[id];
        uint32_t action = call->answer == EPERM ? SCMP_ACT_ERRNO(EPERM) : SCMP_ACT_ALLOW;
        int number = listed_number(call, arch);
        if (number != __NR_SCMP_ERROR && call->answer != ARGS && call->answer != ENOSYS)
            CHECK_INT(seccomp_rule_add(filter, action, number, 0), 0);
    }
    permit_by_argument(filter);
    export(filter, ret);
}

/* What is not refused is allowed. */
static void make_exceptions(struct program *ret, uint32_t arch)
{
    scmp_filter_ctx filter = filter_for(arch, SCMP_ACT_ALLOW);
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

static const struct seccomp_call *find(uint32_t processor, int number)
{
    for (size_t id = 0; id < CALL_COUNT; id++)
        if (number >= 0 && seccomp_calls[id].number[seccomp_column(processor)] == number)
            return &seccomp_calls[id];
    return NULL;
}

static bool by_argument(uint32_t processor, int number)
{
    const struct seccomp_call *call = find(processor, number);
    return call != NULL && call->answer == ARGS;
}

static bool is_new_elsewhere(const struct bench *bench, int number)
{
    const struct seccomp_call *call = find(bench->processor, number);
    return call != NULL && bench->arch != seccomp_arch_native() &&
           native_number(call->name) == __NR_SCMP_ERROR;
}

static void check_call(const struct seccomp_data *call, void *context)
{
    const struct bench *bench = context;
    const char *name = seccomp_call_name(bench->processor, call->nr);
    if (is_beyond_libseccomp(name, call) || is_new_elsewhere(bench, call->nr))
        return;
    const struct program *theirs = is_exception(name) ? &bench->exceptions : &bench->list;
    uint32_t want = bpf_simulate(theirs->code, theirs->count, call);
    uint32_t got = bpf_simulate(bench->ours.code, bench->ours.count, call);
    /* of calls judged by arguments the list knows only whether, not with which errno */
    bool same = call->arch == bench->processor && by_argument(bench->processor, call->nr)
                    ? (got == SECCOMP_RET_ALLOW) == (want == SECCOMP_RET_ALLOW)
                    : got == want;
    if (!same)
        fprintf(stderr, "%x: %s (%d) %llx %llx %llx: ours %x, theirs %x\n", call->arch, name,
                call->nr, call->args[0], call->args[1], call->args[2], got, want);
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

static void check_drawn(struct bench *bench)
{
    uint64_t seed = 3;
    for (int number = 0; number < 1024; number++)
        for (int n = 0; n < (by_argument(bench->processor, number) ? 20000 : 20); n++) {
            struct seccomp_data call = {.nr = number, .arch = bench->processor};
            for (size_t i = 0; i < 4; i++)
                call.args[i] = draw(&seed, n % 2 ? &bench->list : &bench->exceptions);
            check_call(&call, bench);
        }
}

static void check_edges(struct bench *bench)
{
    for (size_t id = 0; id < CALL_COUNT; id++)
        if (seccomp_calls[id].answer == ARGS &&
            seccomp_calls[id].number[seccomp_column(bench->processor)] >= 0)
            edges_visit(id, bench->processor, check_call, bench);
}

/* Every number through the doors of other processors, and x32's through our own. */
static void check_doors(struct bench *bench)
{
    static const uint32_t doors[] = {AUDIT_ARCH_I386, AUDIT_ARCH_ARM, AUDIT_ARCH_X86_64,
                                     AUDIT_ARCH_AARCH64};
    for (size_t door = 0; door < COUNT_OF(doors); door++)
        for (int number = 0; number < 1024; number++)
            check_call(&(struct seccomp_data){.nr = number, .arch = doors[door]}, bench);
    for (int number = 0; number < 1024 && bench->processor == AUDIT_ARCH_X86_64; number++) {
        struct seccomp_data x32 = {.nr = (int)SECCOMP_X32_FIRST + number, .arch = bench->processor};
        check_call(&x32, bench);
    }
}

static void check_processor(uint32_t arch, uint32_t processor)
{
    static struct bench bench;
    bench = (struct bench){.arch = arch, .processor = processor};
    make_list(&bench.list, arch);
    make_exceptions(&bench.exceptions, arch);
    seccomp_build(&bench.ours, processor, SECCOMP_STRICT);
    check_doors(&bench);
    check_edges(&bench);
    check_drawn(&bench);
}

TEST_LASTING(filters_of_libseccomp_agree_on_x86_64, 60)
{
    check_processor(SCMP_ARCH_X86_64, AUDIT_ARCH_X86_64);
}

TEST_LASTING(filters_of_libseccomp_agree_on_aarch64, 60)
{
    check_processor(SCMP_ARCH_AARCH64, AUDIT_ARCH_AARCH64);
}

#endif
