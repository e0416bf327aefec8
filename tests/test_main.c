/*
 * The runner: unit [-v] [-j N] [PART]
 *
 * Runs the tests whose name or file contains PART, N at a time (2), each in its own process group
 * with its output kept in a file without a name. Shows that output only if the test failed.
 */
#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <getopt.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/pidfd.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/mem.h"
#include "tests/test.h"
#include "tests/test_private.h"

/* The linker sets these around the section; weak, since a program may hold no test at all. */
extern const struct test __start_tests[] __attribute__((weak));
extern const struct test __stop_tests[] __attribute__((weak));

/* gcc says it one way, clang the other */
#if defined __SANITIZE_ADDRESS__
#define SANITIZED 1
#elif defined __has_feature
#if __has_feature(address_sanitizer)
#define SANITIZED 1
#endif
#endif
#ifndef SANITIZED
#define SANITIZED 0
#endif

enum { SLOTS_MAX = 64, SLOWER = SANITIZED ? 4 : 1 };

/* By how much tests may take longer than they say. */
static int slower = SLOWER;

struct slot {
    const struct test *test; /* NULL: free */
    struct test_record *record;
    pid_t pid;
    int pidfd, output;
    int64_t started, deadline;
    bool late;
};

struct tally {
    int passed, failed, skipped;
    bool verbose;
};

static _Noreturn void give_up(const char *what)
{
    fprintf(stderr, "test runner: %s: %s\n", what, strerror(errno));
    exit(2);
}

static _Noreturn void run_in_child(const struct slot *slot)
{
    setpgid(0, 0);
    int nothing = open("/dev/null", O_RDONLY | O_CLOEXEC);
    if (nothing < 0 || dup2(nothing, 0) < 0 || dup2(slot->output, 1) < 0 ||
        dup2(slot->output, 2) < 0)
        _exit(1);
    close(nothing);
    setvbuf(stdout, NULL, _IOLBF, 0); /* in order with what comes on stderr */
    test_record = slot->record;
    pid_t self = getpid();
    slot->test->run();
    /* a child that the test forked and forgot to end comes along here too, and may not judge */
    if (getpid() == self && test_record->state == TEST_RUNNING)
        test_record->state = TEST_PASSED;
    exit(0); /* not _exit: the leak check of the sanitizer runs at exit */
}

static void slot_start(struct slot *slot, const struct test *test)
{
    *slot->record = (struct test_record){.state = TEST_RUNNING};
    slot->output = memfd_create("test-output", MFD_CLOEXEC);
    if (slot->output < 0)
        give_up("memfd_create");
    fflush(NULL);
    slot->test = test;
    slot->started = clock_now_ns();
    slot->deadline = slot->started + (int64_t)test->seconds * slower * 1000000000;
    slot->late = false;
    slot->pid = fork();
    if (slot->pid < 0)
        give_up("fork");
    if (slot->pid == 0)
        run_in_child(slot);
    setpgid(slot->pid, slot->pid); /* in both, so that neither has to wait for the other */
    slot->pidfd = pidfd_open(slot->pid, 0);
    if (slot->pidfd < 0)
        give_up("pidfd_open");
}

static void print_sentence(const char *word, const struct test *test, double ms)
{
    printf("%-8s%s: ", word, test->file);
    for (const char *c = test->name; *c != '\0'; c++)
        putchar(*c == '_' ? ' ' : *c);
    printf(" (%.0f ms)\n", ms);
}

static void print_output(int fd)
{
    char block[4096];
    ssize_t length;
    bool at_start = true;
    for (off_t at = 0; (length = pread(fd, block, sizeof block, at)) > 0; at += length)
        for (ssize_t i = 0; i < length; i++) {
            if (at_start)
                fputs("        ", stdout);
            putchar(block[i]);
            at_start = block[i] == '\n';
        }
    if (!at_start)
        putchar('\n');
}

static int remove_entry(const char *path, const struct stat *info, int type, struct FTW *where)
{
    (void)info, (void)type, (void)where;
    remove(path);
    return 0;
}

static void print_ending(const struct slot *slot, int status)
{
    if (slot->late)
        printf("        took longer than %d s\n", slot->test->seconds * slower);
    else if (WIFSIGNALED(status))
        printf("        ended by signal %d (%s)\n", WTERMSIG(status), strsignal(WTERMSIG(status)));
    else if (slot->record->state == TEST_RUNNING)
        printf("        called exit(%d) before its end\n", WEXITSTATUS(status));
    else if (slot->record->state == TEST_PASSED)
        printf("        ended with status %d\n", WEXITSTATUS(status));
}

