/*
 * The caller's terminal (sys/console.h) and that of a box, joined: what is typed goes in as it is,
 * what the program writes comes out through base/screen.h, and the size follows. The caller's own
 * descriptor is never in the box.
 *
 * Neither side waits for the other: while the caller's terminal takes nothing, nothing is read from
 * the box's, and what is typed still goes in.
 */
#pragma once

#include "base/error.h"
#include "base/screen.h"
#include "run/feed.h"
#include "sys/console.h"
#include "sys/loop.h"

enum { TERMINAL_CHUNK = 4096, TERMINAL_LEAVE = 0x1d /* Ctrl-] */ };

struct terminal_events {
    void (*heard)(void *cookie, int64_t total); /* so much was written by the program so far */
    void (*left)(void *cookie);                 /* Ctrl-] was typed three times within a second */
};

struct terminal {
    struct loop *loop; /* NULL: not joined */
    struct console *console;
    const struct terminal_events *events;
    void *cookie;
    int far_end; /* of the box's terminal; -1: nobody writes to it any more */
    int sink;    /* the caller's, for writing */
    bool sink_waits;
    struct feed feed;
    struct screen screen;
    struct buf pending;
    size_t written; /* of pending */
    int64_t total;
    int leaves; /* Ctrl-] in a row, */
    int64_t first_leave_ns;
};

/* Takes the far end, and enters raw mode. */
[[nodiscard]] bool terminal_join(struct terminal *terminal, struct loop *loop,
                                 struct console *console, int far_end,
                                 const struct terminal_events *events, void *cookie,
                                 struct error *err);

/* Shows what is still on its way, puts the screen and its modes back. Also if nothing was joined.
 */
void terminal_part(struct terminal *terminal);
