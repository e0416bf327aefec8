#include "run/feed.h"

#include <errno.h>
#include <sys/epoll.h>
#include <unistd.h>

#include "sys/fd.h"

static void pump(void *cookie);

/* A regular file is always readable and cannot be waited for. */
static bool wait_for_source(struct feed *feed, struct error *err)
{
    loop_remove(feed->loop, feed->sink);
    if (loop_add(feed->loop, feed->source, EPOLLIN, pump, feed, err)) {
        feed->source_waits = true;
        return true;
    }
    return false;
}

static bool wait_for_sink(struct feed *feed, struct error *err)
{
    if (feed->source_waits)
        loop_remove(feed->loop, feed->source);
    feed->source_waits = false;
    loop_remove(feed->loop, feed->sink);
    return loop_add(feed->loop, feed->sink, EPOLLOUT, pump, feed, err);
}

/* A source that fails looks to the guest like one that has ended. */
static bool fill(struct feed *feed)
{
    ssize_t got;
    do
        got = read(feed->source, feed->bytes, sizeof feed->bytes);
    while (got < 0 && errno == EINTR);
    if (got < 0 && errno == EAGAIN)
        return true;
    if (got <= 0)
        return false;
    feed->from = 0;
    feed->to = (size_t)got;
    if (feed->hear != NULL)
        feed->hear(feed->cookie, str_of(feed->bytes, feed->to));
    return true;
}

/* Called when whatever we waited for has come: the source's bytes or the sink's room. */
static void pump(void *cookie)
{
    struct feed *feed = cookie;
    struct error err;
    if (feed->from == feed->to && !fill(feed)) {
        feed_end(feed);
        return;
    }
    while (feed->from < feed->to) {
        ssize_t written = write(feed->sink, feed->bytes + feed->from, feed->to - feed->from);
        if (written < 0 && errno == EINTR)
            continue;
        if (written < 0)
            break;
        feed->from += (size_t)written;
    }
    bool full = feed->from < feed->to;
    if (full && errno != EAGAIN)
        feed_end(feed); /* the guest reads no more */
    else if (full ? !wait_for_sink(feed, &err)
                  : !feed->source_waits && !wait_for_source(feed, &err) &&
                        !wait_for_sink(feed, &err))
        feed_end(feed);
}

bool feed_begin(struct feed *feed, struct loop *loop, int source, int sink, struct error *err)
{
    *feed = (struct feed){.loop = loop, .source = source, .sink = sink};
    struct error not_waitable; /* a regular file: then the sink's room sets the pace */
    return wait_for_source(feed, &not_waitable) || wait_for_sink(feed, err);
}

void feed_end(struct feed *feed)
{
    if (feed->loop == NULL)
        return;
    if (feed->source_waits)
        loop_remove(feed->loop, feed->source);
    feed->source_waits = false;
    loop_remove(feed->loop, feed->sink);
    fd_close_at(&feed->sink);
}
