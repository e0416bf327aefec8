#include "run/joint.h"

#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/mem.h"
#include "sys/fd.h"

enum {
    ROOM = 64 * 1024,       /* more is not asked for while so much waits */
    WAITING_MAX = 64 << 20, /* a guest can make his pipe a megabyte long, an administrator longer */
};

struct joint {
    struct loop *loop;
    int64_t *clock;
    int sink; /* -1: not there yet, or closed */
    struct buf waiting;
    size_t written; /* of waiting */
    bool was_behind;
    bool watched, watches_room;
    int64_t given;               /* to the sink */
    int64_t left_in_pipe;        /* when the sink was closed; -1: not known */
    int64_t unread;              /* when the reader left; -1: not known */
    int64_t ended_ns, broken_ns; /* 0: not yet */
    const struct joint_events *events;
    void *cookie;
};

static size_t waits(const struct joint *joint)
{
    return joint->waiting.len - joint->written;
}

static int64_t count_in_pipe(const struct joint *joint)
{
    int count = 0;
    return ioctl(joint->sink, FIONREAD, &count) == 0 ? count : -1;
}

static void close_sink(struct joint *joint)
{
    if (joint->sink < 0)
        return;
    joint->left_in_pipe = count_in_pipe(joint);
    if (joint->watched)
        loop_remove(joint->loop, joint->sink);
    joint->watched = false;
    fd_close_at(&joint->sink);
}

/* What he had not read when his pipe was closed to us he may read all the same, while he lives. */
static int64_t count_unread(const struct joint *joint)
{
    int64_t left = joint->sink >= 0 ? count_in_pipe(joint) : joint->left_in_pipe;
    if (joint->sink < 0 && left > 0)
        return -1;
    return left < 0 ? -1 : left + (int64_t)waits(joint);
}

/* What waits stays: it was written, and nobody has read it. */
void joint_break(struct joint *joint)
{
    if (joint->broken_ns != 0)
        return;
    joint->unread = count_unread(joint);
    joint->broken_ns = clock_now_ns();
    close_sink(joint);
    if (joint->ended_ns == 0 && joint->events != NULL)
        joint->events->gone(joint->cookie);
}

static void on_sink(void *cookie);

/* Without room to wait for, only the reader's going is heard. */
static bool watch(struct joint *joint, bool room, struct error *err)
{
    if (joint->watched && joint->watches_room == room)
        return true;
    if (joint->watched)
        loop_remove(joint->loop, joint->sink);
    joint->watches_room = room;
    joint->watched = loop_add(joint->loop, joint->sink, room ? EPOLLOUT : 0, on_sink, joint, err);
    return joint->watched;
}

/* As much as the pipe takes. False: nobody reads it any more. */
static bool write_some(struct joint *joint)
{
    while (waits(joint) > 0) {
        ssize_t written = write(joint->sink, joint->waiting.data + joint->written, waits(joint));
        if (written < 0 && errno == EINTR)
            continue;
        if (written < 0)
            return errno == EAGAIN;
        joint->written += (size_t)written;
        joint->given += written;
        *joint->clock = clock_now_ns();
    }
    buf_clear(&joint->waiting);
    joint->written = 0;
    return true;
}

/* A reader who is always a little behind must not make it grow. */
static void close_up(struct joint *joint)
{
    size_t rest = waits(joint);
    if (joint->written < ROOM)
        return;
    memmove(joint->waiting.data, joint->waiting.data + joint->written, rest);
    joint->waiting.len = rest;
    joint->written = 0;
}

static void tell_room(struct joint *joint)
{
    if (!joint->was_behind || !joint_has_room(joint) || joint->events == NULL)
        return;
    joint->was_behind = false;
    joint->events->room(joint->cookie);
}

static bool reader_is_gone(const struct joint *joint)
{
    struct pollfd now = {joint->sink, POLLOUT, 0};
    return poll(&now, 1, 0) > 0 && (now.revents & (POLLERR | POLLNVAL)) != 0;
}

/* Of a reader and a writer who go in the same moment the loop may tell the writer first. */
static void settle(struct joint *joint)
{
    struct error err;
    if (joint->sink < 0)
        return;
    if (!write_some(joint) || (joint->ended_ns != 0 && reader_is_gone(joint))) {
        joint_break(joint);
        return;
    }
    close_up(joint);
    if (joint->ended_ns != 0 && waits(joint) == 0)
        close_sink(joint);
    else if (!watch(joint, waits(joint) > 0, &err))
        joint_break(joint); /* no way to go on */
    else
        tell_room(joint);
}

static void on_sink(void *cookie)
{
    struct joint *joint = cookie;
    if (reader_is_gone(joint))
        joint_break(joint);
    else
        settle(joint);
}

bool joint_put(struct joint *joint, struct str bytes)
{
    if (joint->broken_ns != 0)
        return true;
    buf_add_str(&joint->waiting, bytes);
    if (joint->waiting.over)
        return false;
    settle(joint);
    joint->was_behind = joint->was_behind || !joint_has_room(joint);
    return true;
}

bool joint_has_room(const struct joint *joint)
{
    return waits(joint) < ROOM;
}

void joint_end(struct joint *joint)
{
    if (joint->ended_ns == 0)
        joint->ended_ns = clock_now_ns();
    settle(joint);
}

bool joint_take_sink(struct joint *joint, int sink, struct error *err)
{
    joint->sink = sink;
    *joint->clock = clock_now_ns();
    if (!watch(joint, false, err))
        return false;
    settle(joint);
    return true;
}

void joint_set_writer(struct joint *joint, const struct joint_events *events, void *cookie)
{
    joint->events = events;
    joint->cookie = cookie;
}

struct joint_facts joint_facts(const struct joint *joint)
{
    return (struct joint_facts){
        .given_bytes = joint->given,
        .unread_bytes = joint->broken_ns != 0 ? joint->unread : count_unread(joint),
        .ended_ns = joint->ended_ns,
        .broken_ns = joint->broken_ns,
    };
}

struct joint *joint_new(struct loop *loop, int64_t *clock)
{
    struct joint *joint = mem_alloc(sizeof *joint);
    *joint = (struct joint){.loop = loop, .clock = clock, .sink = -1};
    buf_init(&joint->waiting, WAITING_MAX);
    return joint;
}

void joint_free(struct joint *joint)
{
    if (joint == NULL)
        return;
    joint->events = NULL;
    close_sink(joint);
    buf_done(&joint->waiting);
    free(joint);
}
