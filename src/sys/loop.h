/*
 * One thread's wait for many things: file descriptors and times.
 *
 * A call may add, remove and close whatever it likes, its own fd included: what was removed is not
 * called any more, not even when it was already waiting its turn. Fds must be removed before they
 * are closed.
 */
#pragma once

#include "base/error.h"
#include <stdbool.h>
#include <stdint.h>

struct loop;

typedef void loop_call(void *cookie);

struct loop *loop_new(struct error *err);
void loop_free(struct loop *loop);

/* `events` as for epoll: EPOLLIN, EPOLLOUT. Errors and hang-ups call too. */
[[nodiscard]] bool loop_add(struct loop *loop, int fd, uint32_t events, loop_call *call,
                            void *cookie, struct error *err);
void loop_remove(struct loop *loop, int fd); /* -1, or one never added: nothing happens */

/* In the owner's memory; zeroed means "not set". */
struct loop_timer {
    int64_t at_ns; /* of clock_now_ns */
    loop_call *call;
    void *cookie;
    struct loop_timer *next;
};

/* A time that is over is good too: the call comes in this round of the loop or, set by the call of
 * another timer, in the next one; so timers that set themselves let descriptors have their turn. */
void loop_set_timer(struct loop *loop, struct loop_timer *timer, int64_t at_ns, loop_call *call,
                    void *cookie);
/* Unless it is set to an earlier time. */
void loop_advance_timer(struct loop *loop, struct loop_timer *timer, int64_t at_ns, loop_call *call,
                        void *cookie);
void loop_clear_timer(struct loop *loop, struct loop_timer *timer);

/* Until loop_stop. */
[[nodiscard]] bool loop_run(struct loop *loop, struct error *err);
void loop_stop(struct loop *loop);
