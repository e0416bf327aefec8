#include "run/terminal.h"

#include <errno.h>
#include <poll.h>
#include <sys/epoll.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "base/clock.h"
#include "sys/fd.h"

enum {
    PENDING_MAX = TERMINAL_CHUNK * SCREEN_GROWTH + SCREEN_SEQUENCE_MAX,
    LAST_WORDS_MS = 1000,
    LEAVES = 3,
};

/* ---- what the program writes ---------------------------------------------------------------- */

/* A terminal that has gone takes everything. */
static void write_pending(struct terminal *t)
{
    while (t->written < t->pending.len) {
        ssize_t written = write(t->sink, t->pending.data + t->written, t->pending.len - t->written);
        if (written < 0 && errno == EINTR)
            continue;
        if (written < 0 && errno == EAGAIN)
            return;
        t->written = written < 0 ? t->pending.len : t->written + (size_t)written;
    }
    buf_clear(&t->pending);
    t->written = 0;
}

/* False when nothing was there. */
static bool read_far_end(struct terminal *t)
{
    char bytes[TERMINAL_CHUNK];
    ssize_t got = read(t->far_end, bytes, sizeof bytes);
    if (got < 0 && errno == EINTR)
        return true;
    if (got < 0 && errno == EAGAIN)
        return false;
    if (got <= 0) { /* EIO: no process has it open */
        loop_remove(t->loop, t->far_end);
        fd_close_at(&t->far_end);
        return false;
    }
    t->total += got;
    screen_show(&t->screen, str_of(bytes, (size_t)got), &t->pending);
    return true;
}

static void on_output(void *cookie);
static void on_room(void *cookie);

/* Either the program is listened to, or its words wait for room. */
static void wait_on(struct terminal *t)
{
    struct error err;
    bool waits = t->pending.len > 0;
    if (waits == t->sink_waits)
        return;
    t->sink_waits = waits;
    loop_remove(t->loop, waits ? t->far_end : t->sink);
    if (waits ? loop_add(t->loop, t->sink, EPOLLOUT, on_room, t, &err)
              : t->far_end < 0 || loop_add(t->loop, t->far_end, EPOLLIN, on_output, t, &err))
        return;
    t->events->left(t->cookie); /* no way to go on showing it */
}

static void on_output(void *cookie)
{
    struct terminal *t = cookie;
    int64_t before = t->total;
    (void)read_far_end(t);
    write_pending(t);
    wait_on(t);
    if (t->total > before)
        t->events->heard(t->cookie, t->total);
}

static void on_room(void *cookie)
{
    struct terminal *t = cookie;
    write_pending(t);
    wait_on(t);
}

/* ---- what is typed -------------------------------------------------------------------------- */

static void on_typed(void *cookie, struct str bytes)
{
    struct terminal *t = cookie;
    for (size_t i = 0; i < bytes.len; i++) {
        if (bytes.ptr[i] != TERMINAL_LEAVE) {
            t->leaves = 0;
            continue;
        }
        int64_t now = clock_now_ns();
        if (t->leaves == 0 || now - t->first_leave_ns > 1000000000) {
            t->leaves = 0;
            t->first_leave_ns = now;
        }
        if (++t->leaves == LEAVES)
            t->events->left(t->cookie);
    }
}

static void fit_size(struct terminal *t)
{
    struct winsize size = console_size(t->console);
    if (t->far_end >= 0)
        ioctl(t->far_end, TIOCSWINSZ, &size);
}

static void on_news(void *cookie)
{
    struct terminal *t = cookie;
    console_refresh(t->console);
    fit_size(t);
}

/* ---- the whole ------------------------------------------------------------------------------ */

static bool begin_feed(struct terminal *t, struct error *err)
{
    int into = fd_duplicate(t->far_end, err);
    if (into < 0 || !feed_begin(&t->feed, t->loop, console_fd(t->console), into, err))
        return false;
    t->feed.hear = on_typed;
    t->feed.cookie = t;
    return true;
}

static bool begin(struct terminal *t, struct error *err)
{
    t->sink = fd_duplicate(console_fd(t->console), err);
    return t->sink >= 0 && fd_set_nonblocking(t->far_end, err) && console_enter(t->console, err) &&
           begin_feed(t, err) && loop_add(t->loop, t->far_end, EPOLLIN, on_output, t, err) &&
           loop_add(t->loop, console_news_fd(t->console), EPOLLIN, on_news, t, err);
}

bool terminal_join(struct terminal *terminal, struct loop *loop, struct console *console,
                   int far_end, const struct terminal_events *events, void *cookie,
                   struct error *err)
{
    *terminal = (struct terminal){.loop = loop,
                                  .console = console,
                                  .events = events,
                                  .cookie = cookie,
                                  .far_end = far_end,
                                  .sink = -1};
    buf_init(&terminal->pending, PENDING_MAX);
    if (begin(terminal, err)) {
        fit_size(terminal); /* it may have changed since the box was asked for */
        return true;
    }
    terminal_part(terminal);
    return false;
}

static bool has_room(const struct terminal *t)
{
    struct pollfd wait = {t->sink, POLLOUT, 0};
    return poll(&wait, 1, LAST_WORDS_MS) > 0;
}

/* Every process that wrote is dead, or does not matter any more; a terminal holds a few KiB. */
static void show_last_words(struct terminal *t)
{
    do {
        write_pending(t);
        if (t->pending.len > 0 && !has_room(t))
            return;
    } while (t->pending.len > 0 || (t->far_end >= 0 && read_far_end(t)));
    screen_restore(&t->screen, &t->pending);
    write_pending(t);
}

void terminal_part(struct terminal *terminal)
{
    if (terminal->loop == NULL)
        return;
    feed_end(&terminal->feed);
    loop_remove(terminal->loop, terminal->far_end);
    loop_remove(terminal->loop, terminal->sink);
    loop_remove(terminal->loop, console_news_fd(terminal->console));
    if (terminal->sink >= 0)
        show_last_words(terminal);
    console_leave(terminal->console);
    fd_close_at(&terminal->far_end);
    fd_close_at(&terminal->sink);
    buf_done(&terminal->pending);
    terminal->loop = NULL;
}
