/*
 * Random system calls from inside a box, and whether each was answered as the table says.
 *
 *     calls SEED ROUNDS
 *
 * In each round every number from 0 to 511, and some far ones, is called with arguments drawn by
 * seed, those that are judged by their arguments many times: edges of the filter's rules, small
 * numbers, pointers good and bad, any bits. A child of its own makes each call, so that a call that
 * works may do to it what it likes. What the table refuses must fail with just the table's errno,
 * what it kills must end by SIGSYS, and what it allows must not end by SIGSYS; whether it then
 * works is the kernel's business.
 *
 * The last line is `N calls, N surprises`. Our own process is spared by name: a box may kill all
 * its processes but the first, and a signal to -1 would end the test instead of testing.
 */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "model/box.h"
#include "tests/unit/sys/seccomp_edges.h"

enum {
    NUMBERS = 512,
    NOBODY = 30000,       /* no process of a box has this number */
    ALLOWED_MS = 30,      /* then a call that waits is ended */
    ANSWER_MS = 20000,    /* a refusal needs no time, but a loaded host may */
    FILE_BYTES = 1 << 20, /* the box's disk and memory must outlive all rounds */
    MEMORY_BYTES = 96 << 20,
};

/* Shared with the child. */
struct outcome {
    int answered;
    long result;
};

static struct {
    struct outcome *outcome;
    uint64_t seed;
    char bytes[65536];
    int null;
    unsigned calls, surprises;
} fuzz;

static uint64_t random_bits(void)
{
    fuzz.seed = fuzz.seed * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
    uint64_t mixed = fuzz.seed ^ fuzz.seed >> 29;
    return mixed * UINT64_C(0xbf58476d1ce4e5b9) ^ mixed >> 32;
}

static const struct seccomp_call *call_of(int number)
{
    const char *name = seccomp_call_name(SECCOMP_NATIVE, number);
    for (size_t i = 0; name != NULL && i < CALL_COUNT; i++)
        if (strcmp(seccomp_calls[i].name, name) == 0)
            return &seccomp_calls[i];
    return NULL;
}

static uint64_t draw_pointer(void)
{
    static char paths[][24] = {
        BOX_WORK "/f", "/proc/1/mem",   ".",        "/dev/null",      "/usr/bin/true",
        "/tmp",        "/proc/self/fd", "../../..", "/sys/fs/cgroup", ""};
    uint64_t random = random_bits();
    if (random % 3 == 0)
        return (uintptr_t)paths[random / 3 % (sizeof paths / sizeof *paths)];
    if (random % 3 == 1)
        return (uintptr_t)fuzz.bytes + random / 3 % 4096;
    return random / 3 % 2 ? random & 0x7ffffffff000 : random | UINT64_C(1) << 63;
}

static uint64_t draw_bits(void)
{
    uint64_t random = random_bits();
    switch (random / 2 % 8) {
    case 0:
    case 1:
        return random / 16 % 16;
    case 2:
        return UINT64_C(1) << random / 16 % 64;
    case 3:
        return random_bits();
    case 4:
        return -(random / 16 % 16);
    case 5:
        return 0;
    default:
        return draw_pointer();
    }
}

