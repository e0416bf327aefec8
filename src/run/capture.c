#include "run/capture.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <poll.h>
#include <string.h>
#include <unistd.h>

#include "base/text.h"
#include "sys/fd.h"

enum { CHUNK = 64 * 1024, PIECE = 4096 /* a pipe that is ready takes so much without blocking */ };

void capture_init(struct capture *capture, int from, int64_t limit)
{
    /* the ring stays untouched until it is needed: clearing it would cost its pages */
    capture->ended = capture->escape = capture->closed = false;
    capture->total = 0;
    capture->refusal = 0;
    capture->held_count = 0;
    capture->from = from;
    capture->to = -1;
    capture->hear = NULL;
    capture->cancel_fd = -1;
    capture->limit = limit;
    buf_init(&capture->head, (size_t)limit);
}

void capture_done(struct capture *capture)
{
    fd_close_at(&capture->from);
    buf_done(&capture->head);
}

/* Waits for our own reader, but not past a wish to cancel. */
static bool is_writable(const struct capture *capture)
{
    struct pollfd waits[] = {{.fd = capture->to, .events = POLLOUT},
                             {.fd = capture->cancel_fd, .events = POLLIN}};
    while (poll(waits, 2, -1) < 0)
        if (errno != EINTR)
            return false;
    return waits[0].revents != 0;
}

static void pass_on_raw(struct capture *capture, struct str bytes)
{
    while (bytes.len > 0 && !capture->closed) {
        if (!is_writable(capture)) {
            capture->closed = true;
            return;
        }
        size_t piece = bytes.len < PIECE ? bytes.len : PIECE;
        ssize_t written = write(capture->to, bytes.ptr, piece);
        if (written < 0 && errno == EAGAIN)
            continue;
        if (written < 0 && errno != EINTR) {
            capture->closed = true;
            capture->refusal = errno == EPIPE ? 0 : errno;
            return;
        }
        if (written > 0)
            bytes = str_of(bytes.ptr + written, bytes.len - (size_t)written);
    }
}

static void pass_on_escaped(struct capture *capture, struct str bytes)
{
    auto_buf struct buf shown;
    buf_init(&shown, bytes.len * 12 + 16);
    text_escape(&shown, bytes, true);
    pass_on_raw(capture, buf_str(&shown));
}

/* How many bytes at the end begin a character that more bytes could complete. */
static size_t unfinished_end(struct str bytes)
{
    for (size_t back = 1; back < UTF8_MAX && back <= bytes.len; back++) {
        unsigned char byte = (unsigned char)bytes.ptr[bytes.len - back];
        if ((byte & 0xc0) == 0x80)
            continue;
        size_t whole = byte >= 0xf0 ? 4 : byte >= 0xe0 ? 3 : byte >= 0xc2 ? 2 : 1;
        return whole > back ? back : 0;
    }
    return 0;
}

/* A character may come in pieces, which alone would look like broken ones. */
static void pass_on(struct capture *capture, struct str bytes)
{
    if (capture->to < 0)
        return;
    if (!capture->escape) {
        pass_on_raw(capture, bytes);
        return;
    }
    auto_buf struct buf all;
    buf_init(&all, sizeof capture->held + bytes.len);
    buf_add(&all, capture->held, capture->held_count);
    buf_add_str(&all, bytes);
    capture->held_count = unfinished_end(buf_str(&all));
    struct str now = str_of(buf_str(&all).ptr, all.len - capture->held_count);
    memcpy(capture->held, now.ptr + now.len, capture->held_count);
    pass_on_escaped(capture, now);
}

/* The ring's place for the byte that comes `at` bytes after the head. */
static void keep_tail(struct capture *capture, struct str bytes)
{
    uint64_t at = (uint64_t)(capture->total - capture->limit);
    if (bytes.len > CAPTURE_TAIL_BYTES) {
        at += bytes.len - CAPTURE_TAIL_BYTES;
        bytes = str_of(bytes.ptr + (bytes.len - CAPTURE_TAIL_BYTES), CAPTURE_TAIL_BYTES);
    }
    size_t begin = at % CAPTURE_TAIL_BYTES;
    size_t first = CAPTURE_TAIL_BYTES - begin < bytes.len ? CAPTURE_TAIL_BYTES - begin : bytes.len;
    memcpy(capture->tail + begin, bytes.ptr, first);
    memcpy(capture->tail, bytes.ptr + first, bytes.len - first);
}

static void take(struct capture *capture, struct str bytes)
{
    int64_t room = capture->limit - capture->total;
    size_t fits = room <= 0 ? 0 : (uint64_t)room < bytes.len ? (size_t)room : bytes.len;
    if (fits > 0) {
        struct str head = str_of(bytes.ptr, fits);
        buf_add_str(&capture->head, head);
        pass_on(capture, head);
        capture->total += (int64_t)fits;
        bytes = str_of(bytes.ptr + fits, bytes.len - fits);
    }
    if (bytes.len > 0) {
        keep_tail(capture, bytes);
        capture->total += (int64_t)bytes.len;
    }
}

bool capture_read(struct capture *capture, bool *ret_more, struct error *err)
{
    char chunk[CHUNK];
    ssize_t got = read(capture->from, chunk, sizeof chunk);
    *ret_more = got > 0 || (got < 0 && errno == EINTR);
    if (got < 0 && errno != EAGAIN && errno != EINTR)
        return error_sys(err, "read the guest's output");
    if (got > 0 && capture->hear != NULL)
        capture->hear(capture->hear_cookie, str_of(chunk, (size_t)got));
    if (got > 0)
        take(capture, str_of(chunk, (size_t)got));
    else if (got == 0)
        capture->ended = true;
    errno = capture->refusal;
    return capture->refusal == 0 || error_sys(err, "pass on the guest's output");
}

static struct str unroll_tail(const struct capture *capture, struct arena *arena)
{
    uint64_t past = (uint64_t)(capture->total - capture->limit);
    size_t length = past < CAPTURE_TAIL_BYTES ? (size_t)past : CAPTURE_TAIL_BYTES;
    size_t begin = past < CAPTURE_TAIL_BYTES ? 0 : past % CAPTURE_TAIL_BYTES;
    char *copy = arena_alloc(arena, length + 1);
    size_t first = CAPTURE_TAIL_BYTES - begin < length ? CAPTURE_TAIL_BYTES - begin : length;
    memcpy(copy, capture->tail + begin, first);
    memcpy(copy + first, capture->tail, length - first);
    return str_of(copy, length);
}

struct run_output capture_finish(struct capture *capture, struct arena *arena)
{
    struct run_output output = {.total_bytes = capture->total};
    if (capture->total > capture->limit) {
        output.tail = unroll_tail(capture, arena);
        int64_t left_out = capture->total - capture->limit - (int64_t)output.tail.len;
        auto_buf struct buf notice;
        buf_init(&notice, 128);
        if (left_out > 0)
            buf_printf(&notice, "\n[... %" PRId64 " bytes left out ...]\n", left_out);
        pass_on(capture, buf_str(&notice));
        pass_on(capture, output.tail);
    }
    if (capture->to >= 0)
        pass_on_escaped(capture, str_of(capture->held, capture->held_count));
    output.head = str_of(arena_copy(arena, buf_str(&capture->head).ptr, capture->head.len),
                         capture->head.len);
    return output;
}
