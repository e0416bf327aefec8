/*
 * Copying one file, holes and all: a sparse file of a terabyte that holds a page costs a page, not
 * the disk (attack: a file that explodes when it is copied).
 */
#include <errno.h>
#include <stdint.h>
#include <sys/sendfile.h>
#include <unistd.h>

#include "sys/tree.h"

struct span {
    int64_t start, end; /* of bytes that are there; what follows may be a hole */
};

enum next { NEXT_SPAN, NEXT_HOLE_TO_END, NEXT_FAILED };

/* Files of /proc and the like know neither size nor holes: they are read until they end. */
static enum next find_span(int from, int64_t at, struct span *ret, struct error *err)
{
    *ret = (struct span){at, INT64_MAX};
    off_t start = lseek(from, at, SEEK_DATA);
    if (start < 0 && errno == ENXIO && lseek(from, 0, SEEK_END) > 0)
        return NEXT_HOLE_TO_END;
    if (start >= 0) {
        off_t end = lseek(from, start, SEEK_HOLE);
        *ret = (struct span){start, end > start ? end : INT64_MAX};
    }
    if (lseek(from, ret->start, SEEK_SET) < 0 && ret->start > 0) {
        error_sys(err, "go on in a file");
        return NEXT_FAILED;
    }
    return NEXT_SPAN;
}

/* One byte more than there is room for is enough to know that it is too much. */
static bool copy_span(int from, int to, const struct span *span, int64_t room, int64_t *ret_sent,
                      struct error *err)
{
    const int64_t length = span->end - span->start, most = length <= room ? length : room + 1;
    int64_t total = 0;
    while (total < most) {
        size_t want = most - total < (1 << 20) ? (size_t)(most - total) : (1 << 20);
        ssize_t sent = sendfile(to, from, NULL, want);
        if (sent < 0 && errno == EINTR)
            continue;
        if (sent < 0)
            return error_sys(err, "copy a file");
        if (sent == 0)
            break;
        total += sent;
    }
    *ret_sent = total;
    return true;
}

static bool end_in_hole(int from, int to, struct error *err)
{
    off_t size = lseek(from, 0, SEEK_END);
    return (size >= 0 && ftruncate(to, size) == 0) || error_sys(err, "copy the end of a file");
}

bool tree_copy_file(int from, int to, int64_t bytes_max, int64_t *ret_bytes, struct error *err)
{
    struct span span = {};
    int64_t total = 0, sent = 0, at = 0;
    for (;;) {
        enum next next = find_span(from, at, &span, err);
        if (next == NEXT_FAILED || (next == NEXT_HOLE_TO_END && !end_in_hole(from, to, err)))
            return false;
        if (next == NEXT_HOLE_TO_END)
            break;
        if (span.start > 0 && lseek(to, span.start, SEEK_SET) < 0)
            return error_sys(err, "leave a hole in a file");
        if (!copy_span(from, to, &span, bytes_max - total, &sent, err))
            return false;
        total += sent;
        at = span.start + sent;
        if (total > bytes_max)
            return error_set(err, ERROR_LIMIT, "a file has more than %lld bytes",
                             (long long)bytes_max);
        if (at < span.end)
            break;
    }
    *ret_bytes = total;
    return true;
}
