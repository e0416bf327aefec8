/* The listener: it answers as the strict filter would, and tells what was refused. */
#include "sandbox/explain.h"

#include <fcntl.h>
#include <pthread.h>
#include <sched.h>
#include <stdio.h>
#include <sys/ioctl.h>
#include <sys/stat.h>

#include "tests/unit/sandbox/explain_guest.h"

static void enter_folder(void)
{
    if (chmod(test_folder(), 0777) < 0 || chdir(test_folder()) < 0)
        _exit(100);
}

/* The child inherits the name; the folder itself must be made by the test's own process. */
static void use_folder(void)
{
    CHECK_INT(chmod(test_folder(), 0777), 0);
}

TEST(explain_answers_refused_calls_with_their_errno_and_tells_them)
{
    const struct attempt list[] = {
        {SYS_mount, {PATH("none"), PATH("/mnt"), PATH("tmpfs"), 3, 0}, EPERM, "/mnt"},
        {SYS_chroot, {PATH("/tmp")}, EPERM, "/tmp"},
        {SYS_unshare, {CLONE_NEWNET}, EPERM, ""},
        {SYS_socket, {38 /* AF_ALG */, SOCK_SEQPACKET, 0}, EAFNOSUPPORT, ""},
        {SYS_socket, {AF_INET, SOCK_RAW, 1}, EPERM, ""},
        {SYS_ioctl, {0, TIOCSTI, 0}, EPERM, ""},
        {SYS_clone, {CLONE_NEWUSER | SIGCHLD, 0, 0, 0, 0}, EPERM, ""},
        {475, {0}, ENOSYS, ""},
        {SYS_chroot, {8}, EPERM, ""}, /* unreadable */
    };
    check_attempts(NULL, list, COUNT_OF(list));
}

static int refuse_some(void *cookie)
{
    (void)cookie;
    syscall(MARKER, 0);
    syscall(SYS_socket, 38, SOCK_SEQPACKET, 0);
    syscall(MARKER, 1);
    syscall(SYS_ioctl, 0, TIOCSTI, 0);
    syscall(MARKER, 2);
    syscall(SYS_clone, CLONE_NEWUSER | SIGCHLD, 0, 0, 0, 0);
    syscall(MARKER, 3);
    syscall(SYS_mount, "none", "/mnt", "tmpfs", 3, NULL);
    return 0;
}

TEST(explain_tells_the_argument_that_matters)
{
    struct notebook book = {};
    struct guest guest = guest_start(NULL, refuse_some, NULL);
    CHECK_INT(guest_watch(&guest, &book), 0);
    CHECK_INT(book.refusals[0].argument, 38);
    CHECK_INT(book.refusals[1].argument, TIOCSTI);
    CHECK_INT(book.refusals[2].argument, CLONE_NEWUSER | SIGCHLD);
    CHECK_INT(book.refusals[3].argument, 3);
}

TEST(explain_lets_allowed_things_happen_and_is_silent_about_them)
{
    const struct attempt list[] = {
        {SYS_getpid, {}, 0, NULL},
        {SYS_mkdirat, {AT_FDCWD, PATH("a"), 0755}, 0, NULL},
        {SYS_openat, {AT_FDCWD, PATH("a/b"), O_CREAT | O_WRONLY, 0644}, 0, NULL},
        {SYS_openat, {AT_FDCWD, PATH("a/b"), O_RDONLY}, 0, NULL},
        {SYS_mkdirat, {AT_FDCWD, PATH("a"), 0755}, EEXIST, NULL},
        {SYS_unlinkat, {AT_FDCWD, PATH("a/b"), 0}, 0, NULL},
        {SYS_unlinkat, {AT_FDCWD, PATH("a"), AT_REMOVEDIR}, 0, NULL},
        {SYS_openat, {AT_FDCWD, PATH("/dev/null"), O_RDWR}, 0, NULL},
        {SYS_socket, {AF_UNIX, SOCK_STREAM, 0}, 0, NULL},
        {SYS_read, {-1, 0, 0}, EBADF, NULL},
    };
    use_folder();
    check_attempts(enter_folder, list, COUNT_OF(list));
}

static int run_script(void *cookie)
{
    execl("/bin/sh", "sh", "-ec", cookie, NULL);
    return 127;
}

TEST(programs_run_under_an_explaining_filter)
{
    static char script[] = "mkdir d; echo hello > d/f; test \"$(cat d/f)\" = hello; mv d/f d/g;"
                           "rm -r d; (sleep 0.01; exit 3) || test $? = 3; ls /dev/fd/ >list";
    static struct notebook book;
    use_folder();
    struct guest guest = guest_start(enter_folder, run_script, script);
    CHECK_INT(guest_watch(&guest, &book), 0);
}

static int search_again_and_again(void *cookie)
{
    (void)cookie;
    for (int i = 0; i < 5; i++)
        open("/missing/one", O_RDONLY);
    for (int i = 0; i < 3; i++)
        open("/missing/two", O_RDONLY);
    open("/missing/one", O_RDONLY);
    return 0;
}

TEST(explain_tells_a_repeated_refusal_once)
{
    struct notebook book = {};
    struct guest guest = guest_start(NULL, search_again_and_again, NULL);
    CHECK_INT(guest_watch(&guest, &book), 0);
    CHECK_INT(book.count, 3);
    CHECK_TEXT(book.refusals[0].path, "/missing/one");
}

