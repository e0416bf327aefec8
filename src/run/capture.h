/*
 * One stream of a guest's output: kept at its head up to the limit and, past that, at its tail;
 * counted all the way; passed on as it comes, where that is asked for.
 */
#pragma once

#include "base/arena.h"
#include "base/buf.h"
#include "base/error.h"
#include "base/utf8.h"
#include "model/run_result.h"

enum { CAPTURE_TAIL_BYTES = 16 * 1024 };

struct capture {
    int from;            /* the pipe's end that we read, non-blocking */
    bool ended;          /* nobody can write to it any more */
    int to;              /* where it goes on to as it comes, or -1 */
    bool escape;         /* control characters come out readable */
    char held[UTF8_MAX]; /* escaping: the beginning of a character that is still to come */
    size_t held_count;
    int cancel_fd;        /* gives up waiting for `to` when this becomes readable */
    int64_t total, limit; /* total bytes so far; of which `limit` are kept in head */
    struct buf head;
    char tail[CAPTURE_TAIL_BYTES];                /* a ring: the last bytes past head */
    void (*hear)(void *cookie, struct str bytes); /* told what comes, past the limit too; or NULL */
    void *hear_cookie;
    bool closed; /* `to` takes no more */
    int refusal; /* because of this errno, other than that its reader has gone */
};

void capture_init(struct capture *capture, int from, int64_t limit);
void capture_done(struct capture *capture);

/* Reads once; *ret_more is false when nothing was there. That `to` cannot take it, a full disk say,
 * is an error; that nobody reads it any more only sets `closed`. */
[[nodiscard]] bool capture_read(struct capture *capture, bool *ret_more, struct error *err);

/* What was kept, copied into the arena. When something was left out, the tail also goes to `to`. */
struct run_output capture_finish(struct capture *capture, struct arena *arena);
