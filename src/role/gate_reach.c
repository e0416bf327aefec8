#include "role/gate_reach.h"

#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/clock.h"
#include "sys/fd.h"

enum { CONNECT_MS = 10000, PROXY_MS = 30000 };

bool gate_wait(int fd, short events, int64_t deadline_ns)
{
    for (;;) {
        struct pollfd wait = {fd, events, 0};
        int64_t left = (deadline_ns - clock_now_ns()) / 1000000;
        if (left <= 0)
            return false;
        int count = poll(&wait, 1, left > 600000 ? 600000 : (int)left);
        if (count > 0)
            return true;
        if (count < 0 && errno != EINTR)
            return false;
    }
}

static int64_t in_ms(int ms)
{
    return clock_now_ns() + ms * INT64_C(1000000);
}

static int connect_to(const struct gate_address *address, uint16_t port)
{
    struct sockaddr_in6 place;
    unsigned length = gate_address_socket(address, port, &place);
    auto_close int fd = socket(place.sin6_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (fd < 0)
        return -1;
    int failed = 0;
    socklen_t size = sizeof failed;
    if (connect(fd, (struct sockaddr *)&place, length) == 0)
        return fd_steal(&fd);
    if (errno != EINPROGRESS || !gate_wait(fd, POLLOUT, in_ms(CONNECT_MS)) ||
        getsockopt(fd, SOL_SOCKET, SO_ERROR, &failed, &size) < 0 || failed != 0)
        return -1;
    return fd_steal(&fd);
}

/* Whoever would speak from the address that he speaks to speaks to himself. Nothing is sent. */
static bool is_own(const struct gate_address *address)
{
    struct sockaddr_in6 place, own = {};
    unsigned length = gate_address_socket(address, 443, &place);
    socklen_t size = sizeof own;
    auto_close int fd = socket(place.sin6_family, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    if (fd < 0 || connect(fd, (struct sockaddr *)&place, length) < 0 ||
        getsockname(fd, (struct sockaddr *)&own, &size) < 0)
        return false; /* no way leads there: connecting says so */
    if (place.sin6_family == AF_INET6)
        return memcmp(&own.sin6_addr, &place.sin6_addr, sizeof own.sin6_addr) == 0;
    return memcmp((char *)&own + offsetof(struct sockaddr_in, sin_addr),
                  (char *)&place + offsetof(struct sockaddr_in, sin_addr), 4) == 0;
}

static bool is_permitted(const struct gate_config *config, const struct gate_address *address)
{
    for (int i = 0; i < config->private_count; i++)
        if (gate_range_has(&config->private[i], address))
            return true;
    return false;
}

static const char *judge(const struct gate_config *config, const struct gate_address *address)
{
    const char *why = gate_config_refusal(config, address);
    if (why == NULL && !is_permitted(config, address) && is_own(address))
        return "it is this host itself";
    return why;
}

static void reach_address(const struct gate_address *address, uint16_t port,
                          struct gate_reach *reach)
{
    char text[GATE_ADDRESS_TEXT];
    gate_address_write(address, text);
    snprintf(reach->address, sizeof reach->address, "%s:%u", text, port);
    reach->fd = connect_to(address, port);
    reach->refused = false;
    reach->why = reach->fd < 0 ? "it cannot be connected to" : NULL;
}

static void reach_by_name(const struct gate_config *config, const struct names *names,
                          const struct gate_request *request, struct gate_reach *reach)
{
    enum { ATTEMPTS_MAX = 3 };

    struct dns_answer answer;
    int attempts = 0;
    reach->why = names_look_up(names, &request->host, &answer);
    for (int i = 0; i < answer.count && reach->fd < 0 && attempts < ATTEMPTS_MAX; i++) {
        const char *why = judge(config, &answer.addresses[i]);
        if (why == NULL) {
            attempts++;
            reach_address(&answer.addresses[i], request->port, reach);
        } else if (attempts == 0) {
            gate_address_write(&answer.addresses[i], reach->address);
            reach->refused = true;
            reach->why = why;
        }
    }
}

/* ---- by the operator's proxy ---------------------------------------------------------------- */

static bool say(int fd, struct str text)
{
    int64_t deadline_ns = in_ms(PROXY_MS);
    while (text.len > 0) {
        ssize_t sent = send(fd, text.ptr, text.len, MSG_NOSIGNAL);
        if (sent < 0 && errno != EAGAIN && errno != EINTR)
            return false;
        if (sent > 0)
            text = str_skip(text, (size_t)sent);
        else if (!gate_wait(fd, POLLOUT, deadline_ns))
            return false;
    }
    return true;
}

/* Byte by byte: what follows the head belongs to the tunnel. */
static bool hear_head(int fd, struct buf *head)
{
    int64_t deadline_ns = in_ms(PROXY_MS);
    while (gate_head_length(buf_str(head)) == 0) {
        char byte;
        ssize_t got = recv(fd, &byte, 1, 0);
        if (got == 1 && buf_add_byte(head, byte))
            continue;
        if (got >= 0 || (errno != EAGAIN && errno != EINTR) || !gate_wait(fd, POLLIN, deadline_ns))
            return false;
    }
    return true;
}

static const char *ask_proxy(int fd, const struct gate_proxy *proxy,
                             const struct gate_request *request)
{
    auto_buf struct buf head;
    buf_init(&head, GATE_HEAD_MAX);
    buf_printf(&head, "CONNECT %s:%u HTTP/1.1\r\nHost: %s:%u\r\n", request->host.name,
               request->port, request->host.name, request->port);
    if (proxy->credential[0] != '\0')
        buf_printf(&head, "Proxy-Authorization: Basic %s\r\n", proxy->credential);
    buf_add_text(&head, "\r\n");
    if (!say(fd, buf_str(&head)))
        return "the proxy does not listen";
    buf_clear(&head);
    if (!hear_head(fd, &head))
        return "the proxy does not answer";
    struct str answer = buf_str(&head);
    bool ok = str_take_prefix(&answer, "HTTP/1.") && answer.len > 5 &&
              str_starts(str_skip(answer, 1), " 200");
    return ok ? NULL : "the proxy refuses it";
}

static void reach_proxy(const struct gate_proxy *proxy, const struct names *names,
                        struct gate_reach *reach)
{
    struct gate_address address;
    struct gate_host host;
    struct dns_answer answer = {};
    reach->why = "the proxy's name is none";
    if (gate_address_read(proxy->host, &address)) {
        reach_address(&address, proxy->port, reach);
        return;
    }
    if (gate_host_read(str_from(proxy->host), &host) != NULL)
        return;
    reach->why = names_look_up(names, &host, &answer);
    for (int i = 0; i < answer.count && reach->fd < 0; i++)
        reach_address(&answer.addresses[i], proxy->port, reach);
}

static void reach_by_proxy(const struct gate_proxy *proxy, const struct names *names,
                           const struct gate_request *request, struct gate_reach *reach)
{
    reach_proxy(proxy, names, reach);
    if (reach->fd < 0) {
        reach->why = "the proxy cannot be connected to";
        return;
    }
    reach->why = ask_proxy(reach->fd, proxy, request);
    snprintf(reach->address, sizeof reach->address, "the proxy");
    if (reach->why != NULL)
        fd_close_at(&reach->fd);
}

struct gate_reach gate_reach(const struct gate_config *config, const struct names *names,
                             const struct gate_request *request)
{
    struct gate_reach reach = {.fd = -1};
    const struct gate_pin *pin = gate_config_pin(config, &request->host);
    if (pin != NULL)
        reach_address(&pin->address, pin->port, &reach);
    else if (config->proxy.used)
        reach_by_proxy(&config->proxy, names, request, &reach);
    else
        reach_by_name(config, names, request, &reach);
    return reach;
}
