#include "sys/fd.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <unistd.h>

#include "base/mem.h"
#include "tests/test.h"
#include "tests/unit/sys/open_fds.h"

static int open_folder(void)
{
    struct error err;
    int folder = fd_open(AT_FDCWD, test_folder(), O_RDONLY | O_DIRECTORY, 0, &err);
    CHECK_OK(folder >= 0, err);
    return folder;
}

static void make_file(int folder, const char *name, const char *text)
{
    struct error err;
    auto_close int fd = fd_open(folder, name, O_WRONLY | O_CREAT | O_TRUNC, 0644, &err);
    CHECK_OK(fd >= 0, err);
    CHECK_OK(fd_write_all(fd, str_from(text), &err), err);
}

TEST(fd_everything_that_makes_one_makes_it_close_on_exec)
{
    int ends[2];
    struct error err;
    CHECK_OK(fd_pipe(ends, &err), err);
    CHECK_INT(fcntl(ends[0], F_GETFD) & fcntl(ends[1], F_GETFD), FD_CLOEXEC);
    CHECK_OK(fd_pair(SOCK_STREAM, ends, &err), err);
    CHECK_INT(fcntl(ends[0], F_GETFD) & fcntl(ends[1], F_GETFD), FD_CLOEXEC);
    CHECK_INT(fcntl(fd_duplicate(ends[0], &err), F_GETFD), FD_CLOEXEC);
    CHECK_INT(fcntl(fd_open(AT_FDCWD, "/", O_RDONLY, 0, &err), F_GETFD), FD_CLOEXEC);
    CHECK_INT(fcntl(fd_memory("x", STR(""), &err), F_GETFD), FD_CLOEXEC);
    CHECK_INT(fcntl(fd_open_beneath(open_folder(), ".", O_RDONLY, 0, &err), F_GETFD), FD_CLOEXEC);
}

TEST(fd_open_names_the_path_that_it_could_not_open)
{
    struct error err = {};
    CHECK_INT(fd_open(AT_FDCWD, "/nowhere/x", O_RDONLY, 0, &err), -1);
    CHECK_INT(err.number, ENOENT);
    CHECK_CONTAINS(err.text, "/nowhere/x");
}

TEST(fd_closing_by_place_keeps_errno_and_forgets_the_number)
{
    int fd = open("/dev/null", O_RDONLY | O_CLOEXEC), none = -1;
    errno = EXDEV;
    fd_close_at(&fd);
    fd_close_at(&none);
    CHECK_INT(errno, EXDEV);
    CHECK_INT(fd, -1);
}

TEST(fd_beneath_refuses_links_and_every_way_out)
{
    auto_close int folder = open_folder();
    struct error err;
    CHECK_INT(mkdirat(folder, "a", 0755), 0);
    make_file(folder, "a/file", "x");
    CHECK_INT(symlinkat("a", folder, "link"), 0);
    CHECK_INT(symlinkat("/etc/passwd", folder, "out"), 0);
    CHECK_INT(symlinkat("a/file", folder, "in"), 0);
    auto_close int good = fd_open_beneath(folder, "a/file", O_RDONLY, 0, &err);
    CHECK_OK(good >= 0, err);
    auto_close int also_good = fd_open_beneath(folder, "a/../a/file", O_RDONLY, 0, &err);
    CHECK_OK(also_good >= 0, err);
    static const char *const bad[] = {"link/file",   "out", "in",   "..",       "../x", "a/../..",
                                      "/etc/passwd", "/",   "link", "a/file/x", ""};
    int before = open_fds_count();
    for (size_t i = 0; i < COUNT_OF(bad); i++)
        CHECK_INT(fd_open_beneath(folder, bad[i], O_RDONLY, 0, &err), -1);
    CHECK_INT(fd_open_beneath(folder, "out", O_WRONLY | O_CREAT, 0644, &err), -1);
    CHECK_INT(open_fds_count(), before);
}

TEST(fd_beneath_refuses_the_magic_links_of_proc)
{
    struct error err;
    auto_close int proc = fd_open(AT_FDCWD, "/proc/self", O_RDONLY | O_DIRECTORY, 0, &err);
    CHECK_INT(fd_open_beneath(proc, "root/etc", O_RDONLY, 0, &err), -1);
    CHECK_INT(err.number, ELOOP);
    CHECK_INT(fd_open_beneath(proc, "exe", O_RDONLY, 0, &err), -1);
}

