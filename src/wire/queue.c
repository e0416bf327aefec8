#include "wire/queue.h"

#include <stdlib.h>
#include <sys/epoll.h>

#include "base/clock.h"
#include "base/mem.h"
#include "sys/fd.h"
#include "wire/wire_private.h"

enum { RETRY_NS = 2000000 };

struct waiting {
    struct waiting *next;
    struct buf bytes;
    int fds[MESSAGE_FDS_MAX]; /* ours */
    int fd_count;
};

struct wire_queue {
    struct loop *loop;
    int socket;
    int door; /* a copy of the socket: the loop watches it for room, the other one for messages;
               * -1 until one is needed */
    const struct wire_queue_events *events;
    void *cookie;
    struct waiting *first, **last;
    size_t count, bytes;
    bool was_long, watched;
    struct loop_timer retry; /* room among the descriptors on their way cannot be waited for */
};

static void waiting_free(struct waiting *waiting)
{
    for (int i = 0; i < waiting->fd_count; i++)
        fd_close_at(&waiting->fds[i]);
    buf_done(&waiting->bytes);
    free(waiting);
}

static void drop_first(struct wire_queue *queue)
{
    struct waiting *first = queue->first;
    queue->first = first->next;
    if (queue->first == NULL)
        queue->last = &queue->first;
    queue->count--;
    queue->bytes -= first->bytes.len;
    waiting_free(first);
}

static void stop_waiting(struct wire_queue *queue)
{
    if (queue->watched)
        loop_remove(queue->loop, queue->door);
    queue->watched = false;
    loop_clear_timer(queue->loop, &queue->retry);
}

static bool flush(struct wire_queue *queue, bool *ret_any, struct error *err)
{
    bool taken = true;
    *ret_any = false;
    while (queue->first != NULL) {
        const struct waiting *first = queue->first;
        if (!message_offer(queue->socket, buf_str(&first->bytes), first->fds, first->fd_count,
                           &taken, err))
            return false;
        if (!taken)
            return true;
        *ret_any = true;
        drop_first(queue);
    }
    return true;
}

static void wait_for_room(struct wire_queue *queue, bool by_clock);

/* A socket that has room and takes nothing all the same lacks something that cannot be watched. */
static void on_room(void *cookie)
{
    struct wire_queue *queue = cookie;
    struct error err;
    bool any;
    bool by_door = queue->watched;
    stop_waiting(queue);
    if (!flush(queue, &any, &err)) {
        queue->events->failed(queue->cookie, &err);
        return;
    }
    if (queue->first != NULL) {
        wait_for_room(queue, by_door && !any);
        return;
    }
    bool was_long = queue->was_long;
    queue->was_long = false;
    if (was_long)
        queue->events->relaxed(queue->cookie);
}

static void wait_for_room(struct wire_queue *queue, bool by_clock)
{
    struct error unheard; /* then the clock does it */
    if (queue->door < 0)
        queue->door = fd_duplicate(queue->socket, &unheard);
    if (!by_clock && queue->door >= 0)
        queue->watched = loop_add(queue->loop, queue->door, EPOLLOUT, on_room, queue, &unheard);
    if (!queue->watched)
        loop_set_timer(queue->loop, &queue->retry, clock_now_ns() + RETRY_NS, on_room, queue);
}

static bool copy_fds(struct waiting *waiting, const struct wire_packet *packet, struct error *err)
{
    for (int i = 0; i < packet->fd_count; i++) {
        int copy = fd_duplicate(packet->fds[i], err);
        if (copy < 0)
            return false;
        waiting->fds[waiting->fd_count++] = copy;
    }
    return true;
}

static bool append(struct wire_queue *queue, struct wire_packet *packet, struct error *err)
{
    if (queue->count == WIRE_QUEUE_MAX || queue->bytes + packet->bytes.len > WIRE_QUEUE_BYTES_MAX)
        return error_set(err, ERROR_INTERRUPTED, "the other side does not listen any more");
    struct waiting *waiting = mem_alloc(sizeof *waiting);
    if (!copy_fds(waiting, packet, err)) {
        waiting_free(waiting);
        return error_wrap(err, "keep a message");
    }
    waiting->bytes = packet->bytes;
    packet->bytes = (struct buf){};
    *queue->last = waiting;
    queue->last = &waiting->next;
    queue->count++;
    queue->bytes += waiting->bytes.len;
    queue->was_long = queue->was_long || wire_queue_is_long(queue);
    if (queue->count == 1)
        wait_for_room(queue, false);
    return true;
}

bool wire_queue_send(struct wire_queue *queue, enum wire_kind kind, uint32_t id, struct str payload,
                     const int *fds, int fd_count, struct error *err)
{
    __attribute__((cleanup(wire_packet_done))) struct wire_packet packet = {.file = -1};
    bool taken = false;
    if (!wire_pack(kind, id, payload, fds, fd_count, &packet, err))
        return false;
    if (queue->first == NULL && !message_offer(queue->socket, buf_str(&packet.bytes), packet.fds,
                                               packet.fd_count, &taken, err))
        return false;
    return taken || append(queue, &packet, err);
}

bool wire_queue_is_long(const struct wire_queue *queue)
{
    return queue->count >= WIRE_QUEUE_MANY;
}

struct wire_queue *wire_queue_new(struct loop *loop, int socket,
                                  const struct wire_queue_events *events, void *cookie)
{
    struct wire_queue *queue = mem_alloc(sizeof *queue);
    *queue = (struct wire_queue){
        .loop = loop, .socket = socket, .door = -1, .events = events, .cookie = cookie};
    queue->last = &queue->first;
    return queue;
}

void wire_queue_free(struct wire_queue *queue)
{
    if (queue == NULL)
        return;
    stop_waiting(queue);
    while (queue->first != NULL)
        drop_first(queue);
    fd_close_at(&queue->door);
    free(queue);
}
