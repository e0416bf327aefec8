/*
 * Lines out of a file, a pipe or a terminal, of a bounded length, for one who waits on a loop and
 * reads only when he can use more. A line that is too long is passed over, and told.
 */
#pragma once

#include "base/error.h"
#include "base/str.h"
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct lines {
    int fd; /* lent; it may be another's too, so it is not made non-blocking */
    size_t max;
    char *bytes;
    size_t from, seen, to, room; /* the line begins at `from`; up to `seen` it has no end */
    bool ended;                  /* nothing more to read */
    bool skips;                  /* we are inside of a line that was too long */
    int64_t number;              /* of the line that was given last, from 1 */
};

void lines_init(struct lines *lines, int fd, size_t max);
void lines_done(struct lines *lines);

enum lines_news {
    LINES_LINE,
    LINES_TOO_LONG, /* told once for each such line */
    LINES_WANT,     /* lines_read has to come first */
    LINES_END,
};

/* Out of what has been read. The line, without its end, is good until the next lines_read. */
enum lines_news lines_next(struct lines *lines, struct str *ret_line);

/* Reads once; waits where nothing is there. */
[[nodiscard]] bool lines_read(struct lines *lines, struct error *err);
