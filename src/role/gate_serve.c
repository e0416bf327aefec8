#include "role/gate_serve.h"

#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/text.h"
#include "gate/head.h"
#include "gate/hello.h"
#include "role/gate_reach.h"
#include "sys/fd.h"

enum {
    HEAD_MS = 10000,
    HELLO_MS = 20000,
    SILENCE_MS = 120000,
    CHUNK = 16384,
    BAD_GATEWAY = 502,
    NOT_ALLOWED = 403,
};

/* One way through: what has come and is not sent yet. */
struct way {
    int from, to;
    char bytes[CHUNK];
    size_t begin, end;
    bool ended, told; /* nothing more comes; and the other side knows */
    int64_t total;
    _Atomic int64_t *sum;
    int64_t most;
};

struct session {
    const struct gate *gate;
    int client;
    struct buf heard; /* until the relay begins */
    struct gate_request request;
    struct gate_record record;
    const char *why;
};

static int64_t in_ms(int64_t ms)
{
    return clock_now_ns() + ms * 1000000;
}

/* More of what the client says. False: it has ended, or it took too long. */
static bool hear(struct session *s, size_t most, int64_t deadline_ns)
{
    char chunk[2048];
    while (s->heard.len < most) {
        size_t room = most - s->heard.len;
        ssize_t got = recv(s->client, chunk, room < sizeof chunk ? room : sizeof chunk, 0);
        if (got > 0)
            return buf_add(&s->heard, chunk, (size_t)got);
        if (got == 0 || (errno != EAGAIN && errno != EINTR) ||
            !gate_wait(s->client, POLLIN, deadline_ns))
            return false;
    }
    return false;
}

/* The body is what pip and npm show of a refusal, as far as they show one. */
static void answer(const struct session *s, int status, const char *why)
{
    auto_buf struct buf text;
    buf_init(&text, 2048);
    buf_printf(&text,
               "HTTP/1.1 %d %s\r\nContent-Type: text/plain\r\nContent-Length: %zu\r\n"
               "Connection: close\r\n\r\n%s\n",
               status, why, strlen(why) + 1, why);
    (void)send(s->client, text.data, text.len, MSG_NOSIGNAL);
}

static bool refuse(struct session *s, const char *why)
{
    s->why = why;
    s->record.outcome = GATE_REFUSED;
    return false;
}

static bool fail(struct session *s, const char *why)
{
    s->why = why;
    s->record.outcome = GATE_FAILED;
    return false;
}

/* ---- the request ---------------------------------------------------------------------------- */

/* For the log: the target as far as it was understood, else as it was spelled. */
static void note_target(struct session *s, struct str head)
{
    struct str line = {}, word = {};
    char *to = s->record.to;
    size_t size = sizeof s->record.to;
    if (s->request.port != 0) {
        snprintf(to, size, "%s:%u", s->request.host.name, s->request.port);
        return;
    }
    (void)str_take_line(&head, &line);
    (void)str_take_until(&line, ' ', &word);
    (void)str_take_until(&line, ' ', &word);
    snprintf(to, size, "%.*s", word.len < 120 ? (int)word.len : 120, word.ptr);
}

static bool read_head(struct session *s)
{
    int64_t deadline_ns = in_ms(HEAD_MS);
    size_t length;
    while ((length = gate_head_length(buf_str(&s->heard))) == 0)
        if (!hear(s, GATE_HEAD_MAX, deadline_ns))
            return fail(s, "it asked for nothing that could be understood");
    struct str head = str_of(s->heard.data, length);
    int status;
    const char *why = gate_head_read(head, &s->request, &status);
    note_target(s, head);
    if (why == NULL &&
        !gate_registry_has(&s->gate->config->registries[s->gate->registry], &s->request.host)) {
        why = "the host is not among those that packages may come from";
        status = NOT_ALLOWED;
    }
    if (why != NULL) {
        answer(s, status, why);
        return refuse(s, why);
    }
    memmove(s->heard.data, s->heard.data + length, s->heard.len - length);
    s->heard.len -= length;
    return true;
}

static bool read_hello(struct session *s)
{
    int64_t deadline_ns = in_ms(HELLO_MS);
    for (;;) {
        const char *why;
        enum gate_hello state = gate_hello_check(buf_str(&s->heard), s->request.host.name, &why);
        if (state == GATE_HELLO_GOOD)
            return true;
        if (state == GATE_HELLO_BAD)
            return refuse(s, why);
        if (!hear(s, GATE_HELLO_MAX, deadline_ns))
            return fail(s, "it broke off before its TLS hello");
    }
}

/* ---- the relay ------------------------------------------------------------------------------ */

static bool may_go_on(int error)
{
    return error == EAGAIN || error == EINTR;
}

