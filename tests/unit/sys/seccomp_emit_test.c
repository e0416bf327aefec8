/*
 * The emitted programs, run instruction by instruction and held against three other opinions:
 * seccomp_judge, cases written by hand, and filters that libseccomp makes of the same policy.
 */
#include "sys/seccomp.h"

#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/personality.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>

#include "base/mem.h"
#include "sys/seccomp_private.h"
#include "tests/test.h"
#include "tests/unit/sys/bpf_simulator.h"
#include "tests/unit/sys/seccomp_edges.h"

#define HIGH UINT64_C(0x100000000)

static const uint32_t processors[] = {AUDIT_ARCH_X86_64, AUDIT_ARCH_AARCH64};

static uint32_t action_of(struct seccomp_verdict verdict, enum seccomp_mode mode)
{
    uint32_t notify = mode == SECCOMP_EXPLAIN ? SECCOMP_RET_USER_NOTIF : 0;
    switch (verdict.answer) {
    case SECCOMP_ALLOWED:
        return SECCOMP_RET_ALLOW;
    case SECCOMP_WATCHED:
        return notify ? notify : SECCOMP_RET_ALLOW;
    case SECCOMP_REFUSED:
        return notify ? notify : SECCOMP_RET_ERRNO | (uint32_t)verdict.number;
    case SECCOMP_KILLED:
        break;
    }
    return SECCOMP_RET_KILL_PROCESS;
}

static void check_like_judge(const struct seccomp_program *program, enum seccomp_mode mode,
                             uint32_t processor, const struct seccomp_data *call)
{
    uint32_t want = action_of(seccomp_judge(processor, call), mode);
    uint32_t got = bpf_simulate(program->code, program->count, call);
    if (got == want)
        return;
    fprintf(stderr, "call %#x (%s), arguments %llx %llx %llx\n", (unsigned)call->nr,
            seccomp_call_name(processor, call->nr), call->args[0], call->args[1], call->args[2]);
    CHECK_INT(got, want);
}

/* Numbers that the rules compare with, and their neighbours, come up often. */
static uint64_t draw(uint64_t *seed)
{
    static const uint64_t shapes[] = {0, HIGH, UINT64_MAX << 32, 0, 0};
    *seed = *seed * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
    uint64_t random = *seed >> 24;
    const struct seccomp_rule *rule = &seccomp_rules[random % seccomp_rule_count];
    uint32_t value = rule->when[(random >> 8) % 4].value;
    if (random >> 11 & 1)
        value += (uint32_t)(random >> 12 & 2) - 1;
    if ((random >> 14 & 7) == 0)
        value = (uint32_t)(random >> 17 & 0xff) << (random >> 25 & 0xf);
    return value | shapes[(random >> 30) % COUNT_OF(shapes)];
}

static struct seccomp_data draw_call(uint32_t processor, int number, uint64_t *seed)
{
    struct seccomp_data call = {.nr = number, .arch = processor};
    for (size_t i = 0; i < COUNT_OF(call.args); i++)
        call.args[i] = draw(seed);
    return call;
}

static void check_all_numbers(uint32_t processor, enum seccomp_mode mode)
{
    static const uint32_t borders[] = {0x3fffffff, 0x40000000, 0x40000001, 0x40000027,
                                       0x400001ff, 0x7fffffff, 0x80000000, 0xffffffff};
    struct seccomp_program program;
    seccomp_build(&program, processor, mode);
    uint64_t seed = 1;
    for (int number = 0; number < 1024; number++)
        for (int i = 0; i < 100; i++) {
            struct seccomp_data call = draw_call(processor, number, &seed);
            check_like_judge(&program, mode, processor, &call);
        }
    for (size_t i = 0; i < COUNT_OF(borders); i++) {
        struct seccomp_data call = draw_call(processor, (int)borders[i], &seed);
        check_like_judge(&program, mode, processor, &call);
    }
}

TEST(emitted_programs_answer_every_number_as_the_table_says)
{
    for (size_t i = 0; i < COUNT_OF(processors); i++) {
        check_all_numbers(processors[i], SECCOMP_STRICT);
        check_all_numbers(processors[i], SECCOMP_EXPLAIN);
    }
}

TEST(emitted_programs_apply_every_argument_rule_as_the_table_says)
{
    for (size_t i = 0; i < COUNT_OF(processors); i++) {
        struct seccomp_program program;
        seccomp_build(&program, processors[i], SECCOMP_STRICT);
        uint64_t seed = 2;
        for (size_t id = 0; id < CALL_COUNT; id++) {
            int number = seccomp_calls[id].number[seccomp_column(processors[i])];
            for (int n = 0; seccomp_calls[id].answer == ARGS && number >= 0 && n < 20000; n++) {
                struct seccomp_data call = draw_call(processors[i], number, &seed);
                check_like_judge(&program, SECCOMP_STRICT, processors[i], &call);
            }
        }
    }
}

