#include "sys/loop.h"

#include <fcntl.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/mem.h"
#include "sys/fd.h"
#include "tests/test.h"
#include "tests/unit/sys/open_fds.h"

static struct loop *make_loop(void)
{
    struct error err;
    struct loop *loop = loop_new(&err);
    CHECK_OK(loop != NULL, err);
    return loop;
}

static void run(struct loop *loop)
{
    struct error err;
    CHECK_OK(loop_run(loop, &err), err);
}

static void stop(void *cookie)
{
    loop_stop(cookie);
}

static char called[16];
static int calls;

#define SAY(letter)                                                                                \
    static void say_##letter(void *cookie)                                                         \
    {                                                                                              \
        (void)cookie;                                                                              \
        called[calls++] = #letter[0];                                                              \
    }
SAY(a)
SAY(b)
SAY(c)

TEST(loop_timers_come_in_the_order_of_their_times_and_never_early)
{
    struct loop *loop = make_loop();
    struct loop_timer timers[4] = {};
    int64_t now = clock_now_ns();
    loop_set_timer(loop, &timers[0], now + 30000000, stop, loop);
    loop_set_timer(loop, &timers[1], now + 20000000, say_c, NULL);
    loop_set_timer(loop, &timers[2], now + 10000000, say_a, NULL);
    loop_set_timer(loop, &timers[3], now + 20000000 - 1, say_b, NULL);
    run(loop);
    CHECK(clock_now_ns() - now >= 30000000);
    CHECK_TEXT(called, "abc");
    loop_free(loop);
}

TEST(loop_timers_of_the_same_time_come_in_the_order_they_were_set)
{
    struct loop *loop = make_loop();
    struct loop_timer timers[4] = {};
    loop_set_timer(loop, &timers[0], 5, say_b, NULL);
    loop_set_timer(loop, &timers[1], 5, say_a, NULL);
    loop_set_timer(loop, &timers[2], 0, say_c, NULL);
    loop_set_timer(loop, &timers[3], 5, stop, loop);
    run(loop);
    CHECK_TEXT(called, "cba");
    loop_free(loop);
}

TEST(loop_a_timer_that_is_set_again_or_cleared_comes_at_most_once)
{
    struct loop *loop = make_loop();
    struct loop_timer moved = {}, cleared = {}, never = {}, last = {};
    int64_t now = clock_now_ns();
    loop_clear_timer(loop, &never);
    loop_set_timer(loop, &moved, now, say_a, NULL);
    loop_set_timer(loop, &cleared, now, say_b, NULL);
    loop_set_timer(loop, &moved, now + 5000000, say_c, NULL);
    loop_clear_timer(loop, &cleared);
    loop_clear_timer(loop, &cleared);
    loop_set_timer(loop, &last, now + 10000000, stop, loop);
    run(loop);
    CHECK_TEXT(called, "c");
    loop_free(loop);
}

struct pair {
    struct loop *loop;
    int fds[2];
    int which; /* the one that was called */
    int replaced;
    struct loop_timer end;
};

static int ready_fd(void)
{
    int fd = eventfd(1, EFD_CLOEXEC | EFD_NONBLOCK);
    CHECK(fd >= 0);
    return fd;
}

static void begin_pair(struct pair *pair, loop_call *first, loop_call *second)
{
    struct error err;
    pair->loop = make_loop();
    pair->fds[0] = ready_fd();
    pair->fds[1] = ready_fd();
    CHECK_OK(loop_add(pair->loop, pair->fds[0], EPOLLIN, first, pair, &err), err);
    CHECK_OK(loop_add(pair->loop, pair->fds[1], EPOLLIN, second, pair, &err), err);
    loop_set_timer(pair->loop, &pair->end, clock_now_ns() + 20000000, stop, pair->loop);
    run(pair->loop);
    loop_free(pair->loop);
}

/* Both are ready in the same round: whichever comes first takes the other's turn away. */
static void remove_both(void *cookie)
{
    struct pair *pair = cookie;
    calls++;
    for (int i = 0; i < 2; i++) {
        loop_remove(pair->loop, pair->fds[i]);
        fd_close_at(&pair->fds[i]);
    }
}

TEST(loop_a_timer_that_is_advanced_comes_at_the_earlier_time)
{
    struct loop *loop = make_loop();
    struct loop_timer timers[3] = {};
    int64_t now = clock_now_ns();
    calls = 0;
    loop_set_timer(loop, &timers[0], now + 10000000, say_a, NULL);
    loop_advance_timer(loop, &timers[0], now + 20000000, say_b, NULL);
    loop_advance_timer(loop, &timers[1], now + 15000000, say_c, NULL);
    loop_set_timer(loop, &timers[2], now + 30000000, say_b, NULL);
    loop_advance_timer(loop, &timers[2], now + 20000000, stop, loop);
    run(loop);
    called[calls] = '\0';
    CHECK_TEXT(called, "ac");
    loop_free(loop);
}

