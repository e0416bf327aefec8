/*
 * A guest under an explaining filter, and a listener that writes down what it is told.
 *
 * The guest makes system calls one by one; before each it makes a refused call with the number of
 * the attempt, which the listener is told too: so each refusal is known by its attempt.
 */
#pragma once

#include "sandbox/explain.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/mem.h"
#include "base/str.h"
#include "sys/fd.h"
#include "sys/message.h"
#include "sys/seccomp.h"
#include "tests/test.h"

enum { GUEST_ID = 1000, ATTEMPTS_MAX = 128, MARKER = SYS_ptrace };

struct attempt {
    long call;
    long args[5];
    int number;       /* errno that it ends in, 0: none */
    const char *told; /* what the path told ends in; NULL: nothing is told */
};

#define PATH(text) ((long)(uintptr_t)(text))

struct notebook {
    struct loop *loop;
    struct explain *explain;
    int attempt; /* the one under way */
    int count;   /* of all refusals, markers too */
    int told[ATTEMPTS_MAX];
    struct box_refusal refusals[ATTEMPTS_MAX]; /* the last of each */
    void (*on_tell)(struct notebook *book);
};

struct guest {
    pid_t pid;
    int pidfd, listener, talk;
};

static inline uint32_t guest_id(void)
{
    return geteuid() == 0 ? GUEST_ID : geteuid();
}

static inline void guest_become_ordinary(void)
{
    if (geteuid() == 0 && (setresgid(GUEST_ID, GUEST_ID, GUEST_ID) < 0 ||
                           setresuid(GUEST_ID, GUEST_ID, GUEST_ID) < 0))
        _exit(101);
}

static inline void guest_confine(int talk)
{
    struct seccomp_program program;
    struct error err;
    int listener = -1;
    seccomp_build(&program, SECCOMP_NATIVE, SECCOMP_EXPLAIN);
    if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0 || !seccomp_install(&program, &listener, &err) ||
        !message_send(talk, STR("listener"), &listener, 1, &err))
        _exit(102);
    fd_close_at(&listener);
}

/* `live` runs under the filter; what it returns is the exit status. `prepare` runs before it. */
static inline struct guest guest_start(void (*prepare)(void), int (*live)(void *), void *cookie)
{
    struct guest guest;
    struct error err;
    int ends[2], fds[1], count = COUNT_OF(fds);
    char word[16];
    test_need_native_speed(); /* telling ends after a time */
    CHECK_OK(fd_pair(SOCK_SEQPACKET, ends, &err), err);
    guest.pid = fork();
    CHECK(guest.pid >= 0);
    if (guest.pid == 0) {
        if (prepare != NULL)
            prepare();
        guest_become_ordinary();
        guest_confine(ends[1]);
        _exit(live(cookie));
    }
    fd_close_at(&ends[1]);
    CHECK_INT(message_receive(ends[0], word, sizeof word, fds, &count, &err), 8);
    CHECK_INT(count, 1);
    guest.talk = ends[0];
    guest.listener = fds[0];
    guest.pidfd = (int)syscall(SYS_pidfd_open, guest.pid, 0);
    CHECK(guest.pidfd >= 0);
    return guest;
}

static inline void note(void *cookie, const struct box_refusal *refusal)
{
    struct notebook *book = cookie;
    book->count++;
    if (refusal->call == MARKER) {
        book->attempt = (int)refusal->argument;
    } else {
        CHECK(book->attempt >= 0 && book->attempt < ATTEMPTS_MAX);
        book->told[book->attempt]++;
        book->refusals[book->attempt] = *refusal;
    }
    if (book->on_tell != NULL)
        book->on_tell(book);
}

static inline void stop_loop(void *cookie)
{
    loop_stop(cookie);
}

static inline void listen_to(struct guest *guest, struct notebook *book)
{
    struct error err;
    book->loop = loop_new(&err);
    CHECK(book->loop != NULL);
    CHECK_OK(loop_add(book->loop, guest->pidfd, EPOLLIN, stop_loop, book->loop, &err), err);
    book->explain = explain_new(book->loop, fd_steal(&guest->listener), guest_id(), guest_id(),
                                note, book, &err);
    CHECK_OK(book->explain != NULL, err);
}

static inline int end_of(struct guest *guest)
{
    int status;
    CHECK_INT(waitpid(guest->pid, &status, 0), guest->pid);
    fd_close_at(&guest->pidfd);
    fd_close_at(&guest->talk);
    return status;
}

/* Until it ends; its wait status. */
static inline int guest_watch(struct guest *guest, struct notebook *book)
{
    struct error err;
    listen_to(guest, book);
    CHECK_OK(loop_run(book->loop, &err), err);
    explain_free(book->explain);
    loop_free(book->loop);
    return end_of(guest);
}

struct attempts {
    const struct attempt *list;
    int count;
    int *results; /* errnos, in memory that both sides see */
};

static inline int guest_make_attempts(void *cookie)
{
    const struct attempts *attempts = cookie;
    for (int i = 0; i < attempts->count; i++) {
        const struct attempt *attempt = &attempts->list[i];
        const long *args = attempt->args;
        syscall(MARKER, i, 0, 0, 0);
        long result = syscall(attempt->call, args[0], args[1], args[2], args[3], args[4]);
        attempts->results[i] = result < 0 ? errno : 0;
    }
    return 0;
}

static inline void check_attempt(const struct attempt *attempt, int number, int told,
                                 const struct box_refusal *refusal, int which)
{
    auto_free char *name = mem_text("attempt %d (%s of %s): ", which,
                                    seccomp_call_name(SECCOMP_NATIVE, (int)attempt->call),
                                    attempt->told != NULL ? attempt->told : "nothing to tell");
    auto_free char *want =
        mem_text("%serrno %d, told %d times, errno %d, path %s", name, attempt->number,
                 attempt->told != NULL, attempt->told != NULL ? attempt->number : 0,
                 attempt->told != NULL ? attempt->told : "");
    bool ends_well = attempt->told != NULL && str_ends(str_from(refusal->path), attempt->told);
    auto_free char *got =
        mem_text("%serrno %d, told %d times, errno %d, path %s", name, number, told,
                 refusal->number, ends_well ? attempt->told : refusal->path);
    CHECK_TEXT(got, want);
    CHECK_INT(told == 0 ? attempt->call : refusal->call, attempt->call);
}

static inline int open_fds(void)
{
    int count = 0;
    for (int fd = 0; fd < 1024; fd++)
        count += fcntl(fd, F_GETFD) >= 0;
    return count;
}

/* Each must end as foretold, and be told if and only if it says so. */
static inline void check_attempts(void (*prepare)(void), const struct attempt *list, int count)
{
    struct notebook *book = mem_alloc(sizeof *book);
    CHECK(count <= ATTEMPTS_MAX);
    int *results = mmap(NULL, sizeof(int) * ATTEMPTS_MAX, PROT_READ | PROT_WRITE,
                        MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    CHECK(results != MAP_FAILED);
    struct attempts attempts = {list, count, results};
    int fds = open_fds();
    struct guest guest = guest_start(prepare, guest_make_attempts, &attempts);
    CHECK_INT(guest_watch(&guest, book), 0);
    CHECK_INT(open_fds(), fds);
    for (int i = 0; i < count; i++)
        check_attempt(&list[i], results[i], book->told[i], &book->refusals[i], i);
    munmap(results, sizeof(int) * ATTEMPTS_MAX);
    free(book);
}
