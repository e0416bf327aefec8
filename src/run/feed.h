/*
 * What the guest reads: bytes go from our standard input, or a file, into its pipe, as it takes
 * them. The guest never gets a descriptor of ours: not the terminal, not the file.
 */
#pragma once

#include "base/error.h"
#include "base/str.h"
#include "sys/loop.h"
#include <stdbool.h>

struct feed {
    struct loop *loop;
    int source; /* lent */
    int sink;   /* the pipe's end that we write; -1: done */
    bool source_waits;
    size_t from, to;                              /* of bytes: what was read and not yet written */
    void (*hear)(void *cookie, struct str bytes); /* told what was read; or NULL */
    void *cookie;
    char bytes[16384];
};

/* Takes the sink, which must be non-blocking. */
[[nodiscard]] bool feed_begin(struct feed *feed, struct loop *loop, int source, int sink,
                              struct error *err);
void feed_end(struct feed *feed);