struct edge_check {
    struct seccomp_program program;
    enum seccomp_mode mode;
    uint32_t processor;
    bool *decided; /* by rule: some call was answered as this rule says */
    bool allowed;
};

static void check_edge(const struct seccomp_data *call, void *context)
{
    struct edge_check *check = context;
    check_like_judge(&check->program, check->mode, check->processor, call);
    struct seccomp_verdict verdict = seccomp_judge(check->processor, call);
    check->allowed |= verdict.answer == SECCOMP_ALLOWED || verdict.answer == SECCOMP_WATCHED;
    for (size_t i = 0; i < seccomp_rule_count; i++) {
        const struct seccomp_rule *rule = &seccomp_rules[i];
        const struct seccomp_call *its = &seccomp_calls[rule->call];
        if (its->number[seccomp_column(check->processor)] == call->nr &&
            (rule->answer == WATCH ? verdict.answer == SECCOMP_WATCHED
                                   : verdict.number == rule->answer))
            check->decided[i] = true;
    }
}

static void check_edges(uint32_t processor, enum seccomp_mode mode)
{
    bool decided[64] = {false};
    struct edge_check check = {.mode = mode, .processor = processor, .decided = decided};
    CHECK(seccomp_rule_count <= COUNT_OF(decided));
    seccomp_build(&check.program, processor, mode);
    for (size_t id = 0; id < CALL_COUNT; id++) {
        check.allowed = false;
        if (seccomp_calls[id].answer != ARGS ||
            seccomp_calls[id].number[seccomp_column(processor)] < 0)
            continue;
        CHECK(edges_visit(id, processor, check_edge, &check) >= 9);
        CHECK(check.allowed);
    }
    for (size_t i = 0; i < seccomp_rule_count; i++)
        CHECK(decided[i] ||
              seccomp_calls[seccomp_rules[i].call].number[seccomp_column(processor)] < 0);
}

/* The edges reach both sides of every rule, or they would show nothing. */
TEST_LASTING(every_argument_rule_holds_at_its_edges_whatever_the_high_half_is, 60)
{
    for (size_t i = 0; i < COUNT_OF(processors); i++) {
        check_edges(processors[i], SECCOMP_STRICT);
        check_edges(processors[i], SECCOMP_EXPLAIN);
    }
}

static void check_door(const struct seccomp_program *program, uint32_t door)
{
    static const uint32_t borders[] = {0x3fffffff, 0x40000000, 0x400003ff,
                                       0x7fffffff, 0x80000000, 0xffffffff};
    for (size_t number = 0; number < 1024 + COUNT_OF(borders); number++) {
        uint32_t nr = number < 1024 ? (uint32_t)number : borders[number - 1024];
        struct seccomp_data call = {.nr = (int)nr, .arch = door};
        CHECK_INT(bpf_simulate(program->code, program->count, &call), SECCOMP_RET_KILL_PROCESS);
    }
}

/* Each of our two processors is a foreign door to the other; single flipped bits are no door. */
TEST(calls_through_a_foreign_door_are_killed)
{
    static const uint32_t doors[] = {AUDIT_ARCH_I386,    AUDIT_ARCH_ARM,     AUDIT_ARCH_X86_64,
                                     AUDIT_ARCH_AARCH64, AUDIT_ARCH_RISCV64, 0,
                                     UINT32_MAX};
    for (size_t i = 0; i < COUNT_OF(processors) * 2; i++) {
        uint32_t processor = processors[i / 2];
        struct seccomp_program program;
        seccomp_build(&program, processor, i % 2 ? SECCOMP_EXPLAIN : SECCOMP_STRICT);
        for (size_t door = 0; door < COUNT_OF(doors); door++)
            if (doors[door] != processor)
                check_door(&program, doors[door]);
        for (int bit = 0; bit < 32; bit++)
            check_door(&program, processor ^ UINT32_C(1) << bit);
    }
}

TEST(x32_numbers_are_killed_on_x86_64_and_unknown_on_aarch64)
{
    struct seccomp_program program;
    struct seccomp_data getpid_by_x32 = {.nr = 0x40000000 + 39, .arch = AUDIT_ARCH_X86_64};
    seccomp_build(&program, AUDIT_ARCH_X86_64, SECCOMP_STRICT);
    CHECK_INT(bpf_simulate(program.code, program.count, &getpid_by_x32), SECCOMP_RET_KILL_PROCESS);

    getpid_by_x32.arch = AUDIT_ARCH_AARCH64;
    seccomp_build(&program, AUDIT_ARCH_AARCH64, SECCOMP_STRICT);
    CHECK_INT(bpf_simulate(program.code, program.count, &getpid_by_x32),
              SECCOMP_RET_ERRNO | ENOSYS);
}

