#include "sys/console.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <sys/wait.h>
#include <termios.h>
#include <unistd.h>

#include "base/mem.h"
#include "sys/call.h"
#include "sys/fault.h"
#include "sys/fd.h"

struct console {
    int fd;
    int news;
    bool is_raw;
    struct termios before, raw;
    int leash; /* the guardian watches its other end */
    pid_t guardian;
};

/* ---- the guardian --------------------------------------------------------------------------- */

/* Nobody reads it any more. Whoever has set other modes since then, a shell, knows better. */
static void put_back(int fd, const struct termios *before, const struct termios *raw)
{
    struct termios now;
    if (tcgetattr(fd, &now) < 0 || now.c_lflag != raw->c_lflag || now.c_iflag != raw->c_iflag)
        return;
    tcflush(fd, TCIFLUSH);
    tcsetattr(fd, TCSANOW, before);
}

/* A byte says that all was put back already; the end of the leash alone, that we died. Signals that
 * come to all of the terminal's processes are not meant for it. */
_Noreturn static void guard(int fd, int leash, const struct termios *before,
                            const struct termios *raw)
{
    enum { ABOVE_ALL_ELSE = 64 };

    char byte = 0;
    sigset_t all;
    sigfillset(&all);
    sigprocmask(SIG_SETMASK, &all, NULL);
    signal(SIGTTOU, SIG_IGN);
    prctl(PR_SET_NAME, "testudo-console");
    /* what else is open here would look as if we still lived */
    int terminal = fcntl(fd, F_DUPFD_CLOEXEC, ABOVE_ALL_ELSE);
    int end = fcntl(leash, F_DUPFD_CLOEXEC, terminal + 1);
    if (terminal < 0 || end < 0 || call_close_range(0, (unsigned)terminal - 1, 0) < 0 ||
        (end > terminal + 1 &&
         call_close_range((unsigned)terminal + 1, (unsigned)end - 1, 0) < 0) ||
        call_close_range((unsigned)end + 1, UINT_MAX, 0) < 0)
        _exit(1);
    while (read(end, &byte, 1) < 0 && errno == EINTR)
        continue;
    if (byte != 'd')
        put_back(terminal, before, raw);
    _exit(0);
}

static bool set_guardian(struct console *console, struct error *err)
{
    int ends[2];
    if (!fd_pipe(ends, err))
        return false;
    pid_t pid = fault_strikes() ? -1 : fork();
    if (pid == 0)
        guard(console->fd, ends[0], &console->before, &console->raw);
    close(ends[0]);
    if (pid < 0) {
        close(ends[1]);
        return error_sys(err, "make a process that watches over the terminal");
    }
    console->leash = ends[1];
    console->guardian = pid;
    return true;
}

static void dismiss_guardian(struct console *console)
{
    if (console->guardian <= 0)
        return;
    (void)!write(console->leash, "d", 1);
    fd_close_at(&console->leash);
    while (waitpid(console->guardian, NULL, 0) < 0 && errno == EINTR)
        continue;
    console->guardian = 0;
}

/* ---- the terminal --------------------------------------------------------------------------- */

static bool check_terminals(struct error *err)
{
    for (int fd = STDIN_FILENO; fd <= STDOUT_FILENO; fd++) {
        if (isatty(fd) == 1)
            continue;
        error_set(err, ERROR_USAGE, "standard %s is no terminal", fd == 0 ? "input" : "output");
        return error_hint(err, "--tty hands on a terminal and needs one; without it the program "
                               "reads and writes pipes");
    }
    return true;
}

static int open_news(struct error *err)
{
    sigset_t set;
    sigemptyset(&set);
    sigaddset(&set, SIGWINCH);
    sigaddset(&set, SIGCONT);
    if (sigprocmask(SIG_BLOCK, &set, NULL) < 0)
        return error_sys_fd(err, "block signals");
    int fd = signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
    return fd >= 0 ? fd : error_sys_fd(err, "make a signal's file descriptor");
}

static bool begin(struct console *console, struct error *err)
{
    if (!check_terminals(err))
        return false;
    console->fd = fd_open(AT_FDCWD, "/dev/tty", O_RDWR | O_NONBLOCK, 0, err);
    if (console->fd < 0)
        return error_hint(err, "--tty takes the terminal that this process belongs to");
    if (tcgetattr(console->fd, &console->before) < 0)
        return error_sys(err, "read the terminal's modes");
    console->raw = console->before;
    cfmakeraw(&console->raw);
    console->news = open_news(err);
    return console->news >= 0;
}

struct console *console_open(struct error *err)
{
    struct console *console = mem_alloc(sizeof *console);
    console->fd = console->news = console->leash = -1;
    if (begin(console, err))
        return console;
    console_close(console);
    error_stage(err, "terminal");
    return NULL;
}

void console_close(struct console *console)
{
    if (console == NULL)
        return;
    console_leave(console);
    fd_close_at(&console->fd);
    fd_close_at(&console->news);
    free(console);
}

int console_fd(const struct console *console)
{
    return console->fd;
}

int console_news_fd(const struct console *console)
{
    return console->news;
}

/* Who stopped us, a shell, may have set modes of its own since. */
void console_refresh(struct console *console)
{
    struct signalfd_siginfo news;
    while (read(console->news, &news, sizeof news) == sizeof news)
        if (news.ssi_signo == SIGCONT && console->is_raw)
            tcsetattr(console->fd, TCSANOW, &console->raw);
}

struct winsize console_size(const struct console *console)
{
    struct winsize size = {};
    if (ioctl(console->fd, TIOCGWINSZ, &size) < 0 || size.ws_row == 0 || size.ws_col == 0)
        size = (struct winsize){.ws_row = 24, .ws_col = 80};
    return size;
}

bool console_enter(struct console *console, struct error *err)
{
    if (!set_guardian(console, err))
        return error_stage(err, "terminal");
    if (tcsetattr(console->fd, TCSANOW, &console->raw) < 0) {
        error_sys(err, "set the terminal's modes");
        return error_stage(err, "terminal");
    }
    console->is_raw = true;
    return true;
}

/* What was typed meanwhile, or answered, was meant for the box, not for who reads next. */
void console_leave(struct console *console)
{
    if (console->is_raw) {
        tcflush(console->fd, TCIFLUSH);
        tcsetattr(console->fd, TCSANOW, &console->before);
    }
    console->is_raw = false;
    dismiss_guardian(console);
}