TEST(loop_a_timer_that_has_come_can_be_advanced_again)
{
    struct loop *loop = make_loop();
    struct loop_timer timer = {}, end = {};
    calls = 0;
    loop_set_timer(loop, &timer, 0, say_a, NULL);
    loop_set_timer(loop, &end, clock_now_ns() + 1000000, stop, loop);
    run(loop);
    loop_advance_timer(loop, &timer, clock_now_ns() + 1000000, say_b, NULL);
    loop_set_timer(loop, &end, clock_now_ns() + 2000000, stop, loop);
    run(loop);
    called[calls] = '\0';
    CHECK_TEXT(called, "ab");
    loop_free(loop);
}

TEST(loop_what_was_removed_during_a_round_is_not_called_any_more)
{
    struct pair pair = {};
    begin_pair(&pair, remove_both, remove_both);
    CHECK_INT(calls, 1);
}

static void note_new(void *cookie)
{
    (void)cookie;
    called[0] = 'n';
}

/* The other fd is closed and its number given to a file that is not ready: the event that is
 * already waiting belongs to nobody. */
static void replace_other(struct pair *pair, int other)
{
    struct error err;
    int number = pair->fds[other];
    calls++;
    loop_remove(pair->loop, pair->fds[1 - other]);
    loop_remove(pair->loop, number);
    close(number);
    auto_close int quiet = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    if (quiet != number)
        CHECK_INT(dup3(quiet, number, O_CLOEXEC), number);
    else
        fd_steal(&quiet);
    CHECK_OK(loop_add(pair->loop, number, EPOLLIN, note_new, pair, &err), err);
}

static void first_called(void *cookie)
{
    replace_other(cookie, 1);
}

static void second_called(void *cookie)
{
    replace_other(cookie, 0);
}

TEST(loop_an_event_of_an_earlier_owner_of_a_number_is_not_given_to_the_next)
{
    struct pair pair = {};
    begin_pair(&pair, first_called, second_called);
    CHECK_INT(calls, 1);
    CHECK_INT(called[0], 0);
}

TEST(loop_removing_what_was_never_added_does_nothing)
{
    struct loop *loop = make_loop();
    loop_remove(loop, -1);
    loop_remove(loop, 0);
    loop_remove(loop, 100000);
    loop_free(loop);
    loop_free(NULL);
}

TEST(loop_adding_what_cannot_be_waited_for_or_twice_is_an_error)
{
    struct error err;
    struct loop *loop = make_loop();
    auto_free char *path = mem_text("%s/file", test_folder());
    auto_close int file = fd_open(AT_FDCWD, path, O_RDWR | O_CREAT, 0644, &err);
    CHECK(!loop_add(loop, file, EPOLLIN, say_a, NULL, &err));
    auto_close int fd = ready_fd();
    CHECK_OK(loop_add(loop, fd, EPOLLIN, stop, loop, &err), err);
    CHECK(!loop_add(loop, fd, EPOLLIN, say_a, NULL, &err));
    run(loop); /* the first one's call is still in force */
    CHECK_INT(calls, 0);
    loop_free(loop);
}

static void drop_far(void *cookie)
{
    struct pair *pair = cookie;
    loop_stop(pair->loop);
}

TEST(loop_fds_with_large_numbers_work_and_freeing_leaves_nothing_open)
{
    int before = open_fds_count();
    struct error err;
    struct pair pair = {.loop = make_loop()};
    int fd = ready_fd();
    int far = fcntl(fd, F_DUPFD_CLOEXEC, 900);
    CHECK_OK(loop_add(pair.loop, far, EPOLLIN, drop_far, &pair, &err), err);
    run(pair.loop);
    loop_remove(pair.loop, far);
    close(far);
    close(fd);
    loop_free(pair.loop);
    CHECK_INT(open_fds_count(), before);
}

TEST(loop_hang_ups_call_and_a_stopped_loop_can_run_again)
{
    int ends[2];
    struct error err;
    struct loop *loop = make_loop();
    CHECK_OK(fd_pipe(ends, &err), err);
    close(ends[1]);
    CHECK_OK(loop_add(loop, ends[0], 0, stop, loop, &err), err);
    run(loop);
    run(loop);
    loop_free(loop);
}

static struct loop_timer restless;

static void set_again(void *cookie)
{
    loop_set_timer(cookie, &restless, 0, set_again, cookie);
}

/* As a broker that fills its pool in steps: a request that comes meanwhile waits for one of them.
 */
TEST(loop_timer_that_always_sets_itself_lets_descriptors_have_their_turn)
{
    struct loop *loop = make_loop();
    struct error err;
    auto_close int event = eventfd(1, EFD_CLOEXEC);
    CHECK_OK(loop_add(loop, event, EPOLLIN, stop, loop, &err), err);
    set_again(loop);
    run(loop);
    loop_free(loop);
}

static void set_timers_of_old(void *cookie)
{
    static struct loop_timer one, other;
    loop_set_timer(cookie, &one, 0, say_a, NULL);
    loop_set_timer(cookie, &other, clock_now_ns() + 1000000, stop, cookie);
    say_b(NULL);
}

TEST(loop_timer_whose_time_is_over_is_called_all_the_same)
{
    struct loop *loop = make_loop();
    struct loop_timer timer = {};
    loop_set_timer(loop, &timer, 0, set_timers_of_old, loop);
    run(loop);
    CHECK_TEXT(called, "ba");
    loop_free(loop);
}
