#include "sys/loop.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/mem.h"
#include "sys/fault.h"
#include "sys/fd.h"

struct watch {
    loop_call *call; /* NULL: nobody watches this fd */
    void *cookie;
    uint32_t generation; /* an event of an earlier watch of the same number is not ours */
};

struct loop {
    int epoll;
    bool stopped;
    struct watch *watches; /* by fd */
    int count;
    struct loop_timer *timers; /* the soonest first */
    int64_t calling_ns;        /* timers up to this are being called; 0: none is */
};

struct loop *loop_new(struct error *err)
{
    int epoll = fault_strikes() ? -1 : epoll_create1(EPOLL_CLOEXEC);
    if (epoll < 0)
        return error_sys_null(err, "make an epoll");
    struct loop *loop = mem_alloc(sizeof *loop);
    loop->epoll = epoll;
    return loop;
}

void loop_free(struct loop *loop)
{
    if (loop == NULL)
        return;
    fd_close_at(&loop->epoll);
    free(loop->watches);
    free(loop);
}

static struct watch *watch_at(struct loop *loop, int fd)
{
    if (fd >= loop->count) {
        int count = fd + 16;
        loop->watches = mem_grow(loop->watches, (size_t)count, sizeof *loop->watches);
        memset(loop->watches + loop->count, 0,
               (size_t)(count - loop->count) * sizeof *loop->watches);
        loop->count = count;
    }
    return &loop->watches[fd];
}

bool loop_add(struct loop *loop, int fd, uint32_t events, loop_call *call, void *cookie,
              struct error *err)
{
    struct watch *watch = watch_at(loop, fd);
    struct epoll_event event = {
        .events = events,
        .data.u64 = (uint64_t)(watch->generation + 1) << 32 | (uint32_t)fd,
    };
    if (epoll_ctl(loop->epoll, EPOLL_CTL_ADD, fd, &event) < 0)
        return error_sys(err, "watch a file descriptor");
    *watch = (struct watch){call, cookie, watch->generation + 1};
    return true;
}

void loop_remove(struct loop *loop, int fd)
{
    if (fd < 0 || fd >= loop->count || loop->watches[fd].call == NULL)
        return;
    epoll_ctl(loop->epoll, EPOLL_CTL_DEL, fd, NULL);
    loop->watches[fd].call = NULL;
}

void loop_clear_timer(struct loop *loop, struct loop_timer *timer)
{
    for (struct loop_timer **at = &loop->timers; *at != NULL; at = &(*at)->next) {
        if (*at == timer) {
            *at = timer->next;
            return;
        }
    }
}

void loop_set_timer(struct loop *loop, struct loop_timer *timer, int64_t at_ns, loop_call *call,
                    void *cookie)
{
    loop_clear_timer(loop, timer);
    if (at_ns <= loop->calling_ns)
        at_ns = loop->calling_ns + 1; /* the descriptors come first, or they would wait for ever */
    struct loop_timer **at = &loop->timers;
    while (*at != NULL && (*at)->at_ns <= at_ns)
        at = &(*at)->next;
    *timer = (struct loop_timer){at_ns, call, cookie, *at};
    *at = timer;
}

void loop_advance_timer(struct loop *loop, struct loop_timer *timer, int64_t at_ns, loop_call *call,
                        void *cookie)
{
    for (const struct loop_timer *set = loop->timers; set != NULL; set = set->next)
        if (set == timer && set->at_ns <= at_ns)
            return;
    loop_set_timer(loop, timer, at_ns, call, cookie);
}

static void call_timers(struct loop *loop)
{
    loop->calling_ns = clock_now_ns();
    while (!loop->stopped && loop->timers != NULL && loop->timers->at_ns <= loop->calling_ns) {
        struct loop_timer *timer = loop->timers;
        loop->timers = timer->next;
        timer->call(timer->cookie);
    }
    loop->calling_ns = 0;
}

/* Milliseconds rounded up: a timer is never early. */
static int wait_ms(const struct loop *loop)
{
    enum { MAX_MS = 3600000 };

    if (loop->timers == NULL)
        return -1;
    int64_t left = loop->timers->at_ns - clock_now_ns();
    int64_t ms = left <= 0 ? 0 : (left + 999999) / 1000000;
    return ms < MAX_MS ? (int)ms : MAX_MS;
}

bool loop_run(struct loop *loop, struct error *err)
{
    enum { BATCH = 16 };
    struct epoll_event events[BATCH];
    loop->stopped = false;
    while (!loop->stopped) {
        int count = epoll_wait(loop->epoll, events, BATCH, wait_ms(loop));
        if (count < 0 && errno != EINTR)
            return error_sys(err, "wait");
        for (int i = 0; i < count && !loop->stopped; i++) {
            int fd = (int)(uint32_t)events[i].data.u64;
            const struct watch *watch = &loop->watches[fd];
            if (watch->call != NULL && watch->generation == events[i].data.u64 >> 32)
                watch->call(watch->cookie);
        }
        call_timers(loop);
    }
    return true;
}

void loop_stop(struct loop *loop)
{
    loop->stopped = true;
}
