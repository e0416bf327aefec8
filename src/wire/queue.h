/*
 * What one side of the border still has to say: a message that the socket does not take at once
 * waits here, in order, until it does. So nobody who speaks ever waits for a peer that does not
 * listen: a broker goes on killing at deadlines, an asker goes on reading.
 *
 * Who is told that there are many waiting should stop taking on work that makes more of them. The
 * queue has an end all the same: past it, and when the peer has gone, sending fails.
 */
#pragma once

#include "base/error.h"
#include "sys/loop.h"
#include "wire/wire.h"

enum {
    WIRE_QUEUE_MANY = 1024, /* waiting messages: wire_queue_is_long */
    WIRE_QUEUE_MAX = 8192,
    WIRE_QUEUE_BYTES_MAX = 64 << 20,
};

struct wire_queue_events {
    void (*relaxed)(void *cookie);                         /* it was long, and is empty again */
    void (*failed)(void *cookie, const struct error *why); /* what waited can never be said */
};

struct wire_queue;

/* The events come from the loop only. The socket is lent for as long as the queue lives. */
struct wire_queue *wire_queue_new(struct loop *loop, int socket,
                                  const struct wire_queue_events *events, void *cookie);
void wire_queue_free(struct wire_queue *queue);

/* The fds are lent: those of a message that has to wait are copied. */
[[nodiscard]] bool wire_queue_send(struct wire_queue *queue, enum wire_kind kind, uint32_t id,
                                   struct str payload, const int *fds, int fd_count,
                                   struct error *err);
bool wire_queue_is_long(const struct wire_queue *queue);
