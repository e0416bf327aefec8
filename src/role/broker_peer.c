#include "role/broker_peer.h"

#include <stdlib.h>
#include <sys/epoll.h>

#include "base/mem.h"
#include "wire/queue.h"

struct peer {
    struct loop *loop;
    int socket;
    struct wire_queue *queue;
    const struct peer_events *events;
    void *cookie;
    bool deaf; /* until it has taken what we said */
};

static void on_message(void *cookie)
{
    struct peer *peer = cookie;
    struct wire_message message;
    struct error err = {};
    if (!wire_receive(peer->socket, TO_BROKER, &message, &err)) {
        peer->events->gone(peer->cookie, &err);
        return;
    }
    if (message.kind == WIRE_NONE) {
        peer->events->gone(peer->cookie, NULL);
        return;
    }
    peer->events->heard(peer->cookie, &message);
    wire_message_done(&message);
}

static bool listen_again(struct peer *peer, struct error *err)
{
    peer->deaf = false;
    return loop_add(peer->loop, peer->socket, EPOLLIN, on_message, peer, err);
}

static void on_relaxed(void *cookie)
{
    struct peer *peer = cookie;
    struct error err;
    if (peer->deaf && !listen_again(peer, &err))
        peer->events->gone(peer->cookie, &err);
}

static void on_failed(void *cookie, const struct error *why)
{
    struct peer *peer = cookie;
    peer->events->gone(peer->cookie, why);
}

static const struct wire_queue_events queue_events = {on_relaxed, on_failed};

void peer_say(struct peer *peer, enum wire_kind kind, uint32_t id, struct str payload,
              const int *fds, int fd_count)
{
    struct error err;
    if (!wire_queue_send(peer->queue, kind, id, payload, fds, fd_count, &err)) {
        peer->events->gone(peer->cookie, &err);
        return;
    }
    if (!peer_is_behind(peer) || peer->deaf)
        return;
    peer->deaf = true;
    loop_remove(peer->loop, peer->socket);
}

bool peer_is_behind(const struct peer *peer)
{
    return wire_queue_is_long(peer->queue);
}

struct peer *peer_new(struct loop *loop, int socket, const struct peer_events *events, void *cookie,
                      struct error *err)
{
    struct peer *peer = mem_alloc(sizeof *peer);
    *peer = (struct peer){.loop = loop, .socket = socket, .events = events, .cookie = cookie};
    peer->queue = wire_queue_new(loop, socket, &queue_events, peer);
    if (listen_again(peer, err))
        return peer;
    peer_free(peer);
    return NULL;
}

void peer_free(struct peer *peer)
{
    if (peer == NULL)
        return;
    loop_remove(peer->loop, peer->socket);
    wire_queue_free(peer->queue);
    free(peer);
}