/* Written by hand, so that a mistake which judge and emitter share cannot hide. */
static const struct {
    const char *call;
    uint64_t arguments[4];
    int number;
} cases[] = {
    {"read", {0}, 0},
    {"mount", {0}, EPERM},
    {"umount2", {0}, EPERM},
    {"ptrace", {0}, EPERM},
    {"keyctl", {0}, EPERM},
    {"bpf", {0}, EPERM},
    {"clone3", {0}, ENOSYS},
    {"io_uring_setup", {0}, ENOSYS},
    {"ioctl", {0, TIOCSTI}, EPERM},
    {"ioctl", {0, TIOCSTI + HIGH}, EPERM},
    {"ioctl", {0, TIOCSTI | UINT64_MAX << 32}, EPERM},
    {"ioctl", {0, TIOCLINUX + HIGH}, EPERM},
    {"ioctl", {0, TIOCCONS + HIGH}, EPERM},
    {"ioctl", {0, TIOCSETD + HIGH}, EPERM},
    {"ioctl", {TIOCSTI, TIOCGWINSZ}, 0},
    {"ioctl", {0, TIOCSCTTY}, 0},
    {"mmap", {0, 4096, 3, MAP_PRIVATE | MAP_ANONYMOUS}, 0},
    {"mmap", {0, 4096, 3, MAP_PRIVATE | MAP_ANONYMOUS | MAP_HUGETLB}, ENOMEM},
    {"mmap", {0, 4096, 3, MAP_HUGETLB + HIGH}, ENOMEM},
    {"memfd_create", {0, 7 /* exec, sealing, cloexec */ & ~4}, 0},
    {"memfd_create", {0, 1 | MFD_HUGETLB}, EPERM},
    {"pipe2", {0, O_CLOEXEC | O_NONBLOCK | O_DIRECT}, 0},
    {"pipe2", {0, O_CLOEXEC | O_EXCL}, ENOPKG},
    {"setsockopt", {3, IPPROTO_TCP, 1 /* TCP_NODELAY */}, 0},
    {"setsockopt", {3, IPPROTO_TCP, 31 /* TCP_ULP */}, ENOPROTOOPT},
    {"setsockopt", {3, IPPROTO_TCP + HIGH, 31 + HIGH}, ENOPROTOOPT},
    {"setsockopt", {3, IPPROTO_UDP, 100 /* UDP_ENCAP */}, ENOPROTOOPT},
    {"setsockopt", {3, SOL_SOCKET, 31}, 0},
    {"clone", {SIGCHLD}, 0},
    {"clone", {CLONE_VM | CLONE_VFORK | SIGCHLD}, 0},
    {"clone", {CLONE_NEWUSER | SIGCHLD}, EPERM},
    {"clone", {CLONE_NEWNS | HIGH}, EPERM},
    {"clone", {CLONE_NEWCGROUP}, EPERM},
    {"clone", {CLONE_NEWUTS}, EPERM},
    {"clone", {CLONE_NEWIPC}, EPERM},
    {"clone", {CLONE_NEWPID}, EPERM},
    {"clone", {CLONE_NEWNET}, EPERM},
    {"clone", {UINT64_C(0x10000000) << 32}, 0}, /* the kernel does not look there either */
    {"socket", {AF_UNIX, SOCK_SEQPACKET}, 0},
    {"socket", {AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0}, 0},
    {"socket", {AF_INET, SOCK_STREAM | SOCK_NONBLOCK, IPPROTO_TCP}, 0},
    {"socket", {AF_INET6, SOCK_DGRAM, IPPROTO_UDP}, 0},
    {"socket", {AF_INET + HIGH, SOCK_STREAM + HIGH, HIGH}, 0},
    {"socket", {AF_NETLINK, SOCK_RAW}, EAFNOSUPPORT},
    {"socket", {AF_ALG + HIGH, SOCK_SEQPACKET}, EAFNOSUPPORT},
    {"socket", {AF_PACKET, SOCK_DGRAM}, EAFNOSUPPORT},
    {"socket", {AF_VSOCK, SOCK_STREAM}, EAFNOSUPPORT},
    {"socket", {AF_UNSPEC, SOCK_STREAM}, EAFNOSUPPORT},
    {"socket", {AF_INET, SOCK_RAW, IPPROTO_ICMP}, EPERM},
    {"socket", {AF_INET, SOCK_RAW | SOCK_CLOEXEC | HIGH, IPPROTO_UDP}, EPERM},
    {"socket", {AF_INET, SOCK_PACKET}, EPERM},
    {"socket", {AF_INET6, SOCK_SEQPACKET}, EPERM},
    {"socket", {AF_INET, SOCK_STREAM, IPPROTO_SCTP}, EPROTONOSUPPORT},
    {"socket", {AF_INET, SOCK_DGRAM, IPPROTO_ICMP + HIGH}, EPROTONOSUPPORT},
    {"socketpair", {AF_UNIX, SOCK_STREAM}, 0},
    {"socketpair", {AF_TIPC, SOCK_STREAM}, EAFNOSUPPORT},
    {"socketpair", {AF_INET, SOCK_RAW, IPPROTO_ICMP}, EAFNOSUPPORT},
    {"personality", {0}, 0},
    {"personality", {0xffffffff}, 0},
    {"personality", {ADDR_NO_RANDOMIZE}, 0},
    {"personality", {READ_IMPLIES_EXEC}, EPERM},
    {"personality", {READ_IMPLIES_EXEC + HIGH}, EPERM},
    {"personality", {UNAME26}, EPERM},
    {"prlimit64", {0, RLIMIT_CORE, 0}, 0},
    {"prlimit64", {0, RLIMIT_CORE, 0x1000}, EPERM},
    {"prlimit64", {0, RLIMIT_CORE + HIGH, HIGH}, EPERM},
    {"prlimit64", {0, RLIMIT_NOFILE, 0x1000}, 0},
    {"setrlimit", {RLIMIT_CORE + HIGH, 0}, EPERM},
    {"setrlimit", {RLIMIT_STACK, 0}, 0},
    {"prctl", {PR_SET_NAME}, 0},
    {"prctl", {PR_SET_VMA}, 0},
    {"prctl", {PR_SET_PTRACER}, 0},
    {"prctl", {PR_SET_MM + HIGH}, EPERM},
    {"prctl", {PR_SCHED_CORE}, EPERM},
    {"prctl", {1000}, EINVAL},
    {"prctl", {0xffffffff}, EINVAL},
    {"seccomp", {SECCOMP_SET_MODE_FILTER, 0}, 0},
    {"seccomp", {SECCOMP_SET_MODE_FILTER, SECCOMP_FILTER_FLAG_TSYNC}, 0},
    {"seccomp", {SECCOMP_SET_MODE_FILTER, SECCOMP_FILTER_FLAG_NEW_LISTENER}, EPERM},
    {"seccomp", {SECCOMP_SET_MODE_FILTER + HIGH, 0x19 + HIGH}, EPERM},
    {"mknod", {0, S_IFIFO | 0600}, 0},
    {"mknod", {0, S_IFREG | 0600}, 0},
    {"mknod", {0, 0600}, 0},
    {"mknod", {0, S_IFCHR | 0600}, EPERM},
    {"mknodat", {0, 0, S_IFSOCK}, 0},
    {"mknodat", {0, 0, S_IFBLK | 0600}, EPERM},
    {"mknodat", {0, 0, S_IFCHR + HIGH + 0x10000}, EPERM},
};

