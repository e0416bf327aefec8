#include "cli/lines.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/mem.h"

enum { CHUNK = 64 * 1024 };

void lines_init(struct lines *lines, int fd, size_t max)
{
    *lines = (struct lines){.fd = fd, .max = max};
}

void lines_done(struct lines *lines)
{
    free(lines->bytes);
    *lines = (struct lines){.fd = -1};
}

/* Where the line ends: at its line feed, or where the input does. */
static bool find_end(struct lines *lines)
{
    const char *end = NULL;
    if (lines->seen < lines->to)
        end = memchr(lines->bytes + lines->seen, '\n', lines->to - lines->seen);
    lines->seen = end != NULL ? (size_t)(end - lines->bytes) : lines->to;
    return end != NULL || lines->ended;
}

/* Nothing is kept of a line that cannot be used; it is told when that is first known. */
static enum lines_news drop_part(struct lines *lines)
{
    lines->from = lines->seen = lines->to;
    if (lines->skips)
        return LINES_WANT;
    lines->skips = true;
    lines->number++;
    return LINES_TOO_LONG;
}

static struct str take(struct lines *lines)
{
    struct str line = str_of(lines->bytes + lines->from, lines->seen - lines->from);
    lines->from = lines->seen = lines->seen < lines->to ? lines->seen + 1 : lines->to;
    return line;
}

enum lines_news lines_next(struct lines *lines, struct str *ret_line)
{
    while (find_end(lines)) {
        bool is_rest = lines->skips;
        lines->skips = false;
        if (lines->from == lines->to)
            return LINES_END;
        struct str line = take(lines);
        if (is_rest)
            continue;
        lines->number++;
        if (line.len > lines->max)
            return LINES_TOO_LONG;
        if (str_ends(line, "\r"))
            line.len--;
        *ret_line = line;
        return LINES_LINE;
    }
    bool too_long = lines->to - lines->from > lines->max;
    return too_long || lines->skips ? drop_part(lines) : LINES_WANT;
}

static void make_room(struct lines *lines)
{
    if (lines->from > 0) {
        size_t kept = lines->to - lines->from;
        memmove(lines->bytes, lines->bytes + lines->from, kept);
        lines->seen -= lines->from;
        lines->from = 0;
        lines->to = kept;
    }
    if (lines->room - lines->to >= CHUNK)
        return;
    lines->room = lines->room > 0 ? lines->room * 2 : (size_t)2 * CHUNK;
    lines->bytes = mem_grow(lines->bytes, lines->room, 1);
}

bool lines_read(struct lines *lines, struct error *err)
{
    make_room(lines);
    ssize_t got;
    do
        got = read(lines->fd, lines->bytes + lines->to, CHUNK);
    while (got < 0 && errno == EINTR);
    if (got < 0 && errno == EAGAIN)
        return true;
    if (got < 0)
        return error_sys(err, "read the batch");
    lines->ended = got == 0;
    lines->to += (size_t)got;
    return true;
}
