/*
 * The asking side's end of a broker's socket, shared by all boxes that are asked for on one loop.
 *
 * asker_enter gives a box its number; from then on it hears, from the loop, each message about it,
 * until asker_leave. What is said about a number that has left is passed over. When the broker is
 * lost, each box hears that once, and so does whoever speaks later.
 *
 * To speak never waits: what the broker does not take at once is kept (wire/queue.h).
 */
#pragma once

#include "base/error.h"
#include "sys/loop.h"
#include "wire/wire.h"

struct asker;

/* `message` is lent, and NULL when the broker is lost: then `lost` says why. */
typedef void asker_hear(void *cookie, struct wire_message *message, const struct error *lost);

/* The socket is lent. */
[[nodiscard]] struct asker *asker_new(int socket, struct loop *loop, struct error *err);
void asker_free(struct asker *asker); /* all must have left */

/* In the caller's memory. */
struct asker_box {
    struct asker_box *next;
    uint32_t id;
    asker_hear *hear;
    void *cookie;
};

void asker_enter(struct asker *asker, struct asker_box *box, asker_hear *hear, void *cookie);
void asker_leave(struct asker *asker, struct asker_box *box); /* also if it has left already */

/* The fds are lent. */
[[nodiscard]] bool asker_say(struct asker *asker, enum wire_kind kind, uint32_t id,
                             struct str payload, const int *fds, int fd_count, struct error *err);

/* From now on the broker keeps boxes of this kind ready, for the many that will be asked for. It is
 * a wish: what the broker cannot keep it makes when it is needed. */
[[nodiscard]] bool asker_want(struct asker *asker, enum warm kind, int count, struct error *err);

struct loop *asker_loop(const struct asker *asker);
