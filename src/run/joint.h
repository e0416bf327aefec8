/*
 * Two boxes joined: what the program in one writes to its stdout is what the program in the other
 * reads. Each has a pipe of its own to us and none to the other, so there is nothing that both
 * could touch, and what goes by is counted and can be kept; a pipe takes no descriptors along.
 *
 * It behaves as a pipe does. Who writes faster than the other reads is made to wait; when he ends,
 * the other reads what is left and then the end; when the reader goes, the writer's pipe is closed.
 */
#pragma once

#include "base/buf.h"
#include "base/error.h"
#include "sys/loop.h"

struct joint;

/* Told to the writer's side; from the loop, or while it puts. */
struct joint_events {
    void (*room)(void *cookie); /* there is room again */
    void (*gone)(void *cookie); /* nobody will read any more */
};

/* `clock` is shared by the joints of a chain: when anything was last said on one of them. */
struct joint *joint_new(struct loop *loop, int64_t *clock);
void joint_free(struct joint *joint);

/* Whose output it takes. NULL events: nobody's any more. */
void joint_set_writer(struct joint *joint, const struct joint_events *events, void *cookie);

/* Takes the end of the reader's pipe that is written; it must be non-blocking. */
[[nodiscard]] bool joint_take_sink(struct joint *joint, int sink, struct error *err);

/* Takes what a dead writer's pipe can hold, whether there is room or not; false if it is more. */
[[nodiscard]] bool joint_put(struct joint *joint, struct str bytes);
bool joint_has_room(const struct joint *joint);

void joint_end(struct joint *joint);   /* no more is written */
void joint_break(struct joint *joint); /* no more is read */

/* What came of it. Times are of clock_now_ns, 0: that has not happened. */
struct joint_facts {
    int64_t given_bytes;  /* to the reader's pipe */
    int64_t unread_bytes; /* of them and of those that waited; -1: not known, all was given */
    int64_t ended_ns, broken_ns; /* by the writer, by the reader: the one that comes second too */
};

struct joint_facts joint_facts(const struct joint *joint);
