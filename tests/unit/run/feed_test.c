#include "run/feed.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/mem.h"
#include "sys/fd.h"
#include "tests/test.h"
#include "tests/unit/sys/open_fds.h"

enum { BYTES = 300001 };

/* The guest: reads all that comes and ends; what it has read goes into a sum. */
struct reader {
    struct loop *loop;
    int fd;
    int64_t count;
    unsigned sum;
    bool ended;
};

static void on_bytes(void *cookie)
{
    struct reader *reader = cookie;
    unsigned char bytes[5000];
    ssize_t got = read(reader->fd, bytes, sizeof bytes);
    CHECK(got >= 0);
    reader->count += got;
    for (ssize_t i = 0; i < got; i++)
        reader->sum = reader->sum * 31 + bytes[i];
    if (got == 0) {
        reader->ended = true;
        loop_remove(reader->loop, reader->fd);
        loop_stop(reader->loop);
    }
}

static void stop(void *cookie)
{
    loop_stop(cookie);
}

/* Until the reader has seen the end, or so many milliseconds. */
static void run(struct loop *loop, int64_t ms)
{
    struct loop_timer timer = {};
    struct error err;
    loop_set_timer(loop, &timer, clock_now_ns() + ms * 1000000, stop, loop);
    CHECK_OK(loop_run(loop, &err), err);
    loop_clear_timer(loop, &timer);
}

static unsigned sum_of(const char *bytes, size_t length)
{
    unsigned sum = 0;
    for (size_t i = 0; i < length; i++)
        sum = sum * 31 + (unsigned char)bytes[i];
    return sum;
}

static char *make_bytes(void)
{
    char *bytes = mem_alloc(BYTES);
    for (size_t i = 0; i < BYTES; i++)
        bytes[i] = (char)(i * 13 + i / 256);
    return bytes;
}

static void begin(struct feed *feed, struct reader *reader, int source)
{
    int ends[2];
    struct error err;
    *reader = (struct reader){.loop = loop_new(&err)};
    CHECK_OK(fd_pipe(ends, &err), err);
    CHECK_OK(fd_set_nonblocking(ends[1], &err), err);
    reader->fd = ends[0];
    CHECK_OK(loop_add(reader->loop, ends[0], EPOLLIN, on_bytes, reader, &err), err);
    CHECK_OK(feed_begin(feed, reader->loop, source, ends[1], &err), err);
}

static void end(struct feed *feed, struct reader *reader)
{
    feed_end(feed);
    feed_end(feed);
    CHECK_INT(feed->sink, -1);
    loop_remove(reader->loop, reader->fd);
    fd_close_at(&reader->fd);
    loop_free(reader->loop);
}

TEST(feed_brings_a_regular_file_from_where_it_stands_to_its_end)
{
    struct feed feed;
    struct reader reader;
    struct error err;
    auto_free char *bytes = make_bytes();
    auto_free char *path = mem_text("%s/file", test_folder());
    auto_close int file = fd_open(AT_FDCWD, path, O_RDWR | O_CREAT, 0644, &err);
    CHECK_OK(fd_write_all(file, str_of(bytes, BYTES), &err), err);
    CHECK_INT(lseek(file, 1000, SEEK_SET), 1000);
    int before = open_fds_count();
    begin(&feed, &reader, file);
    run(reader.loop, 5000);
    CHECK(reader.ended);
    CHECK_INT(reader.count, BYTES - 1000);
    CHECK_INT(reader.sum, sum_of(bytes + 1000, BYTES - 1000));
    end(&feed, &reader);
    CHECK_INT(open_fds_count(), before);
    CHECK_INT(fcntl(file, F_GETFD), FD_CLOEXEC); /* lent, not taken */
}

TEST(feed_brings_an_empty_file_and_the_null_device_as_an_end)
{
    struct feed feed;
    struct reader reader;
    struct error err;
    auto_close int null = fd_open(AT_FDCWD, "/dev/null", O_RDONLY, 0, &err);
    begin(&feed, &reader, null);
    run(reader.loop, 5000);
    CHECK(reader.ended);
    CHECK_INT(reader.count, 0);
    end(&feed, &reader);
}

TEST(feed_waits_for_a_pipe_and_passes_on_what_comes_at_once)
{
    struct feed feed;
    struct reader reader;
    struct error err;
    int source[2];
    CHECK_OK(fd_pipe(source, &err), err);
    begin(&feed, &reader, source[0]);
    run(reader.loop, 20);
    CHECK_INT(reader.count, 0);
    CHECK_INT(write(source[1], "abc", 3), 3);
    run(reader.loop, 20);
    CHECK_INT(reader.count, 3);
    CHECK(!reader.ended);
    close(source[1]);
    run(reader.loop, 5000);
    CHECK(reader.ended);
    end(&feed, &reader);
}

TEST(feed_loses_nothing_between_a_fast_writer_and_a_slow_guest)
{
    struct feed feed;
    struct reader reader;
    struct error err;
    int source[2];
    auto_free char *bytes = make_bytes();
    CHECK_OK(fd_pipe(source, &err), err);
    pid_t writer = fork();
    if (writer == 0) {
        close(source[0]);
        _exit(!fd_write_all(source[1], str_of(bytes, BYTES), &err));
    }
    close(source[1]);
    begin(&feed, &reader, source[0]);
    loop_remove(reader.loop, reader.fd);
    run(reader.loop, 50); /* the pipes fill up */
    CHECK_OK(loop_add(reader.loop, reader.fd, EPOLLIN, on_bytes, &reader, &err), err);
    run(reader.loop, 5000);
    CHECK(reader.ended);
    CHECK_INT(reader.sum, sum_of(bytes, BYTES));
    int status;
    CHECK_INT(waitpid(writer, &status, 0), writer);
    CHECK_INT(status, 0);
    end(&feed, &reader);
}

TEST(feed_ends_quietly_when_the_guest_reads_no_more)
{
    struct feed feed;
    struct reader reader;
    struct error err;
    auto_free char *path = mem_text("%s/file", test_folder());
    auto_close int file = fd_open(AT_FDCWD, path, O_RDWR | O_CREAT, 0644, &err);
    CHECK_INT(ftruncate(file, 10 << 20), 0);
    signal(SIGPIPE, SIG_IGN);
    begin(&feed, &reader, file);
    loop_remove(reader.loop, reader.fd);
    fd_close_at(&reader.fd);
    run(reader.loop, 50);
    CHECK_INT(feed.sink, -1);
    end(&feed, &reader);
}

TEST(feed_never_begun_can_be_ended)
{
    struct feed feed = {};
    feed_end(&feed);
}
