#include "cli/outlet.h"

#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/mem.h"

enum { PIECE = 4096, TURN_BYTES = 1 << 20 /* then others of the loop have theirs */ };

struct chunk {
    struct chunk *next;
    struct buf bytes;
    size_t written;
};

struct outlet {
    struct loop *loop;
    int fd;
    const struct outlet_events *events;
    void *cookie;
    struct chunk *first, **last;
    size_t waiting;
    bool watched, always_ready, closed;
    struct loop_timer again;
};

static void drop_first(struct outlet *outlet)
{
    struct chunk *first = outlet->first;
    outlet->first = first->next;
    if (outlet->first == NULL)
        outlet->last = &outlet->first;
    outlet->waiting -= first->bytes.len - first->written;
    buf_done(&first->bytes);
    free(first);
}

static bool has_room(const struct outlet *outlet)
{
    struct pollfd wait = {outlet->fd, POLLOUT, 0};
    return poll(&wait, 1, 0) > 0;
}

/* One piece of the first chunk. */
static bool write_piece(struct outlet *outlet, size_t *ret_written, struct error *err)
{
    struct chunk *first = outlet->first;
    struct str rest = str_skip(buf_str(&first->bytes), first->written);
    ssize_t written = write(outlet->fd, rest.ptr, rest.len < PIECE ? rest.len : PIECE);
    if (written < 0 && errno != EINTR && errno != EAGAIN)
        return error_sys(err, "write to standard output");
    *ret_written = written > 0 ? (size_t)written : 0;
    first->written += *ret_written;
    outlet->waiting -= *ret_written;
    if (first->written == first->bytes.len)
        drop_first(outlet);
    return true;
}

static bool write_some(struct outlet *outlet, struct error *err)
{
    size_t written = 1;
    for (size_t total = 0; outlet->first != NULL && total < TURN_BYTES && written > 0;
         total += written) {
        if (!has_room(outlet))
            return true;
        if (!write_piece(outlet, &written, err))
            return false;
    }
    return true;
}

static void on_room(void *cookie);

/* A regular file cannot be waited for, and is always ready. */
static void wait_for_room(struct outlet *outlet)
{
    struct error not_waitable;
    if (!outlet->watched && !outlet->always_ready)
        outlet->watched =
            loop_add(outlet->loop, outlet->fd, EPOLLOUT, on_room, outlet, &not_waitable);
    outlet->always_ready = !outlet->watched;
    if (outlet->always_ready)
        loop_set_timer(outlet->loop, &outlet->again, clock_now_ns(), on_room, outlet);
}

static void stop_waiting(struct outlet *outlet)
{
    if (outlet->watched)
        loop_remove(outlet->loop, outlet->fd);
    outlet->watched = false;
    loop_clear_timer(outlet->loop, &outlet->again);
}

static void on_room(void *cookie)
{
    struct outlet *outlet = cookie;
    struct error err;
    if (!write_some(outlet, &err)) {
        outlet->closed = true;
        stop_waiting(outlet);
        while (outlet->first != NULL)
            drop_first(outlet);
        outlet->events->closed(outlet->cookie, &err);
        return;
    }
    if (outlet->first != NULL) {
        wait_for_room(outlet);
        return;
    }
    stop_waiting(outlet);
    outlet->events->drained(outlet->cookie);
}

void outlet_take(struct outlet *outlet, struct buf *take)
{
    bool was_empty = outlet->first == NULL;
    if (take->len == 0 || outlet->closed) {
        buf_done(take);
        return;
    }
    struct chunk *chunk = mem_alloc(sizeof *chunk);
    chunk->bytes = *take;
    *take = (struct buf){.max = take->max};
    *outlet->last = chunk;
    outlet->last = &chunk->next;
    outlet->waiting += chunk->bytes.len;
    if (was_empty)
        wait_for_room(outlet);
}

size_t outlet_waiting(const struct outlet *outlet)
{
    return outlet->waiting;
}

struct outlet *outlet_new(struct loop *loop, int fd, const struct outlet_events *events,
                          void *cookie)
{
    struct outlet *outlet = mem_alloc(sizeof *outlet);
    *outlet = (struct outlet){.loop = loop, .fd = fd, .events = events, .cookie = cookie};
    outlet->last = &outlet->first;
    return outlet;
}

void outlet_free(struct outlet *outlet)
{
    if (outlet == NULL)
        return;
    stop_waiting(outlet);
    while (outlet->first != NULL)
        drop_first(outlet);
    free(outlet);
}
