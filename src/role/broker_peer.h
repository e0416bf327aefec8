/*
 * The asker, as the broker hears and answers it.
 *
 * To answer never waits: what the asker does not take yet is kept. While much is kept, nothing more
 * is heard from it, so an asker that only talks cannot make the broker grow; boxes that are there
 * live and end as they would otherwise.
 */
#pragma once

#include "base/error.h"
#include "sys/loop.h"
#include "wire/wire.h"

struct peer_events {
    void (*heard)(void *cookie, struct wire_message *message); /* lent; what fds it leaves, goes */
    void (*gone)(void *cookie, const struct error *why); /* NULL: it has closed, all is well */
};

struct peer;

/* The socket is lent. */
[[nodiscard]] struct peer *peer_new(struct loop *loop, int socket, const struct peer_events *events,
                                    void *cookie, struct error *err);
void peer_free(struct peer *peer);

/* A peer that cannot be told any more is gone. The fds are lent. */
void peer_say(struct peer *peer, enum wire_kind kind, uint32_t id, struct str payload,
              const int *fds, int fd_count);
bool peer_is_behind(const struct peer *peer);