static void judge(const struct slot *slot, int status, struct tally *tally)
{
    double ms = clock_ms(clock_now_ns() - slot->started);
    bool ended_well = WIFEXITED(status) && WEXITSTATUS(status) == 0;
    if (slot->record->state == TEST_SKIPPED && !slot->late) {
        tally->skipped++;
        print_sentence("skipped", slot->test, ms);
        printf("        %s\n", slot->record->reason);
    } else if (slot->record->state == TEST_PASSED && ended_well) {
        tally->passed++;
        if (tally->verbose)
            print_sentence("ok", slot->test, ms);
    } else {
        tally->failed++;
        print_sentence("FAILED", slot->test, ms);
        print_output(slot->output);
        print_ending(slot, status);
    }
}

static void slot_finish(struct slot *slot, struct tally *tally)
{
    /* what the test left running goes first, while the dead leader still holds the group's id */
    kill(-slot->pid, SIGKILL);
    kill(slot->pid, SIGKILL);
    int status = 0;
    if (waitpid(slot->pid, &status, 0) < 0)
        give_up("waitpid");
    judge(slot, status, tally);
    if (slot->record->folder[0] != '\0')
        nftw(slot->record->folder, remove_entry, 16, FTW_DEPTH | FTW_PHYS);
    close(slot->pidfd);
    close(slot->output);
    slot->test = NULL;
}

static void wait_for_any(struct slot *slots, struct tally *tally)
{
    struct pollfd polls[SLOTS_MAX];
    int64_t next = INT64_MAX;
    for (int i = 0; i < SLOTS_MAX; i++) {
        polls[i] =
            (struct pollfd){.fd = slots[i].test != NULL ? slots[i].pidfd : -1, .events = POLLIN};
        if (slots[i].test != NULL && slots[i].deadline < next)
            next = slots[i].deadline;
    }
    int64_t left_ms = (next - clock_now_ns()) / 1000000 + 1;
    if (poll(polls, SLOTS_MAX, left_ms > 0 ? (int)left_ms : 0) < 0 && errno != EINTR)
        give_up("poll");
    for (int i = 0; i < SLOTS_MAX; i++) {
        if (slots[i].test == NULL)
            continue;
        slots[i].late = (polls[i].revents & POLLIN) == 0 && clock_now_ns() >= slots[i].deadline;
        if (slots[i].late || (polls[i].revents & POLLIN) != 0)
            slot_finish(&slots[i], tally);
    }
}

static struct slot *free_slot(struct slot *slots, int count)
{
    for (int i = 0; i < count; i++)
        if (slots[i].test == NULL)
            return &slots[i];
    return NULL;
}

static int count_busy(const struct slot *slots)
{
    int busy = 0;
    for (int i = 0; i < SLOTS_MAX; i++)
        busy += slots[i].test != NULL;
    return busy;
}

static void run_all(const char *part, int at_once, struct tally *tally)
{
    struct slot slots[SLOTS_MAX] = {0};
    struct test_record *records = mmap(NULL, sizeof *records * SLOTS_MAX, PROT_READ | PROT_WRITE,
                                       MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (records == MAP_FAILED)
        give_up("mmap");
    for (int i = 0; i < SLOTS_MAX; i++)
        slots[i].record = &records[i];
    for (const struct test *test = __start_tests; test < __stop_tests; test++) {
        if (strstr(test->name, part) == NULL && strstr(test->file, part) == NULL)
            continue;
        struct slot *slot;
        while ((slot = free_slot(slots, at_once)) == NULL)
            wait_for_any(slots, tally);
        slot_start(slot, test);
    }
    while (count_busy(slots) > 0)
        wait_for_any(slots, tally);
}

static int read_count(const char *text)
{
    char *end;
    long count = strtol(text, &end, 10);
    return *end == '\0' && count >= 1 && count <= SLOTS_MAX ? (int)count : 0;
}

int main(int argc, char **argv)
{
    struct tally tally = {0};
    int at_once = 2, option;
    while ((option = getopt(argc, argv, "vj:s:")) != -1) {
        if (option == 'v')
            tally.verbose = true;
        if (option == 'j')
            at_once = read_count(optarg);
        if (option == 's')
            slower = SLOWER * read_count(optarg);
        if (option == '?' || at_once == 0 || slower == 0 || argc - optind > 1) {
            fprintf(stderr, "usage: %s [-v] [-j 1..%d] [-s 1..%d] [PART]\n", argv[0], SLOTS_MAX,
                    SLOTS_MAX);
            return 2;
        }
    }
    int64_t started = clock_now_ns();
    run_all(optind < argc ? argv[optind] : "", at_once, &tally);
    printf("unit tests took %.2f s\n", clock_ms(clock_now_ns() - started) / 1000);
    printf("%d passed, %d failed, %d skipped\n", tally.passed, tally.failed, tally.skipped);
    return tally.failed > 0 || tally.passed == 0;
}