static void check_cases(uint32_t processor)
{
    struct seccomp_program program;
    seccomp_build(&program, processor, SECCOMP_STRICT);
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct seccomp_data call = {.nr = seccomp_call_number(processor, cases[i].call),
                                    .arch = processor};
        if (call.nr < 0)
            continue; /* mknod on aarch64 */
        for (size_t n = 0; n < COUNT_OF(cases[i].arguments); n++)
            call.args[n] = cases[i].arguments[n];
        uint32_t error = SECCOMP_RET_ERRNO | (uint32_t)cases[i].number;
        uint32_t want = cases[i].number == 0 ? SECCOMP_RET_ALLOW : error;
        uint32_t got = bpf_simulate(program.code, program.count, &call);
        if (got != want)
            fprintf(stderr, "%s, case %zu\n", cases[i].call, i);
        CHECK_INT(got, want);
    }
}

TEST(arguments_are_compared_as_the_kernel_reads_them)
{
    check_cases(AUDIT_ARCH_X86_64);
    check_cases(AUDIT_ARCH_AARCH64);
}

TEST(programs_leave_room_for_the_table_to_grow)
{
    for (size_t i = 0; i < COUNT_OF(processors); i++) {
        struct seccomp_program program;
        seccomp_build(&program, processors[i], SECCOMP_EXPLAIN);
        CHECK(program.count > 100 && program.count < SECCOMP_CODE_MAX - 16);
    }
}