TEST(fd_memory_cannot_be_changed_by_anybody)
{
    struct error err;
    auto_close int fd = fd_memory("x", STR("content"), &err);
    char text[16] = {};
    CHECK_INT(read(fd, text, sizeof text), 7);
    CHECK_TEXT(text, "content");
    CHECK_INT(pwrite(fd, "X", 1, 0), -1);
    CHECK_INT(ftruncate(fd, 3), -1);
    CHECK_INT(ftruncate(fd, 100), -1);
    CHECK(mmap(NULL, 7, PROT_WRITE, MAP_SHARED, fd, 0) == MAP_FAILED);
    CHECK_INT(fcntl(fd, F_ADD_SEALS, F_SEAL_WRITE), -1);
    auto_free char *path = mem_text("/proc/self/fd/%d", fd);
    auto_close int again = open(path, O_RDWR | O_CLOEXEC);
    CHECK_INT(pwrite(again, "X", 1, 0), -1);
}

TEST(fd_duplicates_never_land_on_the_standard_streams)
{
    struct error err;
    close(0);
    int copy = fd_duplicate(1, &err);
    CHECK(copy > 2);
}

TEST(fd_read_all_stops_at_the_maximum_with_a_limit_error)
{
    auto_close int folder = open_folder();
    struct error err = {};
    char text[40001] = {};
    memset(text, 'x', 40000);
    make_file(folder, "file", text);
    auto_buf struct buf exact, small;
    buf_init(&exact, 40000);
    buf_init(&small, 39999);
    CHECK_OK(fd_read_file(folder, "file", &exact, &err), err);
    CHECK_INT(exact.len, 40000);
    CHECK(!fd_read_file(folder, "file", &small, &err));
    CHECK_INT(err.kind, ERROR_LIMIT);
    CHECK_CONTAINS(err.text, "file");
    CHECK(!fd_read_file(folder, ".", &exact, &err));
    CHECK_INT(err.number, EISDIR);
}

TEST(fd_put_text_names_the_file_and_the_text_that_it_refused)
{
    auto_close int folder = open_folder();
    struct error err = {};
    make_file(folder, "limit", "");
    CHECK_OK(fd_put_text(folder, "limit", "12", &err), err);
    CHECK(!fd_put_text(folder, "missing", "12", &err));
    CHECK_CONTAINS(err.text, "missing");
    CHECK(!fd_put_text(AT_FDCWD, "/dev/full", "12", &err));
    CHECK_INT(err.number, ENOSPC);
    CHECK_CONTAINS(err.text, "12");
}

static volatile sig_atomic_t alarms;
static int full_pipe;

/* The first time nothing but a signal comes; the second time there is room as well. */
static void on_alarm(int number)
{
    static char room[1 << 16];
    (void)number;
    if (++alarms == 2 && read(full_pipe, room, sizeof room) < 0)
        abort();
}

TEST(fd_put_text_goes_on_after_a_signal)
{
    auto_close int folder = open_folder();
    struct error err = {};
    struct sigaction action = {.sa_handler =
                                   on_alarm}; /* calls are not begun again by themselves */
    struct itimerval every = {{.tv_usec = 20000}, {.tv_usec = 20000}}, never = {};
    CHECK_INT(mkfifoat(folder, "pipe", 0600), 0);
    full_pipe = openat(folder, "pipe", O_RDWR | O_NONBLOCK | O_CLOEXEC);
    CHECK(full_pipe >= 0);
    while (write(full_pipe, "x", 1) == 1)
        continue;
    CHECK_INT(errno, EAGAIN);
    CHECK_INT(sigaction(SIGALRM, &action, NULL), 0);
    CHECK_INT(setitimer(ITIMER_REAL, &every, NULL), 0);
    CHECK_OK(fd_put_text(folder, "pipe", "12", &err), err);
    CHECK_INT(setitimer(ITIMER_REAL, &never, NULL), 0);
    CHECK(alarms >= 2);
    close(full_pipe);
}

TEST(fd_write_all_reports_a_closed_reader)
{
    int ends[2];
    struct error err = {};
    signal(SIGPIPE, SIG_IGN);
    CHECK_OK(fd_pipe(ends, &err), err);
    close(ends[0]);
    CHECK(!fd_write_all(ends[1], STR("x"), &err));
    CHECK_INT(err.number, EPIPE);
    CHECK_OK(fd_set_nonblocking(ends[1], &err), err);
    CHECK(fcntl(ends[1], F_GETFL) & O_NONBLOCK);
    CHECK(!fd_set_nonblocking(-1, &err));
}