/* Calls that act on a process or group of the box. */
static bool acts_on_processes(const char *name)
{
    static const char *const names[] = {
        "kill",       "tkill",          "tgkill",        "rt_sigqueueinfo",    "rt_tgsigqueueinfo",
        "prlimit64",  "sched_setparam", "sched_setattr", "sched_setscheduler", "setpriority",
        "ioprio_set", "setpgid"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (name != NULL && strcmp(name, names[i]) == 0)
            return true;
    return false;
}

static void spare_ourselves(struct seccomp_data *data)
{
    for (int i = 0; i < 2 && acts_on_processes(seccomp_call_name(SECCOMP_NATIVE, data->nr)); i++)
        if ((int)data->args[i] < 0 || (int)data->args[i] == getpid())
            data->args[i] = NOBODY;
}

/* An edge of some rule where a rule looks, anything elsewhere. */
static uint64_t draw_edge(const struct seccomp_call *call, int argument)
{
    struct edges edges;
    edges_of_argument(&edges, (size_t)(call - seccomp_calls), argument);
    return edges.count > 1 ? edges.values[random_bits() % edges.count] : draw_bits();
}

static bool is_judged_by_arguments(const struct seccomp_call *call)
{
    return call != NULL && call->answer == ARGS;
}

static struct seccomp_data draw_call(int number)
{
    struct seccomp_data data = {.nr = number, .arch = SECCOMP_NATIVE};
    const struct seccomp_call *call = call_of(number);
    bool edges = is_judged_by_arguments(call) && random_bits() % 8 != 0;
    for (int i = 0; i < EDGE_ARGUMENTS; i++)
        data.args[i] = edges ? draw_edge(call, i) : draw_bits();
    spare_ourselves(&data);
    return data;
}

/* By hand: libc's own would set errno, which a call may just have unmapped. */
static long make_call(const struct seccomp_data *data)
{
#ifdef __x86_64__
    register uint64_t a asm("rdi") = data->args[0], b asm("rsi") = data->args[1];
    register uint64_t c asm("rdx") = data->args[2], d asm("r10") = data->args[3];
    register uint64_t e asm("r8") = data->args[4], f asm("r9") = data->args[5];
    long result = data->nr;
    asm volatile("syscall"
                 : "+a"(result)
                 : "r"(a), "r"(b), "r"(c), "r"(d), "r"(e), "r"(f)
                 : "rcx", "r11", "memory");
    return result;
#else
    register uint64_t a asm("x0") = data->args[0], b asm("x1") = data->args[1];
    register uint64_t c asm("x2") = data->args[2], d asm("x3") = data->args[3];
    register uint64_t e asm("x4") = data->args[4], f asm("x5") = data->args[5];
    register long number asm("x8") = data->nr;
    asm volatile("svc 0"
                 : "+r"(a)
                 : "r"(b), "r"(c), "r"(d), "r"(e), "r"(f), "r"(number)
                 : "memory");
    return (long)a;
#endif
}

#ifdef __x86_64__

static long make_i386_call(const struct seccomp_data *data)
{
    long result = data->nr;
    asm volatile("int $0x80"
                 : "+a"(result)
                 : "b"(data->args[0]), "c"(data->args[1]), "d"(data->args[2])
                 : "memory");
    return result;
}

#endif

static void limit(__rlimit_resource_t resource, rlim_t value)
{
    setrlimit(resource, &(struct rlimit){value, value});
}

/* Nothing of ours is in reach of the call but this child's own memory. */
static _Noreturn void be_child(const struct seccomp_data *data,
                               long (*make)(const struct seccomp_data *))
{
    setsid();
    limit(RLIMIT_AS, MEMORY_BYTES);
    limit(RLIMIT_FSIZE, FILE_BYTES);
    limit(RLIMIT_CPU, 1);
    for (int fd = 0; fd < 3; fd++)
        dup2(fuzz.null, fd);
    close_range(3, ~0u, 0);
    long result = make(data);
    fuzz.outcome->result = result;
    fuzz.outcome->answered = 1;
    _exit(0);
}

static int wait_for(pid_t child, int limit_ms)
{
    int status = 0, pidfd = (int)syscall(SYS_pidfd_open, child, 0);
    struct pollfd end = {.fd = pidfd, .events = POLLIN};
    if (poll(&end, 1, limit_ms) == 0)
        kill(child, SIGKILL);
    close(pidfd);
    while (waitpid(child, &status, __WALL) < 0 && errno == EINTR)
        continue;
    while (waitpid(-1, NULL, __WALL | WNOHANG) > 0)
        continue; /* what a clone made a child of ours */
    return status;
}

static bool is_as_judged(struct seccomp_verdict verdict, int status)
{
    bool ended_by_filter = WIFSIGNALED(status) && WTERMSIG(status) == SIGSYS;
    if (verdict.answer == SECCOMP_KILLED)
        return ended_by_filter && !fuzz.outcome->answered;
    if (verdict.answer == SECCOMP_REFUSED)
        return fuzz.outcome->answered && fuzz.outcome->result == -verdict.number;
    return !ended_by_filter;
}

static void try_call(const struct seccomp_data *data, struct seccomp_verdict verdict,
                     long (*make)(const struct seccomp_data *))
{
    bool may_wait = verdict.answer == SECCOMP_ALLOWED || verdict.answer == SECCOMP_WATCHED;
    *fuzz.outcome = (struct outcome){0};
    pid_t child = fork();
    if (child < 0) {
        perror("calls: fork");
        exit(2);
    }
    if (child == 0)
        be_child(data, make);
    int status = wait_for(child, may_wait ? ALLOWED_MS : ANSWER_MS);
    fuzz.calls++;
    if (is_as_judged(verdict, status))
        return;
    fuzz.surprises++;
    const char *name = seccomp_call_name(SECCOMP_NATIVE, data->nr);
    printf("surprise: %#x (%s) %llx %llx %llx %llx: judged %d (%s), status %#x, answered %d: %ld\n",
           (unsigned)data->nr, name != NULL ? name : "unknown", data->args[0], data->args[1],
           data->args[2], data->args[3], (int)verdict.answer, verdict.reason->key, (unsigned)status,
           fuzz.outcome->answered, fuzz.outcome->result);
}

static void try_number(int number)
{
    struct seccomp_data data = draw_call(number);
    try_call(&data, seccomp_judge(SECCOMP_NATIVE, &data), make_call);
}

static void try_other_doors(int number)
{
#ifdef __x86_64__
    try_number((int)(SECCOMP_X32_FIRST + (unsigned)number));
    struct seccomp_data data = draw_call(number);
    data.arch = AUDIT_ARCH_I386;
    try_call(&data, seccomp_judge(SECCOMP_NATIVE, &data), make_i386_call);
#endif
    (void)number;
}

static void play_round(void)
{
    static const unsigned far[] = {0x3fffffff, 0x7fffffff, 0x80000000, 0xffffffff, 0x80000027};
    for (size_t i = 0; i < sizeof fuzz.bytes; i++)
        fuzz.bytes[i] = (char)(random_bits() >> 40);
    for (int number = 0; number < NUMBERS; number++)
        for (int n = is_judged_by_arguments(call_of(number)) ? 32 : 1; n > 0; n--)
            try_number(number);
    for (size_t i = 0; i < sizeof far / sizeof *far; i++)
        try_number((int)far[i]);
    for (int i = 0; i < 32; i++)
        try_other_doors((int)(random_bits() % NUMBERS));
}

int main(int argc, char **argv)
{
    if (argc != 3) {
        fprintf(stderr, "usage: %s SEED ROUNDS\n", argv[0]);
        return 2;
    }
    fuzz.seed = strtoull(argv[1], NULL, 10);
    fuzz.null = open("/dev/null", O_RDWR | O_CLOEXEC);
    fuzz.outcome = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    setvbuf(stdout, NULL, _IOLBF, 0);
    if (fuzz.outcome == MAP_FAILED || fuzz.null < 0)
        return 2;
    for (long round = strtol(argv[2], NULL, 10); round > 0; round--)
        play_round();
    printf("%u calls, %u surprises\n", fuzz.calls, fuzz.surprises);
    return fuzz.surprises > 0;
}