static bool fill(struct session *s, struct way *way)
{
    ssize_t got = recv(way->from, way->bytes, sizeof way->bytes, 0);
    if (got < 0)
        return may_go_on(errno);
    way->begin = 0;
    way->end = (size_t)got;
    way->ended = got == 0;
    way->total += got;
    if (atomic_fetch_add(way->sum, got) + got <= way->most)
        return true;
    s->why = "the installation has moved more bytes than it may";
    s->record.outcome = GATE_CAPPED;
    return false;
}

static bool empty(struct way *way)
{
    ssize_t sent = send(way->to, way->bytes + way->begin, way->end - way->begin, MSG_NOSIGNAL);
    if (sent < 0)
        return may_go_on(errno);
    way->begin += (size_t)sent;
    return true;
}

static bool move(struct session *s, struct way *way, const struct pollfd *from,
                 const struct pollfd *to)
{
    if (way->begin < way->end && (to->revents & (POLLOUT | POLLERR | POLLHUP)) != 0 && !empty(way))
        return false;
    if (way->begin == way->end && !way->ended && (from->revents & ~POLLOUT) != 0 && !fill(s, way))
        return false;
    if (way->begin == way->end && way->ended && !way->told) {
        shutdown(way->to, SHUT_WR);
        way->told = true;
    }
    return true;
}

static short wanted(const struct way *in, const struct way *out)
{
    return (short)((in->begin == in->end && !in->ended ? POLLIN : 0) |
                   (out->begin < out->end ? POLLOUT : 0));
}

static void relay(struct session *s, struct way *up, struct way *down)
{
    while (!up->told || !down->told) {
        struct pollfd ends[2] = {{up->from, wanted(up, down), 0},
                                 {down->from, wanted(down, up), 0}};
        /* a side that is done both ways would be reported as hung up for ever */
        for (int i = 0; i < 2; i++)
            ends[i].fd = ends[i].events == 0 ? -1 : ends[i].fd;
        int count = poll(ends, 2, SILENCE_MS);
        if (count < 0 && errno == EINTR)
            continue;
        if (count <= 0) {
            (void)fail(s, "nothing was said for too long");
            return;
        }
        if (!move(s, up, &ends[0], &ends[1]) || !move(s, down, &ends[1], &ends[0]))
            return;
    }
}

static bool send_hello(struct session *s, int server, struct way *up)
{
    struct str rest = buf_str(&s->heard);
    int64_t deadline_ns = in_ms(HELLO_MS);
    up->total = (int64_t)rest.len;
    atomic_fetch_add(up->sum, (int64_t)rest.len);
    while (rest.len > 0) {
        ssize_t sent = send(server, rest.ptr, rest.len, MSG_NOSIGNAL);
        if (sent > 0)
            rest = str_skip(rest, (size_t)sent);
        else if (!may_go_on(errno) || !gate_wait(server, POLLOUT, deadline_ns))
            return fail(s, "the connection broke");
    }
    return true;
}

static bool pass_on(struct session *s, int server)
{
    const struct gate_config *config = s->gate->config;
    struct gate_ledger *ledger = s->gate->ledger;
    static struct way up, down;
    up = (struct way){s->client, server, .sum = &ledger->up, .most = config->upload_bytes};
    down = (struct way){server, s->client, .sum = &ledger->down, .most = config->download_bytes};
    if (!send_hello(s, server, &up))
        return false;
    relay(s, &up, &down);
    s->record.up = up.total;
    s->record.down = down.total;
    return s->why == NULL;
}

/* ---- the whole ------------------------------------------------------------------------------ */

static bool go_through(struct session *s)
{
    if (!read_head(s))
        return false;
    struct gate_reach reach = gate_reach(s->gate->config, &s->gate->names, &s->request);
    auto_close int server = reach.fd;
    if (server < 0) {
        answer(s, reach.refused ? NOT_ALLOWED : BAD_GATEWAY, reach.why);
        return reach.refused ? refuse(s, reach.why) : fail(s, reach.why);
    }
    static const struct str welcome = {"HTTP/1.1 200 OK\r\n\r\n", 19};
    if (send(s->client, welcome.ptr, welcome.len, MSG_NOSIGNAL) != (ssize_t)welcome.len)
        return fail(s, "the connection broke");
    snprintf(s->record.why, sizeof s->record.why, "%s", reach.address);
    return read_hello(s) && pass_on(s, server);
}

void gate_serve(const struct gate *gate, int client)
{
    struct session s = {.gate = gate, .client = client};
    struct error unheard;
    int64_t begun_ns = clock_now_ns();
    buf_init(&s.heard, GATE_HELLO_MAX + GATE_HEAD_MAX);
    if (fd_set_nonblocking(client, &unheard) && go_through(&s))
        s.record.outcome = GATE_ALLOWED;
    else
        snprintf(s.record.why, sizeof s.record.why, "%s", s.why != NULL ? s.why : "it broke off");
    s.record.ms = (clock_now_ns() - begun_ns) / 1000000;
    gate_ledger_note(gate->ledger, &s.record);
    buf_done(&s.heard);
}