static int refuse_too_often(void *cookie)
{
    (void)cookie;
    for (int i = 0; i < 12000; i++)
        if (syscall(SYS_socket, i % 2 + 100, SOCK_STREAM, 0) >= 0 || errno != EAFNOSUPPORT)
            return 1;
    int ours = open("/dev/null", O_RDONLY);
    return ours >= 0 && open("/missing", O_RDONLY) < 0 && errno == ENOENT ? 0 : 2;
}

TEST_LASTING(explain_stops_telling_at_some_point_but_not_answering, 30)
{
    struct notebook book = {};
    struct guest guest = guest_start(NULL, refuse_too_often, NULL);
    CHECK_INT(guest_watch(&guest, &book), 0);
    CHECK_INT(book.count, 10000);
}

static void *open_from_a_thread(void *cookie)
{
    return open(cookie, O_RDONLY) < 0 && errno == ENOENT ? cookie : NULL;
}

static int use_a_thread(void *cookie)
{
    static char path[] = "of a thread";
    pthread_t thread;
    void *result = NULL;
    (void)cookie;
    if (pthread_create(&thread, NULL, open_from_a_thread, path) != 0 ||
        pthread_join(thread, &result) != 0)
        return 1;
    return result == path ? 0 : 2;
}

TEST(explain_understands_threads)
{
    static struct notebook book;
    use_folder();
    struct guest guest = guest_start(enter_folder, use_a_thread, NULL);
    CHECK_INT(guest_watch(&guest, &book), 0);
    CHECK_CONTAINS(book.refusals[0].path, "/of a thread");
    CHECK(book.refusals[0].path[0] == '/');
}

static void let_go(struct notebook *book)
{
    explain_free(book->explain);
    book->explain = NULL;
}

static int expect_the_end_of_answers(void *cookie)
{
    (void)cookie;
    syscall(MARKER, 0);
    return open("/dev/null", O_RDONLY) < 0 && errno == ENOSYS ? 0 : 1;
}

TEST(explain_may_be_freed_while_it_tells_and_leaves_nobody_hanging)
{
    struct notebook book = {.on_tell = let_go};
    struct guest guest = guest_start(NULL, expect_the_end_of_answers, NULL);
    CHECK_INT(guest_watch(&guest, &book), 0);
    CHECK_INT(book.count, 1);
}

static int wait_for_an_answer(void *cookie)
{
    (void)cookie;
    open("/missing", O_RDONLY);
    return 0;
}

/* A child that is killed while its call waits, then a call of its parent's. */
static int lose_a_child(void *cookie)
{
    const int *pipe_ends = cookie;
    struct timespec moment = {.tv_nsec = 20000000};
    pid_t child = fork();
    if (child == 0)
        return wait_for_an_answer(NULL);
    nanosleep(&moment, NULL);
    if (kill(child, SIGKILL) < 0 || waitpid(child, NULL, 0) != child ||
        write(pipe_ends[1], "x", 1) != 1)
        return 1;
    return open("/absent", O_RDONLY) < 0 && errno == ENOENT ? 0 : 2;
}

TEST(explain_survives_callers_that_are_killed_while_they_wait)
{
    static struct notebook book;
    int pipe_ends[2];
    char byte;
    CHECK_INT(pipe2(pipe_ends, O_CLOEXEC), 0);
    struct guest guest = guest_start(NULL, lose_a_child, pipe_ends);
    CHECK_INT(read(pipe_ends[0], &byte, 1), 1); /* nobody has listened so far */
    CHECK_INT(guest_watch(&guest, &book), 0);
    CHECK_INT(book.count, 1);
    CHECK_TEXT(book.refusals[0].path, "/absent");
}

static int64_t used_ns(void)
{
    struct timespec used;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &used);
    return used.tv_sec * 1000000000LL + used.tv_nsec;
}

static int64_t now_ns(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return now.tv_sec * 1000000000LL + now.tv_nsec;
}

TEST(explain_removes_itself_when_nobody_is_left)
{
    static struct notebook book;
    struct error err;
    struct loop_timer timer = {};
    struct guest guest = guest_start(NULL, wait_for_an_answer, NULL);
    listen_to(&guest, &book);
    CHECK_OK(loop_run(book.loop, &err), err);
    loop_remove(book.loop, guest.pidfd);
    CHECK_INT(end_of(&guest), 0);
    CHECK_INT(book.count, 1);
    loop_set_timer(book.loop, &timer, now_ns() + 200000000, stop_loop, book.loop);
    int64_t before = used_ns();
    CHECK_OK(loop_run(book.loop, &err), err);
    CHECK(used_ns() - before < 20000000); /* it sleeps instead of being called on and on */
    explain_free(book.explain);
    loop_free(book.loop);
}

TEST(explain_refuses_what_is_no_listener)
{
    struct error err;
    struct loop *loop = loop_new(&err);
    int file = open("/dev/null", O_RDONLY | O_CLOEXEC);
    CHECK(explain_new(loop, file, 1, 1, note, NULL, &err) == NULL);
    CHECK_CONTAINS(err.text, "listen to refused calls");
    CHECK_INT(fcntl(file, F_GETFD), -1); /* taken all the same */
    explain_free(NULL);
    loop_free(loop);
}
