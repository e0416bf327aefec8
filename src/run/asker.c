#include "run/asker.h"

#include <assert.h>
#include <errno.h>
#include <stdlib.h>
#include <sys/epoll.h>

#include "base/mem.h"
#include "wire/box_wire.h"
#include "wire/queue.h"

struct asker {
    int socket;
    struct loop *loop;
    struct wire_queue *queue;
    struct asker_box *boxes;
    struct error lost; /* kind NONE: the broker is there */
};

static void lose(struct asker *asker, const struct error *why)
{
    if (asker->lost.kind != ERROR_NONE)
        return;
    asker->lost = *why;
    loop_remove(asker->loop, asker->socket);
    while (asker->boxes != NULL) {
        struct asker_box *box = asker->boxes;
        asker_leave(asker, box);
        box->hear(box->cookie, NULL, &asker->lost);
    }
}

static void lose_silently(struct asker *asker)
{
    struct error err = {};
    error_set(&err, ERROR_INTERRUPTED, "the broker has ended before its work was done");
    error_stage(&err, "broker");
    lose(asker, &err);
}

/* Box 0 is the broker itself: it could not begin, or cannot go on, and says why before it goes. */
static void hear_broker(struct asker *asker, const struct wire_message *message)
{
    struct error theirs, err;
    bool known = message->kind == WIRE_BOX_FAILED &&
                 wire_get_error(buf_str(&message->payload), &theirs, &err);
    if (known)
        lose(asker, &theirs);
    else
        lose_silently(asker);
}

static void hear(struct asker *asker, struct wire_message *message)
{
    for (struct asker_box *box = asker->boxes; box != NULL; box = box->next) {
        if (box->id == message->id) {
            box->hear(box->cookie, message, NULL);
            return;
        }
    }
}

static void on_message(void *cookie)
{
    struct asker *asker = cookie;
    struct wire_message message;
    struct error err = {};
    if (!wire_receive(asker->socket, TO_ASKER, &message, &err)) {
        lose(asker, &err);
        return;
    }
    if (message.kind == WIRE_NONE)
        lose_silently(asker);
    else if (message.id == 0)
        hear_broker(asker, &message);
    else
        hear(asker, &message);
    wire_message_done(&message);
}

static void on_relaxed(void *cookie)
{
    (void)cookie; /* who runs many boxes at once bounds them himself */
}

/* A broker that went has perhaps said why, and what it said can still be read. */
static bool is_hangup(const struct error *err)
{
    return err->number == EPIPE || err->number == ECONNRESET;
}

static void on_failed(void *cookie, const struct error *why)
{
    if (!is_hangup(why))
        lose(cookie, why);
}

static const struct wire_queue_events queue_events = {on_relaxed, on_failed};

bool asker_say(struct asker *asker, enum wire_kind kind, uint32_t id, struct str payload,
               const int *fds, int fd_count, struct error *err)
{
    if (asker->lost.kind != ERROR_NONE) {
        *err = asker->lost;
        return false;
    }
    return wire_queue_send(asker->queue, kind, id, payload, fds, fd_count, err) || is_hangup(err);
}

bool asker_want(struct asker *asker, enum warm kind, int count, struct error *err)
{
    const uint32_t no_box = UINT32_MAX; /* an answer would be about none, and is passed over */
    auto_buf struct buf payload;
    buf_init(&payload, 16);
    wire_put_want(&payload, kind, count);
    return asker_say(asker, WIRE_POOL_WANT, no_box, buf_str(&payload), NULL, 0, err);
}

/* Numbers are not used again, not even by the next asker at the same socket: what the broker still
 * has to say about a box that was given up must not reach another one. */
void asker_enter(struct asker *asker, struct asker_box *box, asker_hear *hear_it, void *cookie)
{
    static uint32_t last;
    if (++last == UINT32_MAX)
        last = 1;
    *box = (struct asker_box){asker->boxes, last, hear_it, cookie};
    asker->boxes = box;
}

void asker_leave(struct asker *asker, struct asker_box *box)
{
    for (struct asker_box **at = &asker->boxes; *at != NULL; at = &(*at)->next) {
        if (*at == box) {
            *at = box->next;
            return;
        }
    }
}

struct loop *asker_loop(const struct asker *asker)
{
    return asker->loop;
}

struct asker *asker_new(int socket, struct loop *loop, struct error *err)
{
    struct asker *asker = mem_alloc(sizeof *asker);
    *asker = (struct asker){.socket = socket, .loop = loop};
    asker->queue = wire_queue_new(loop, socket, &queue_events, asker);
    if (loop_add(loop, socket, EPOLLIN, on_message, asker, err))
        return asker;
    asker_free(asker);
    return NULL;
}

void asker_free(struct asker *asker)
{
    if (asker == NULL)
        return;
    assert(asker->boxes == NULL);
    loop_remove(asker->loop, asker->socket);
    wire_queue_free(asker->queue);
    free(asker);
}
