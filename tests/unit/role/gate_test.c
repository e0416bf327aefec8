/*
 * The gate as a process, with this test in the place of a box: what comes through to a local
 * server, and what does not. The server speaks no TLS: only hellos matter here.
 */
#include "role/gate.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/mem.h"
#include "sandbox/ids.h"
#include "sys/fd.h"
#include "sys/message.h"
#include "tests/test.h"
#include "tests/unit/gate/hello.h"

static int listen_somewhere(uint16_t *ret_port)
{
    struct sockaddr_in place = {.sin_family = AF_INET};
    socklen_t size = sizeof place;
    place.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    CHECK(fd >= 0 && bind(fd, (struct sockaddr *)&place, sizeof place) == 0);
    CHECK(listen(fd, 16) == 0 && getsockname(fd, (struct sockaddr *)&place, &size) == 0);
    *ret_port = ntohs(place.sin_port);
    return fd;
}

static int connect_to(uint16_t port)
{
    struct sockaddr_in place = {.sin_family = AF_INET, .sin_port = htons(port)};
    place.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    CHECK(fd >= 0 && connect(fd, (struct sockaddr *)&place, sizeof place) == 0);
    return fd;
}

/* Says back how much it heard, once the other side has ended. */
_Noreturn static void serve(int listener, int64_t says)
{
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    signal(SIGCHLD, SIG_IGN);
    for (;;) {
        int client = accept(listener, NULL, NULL);
        if (client < 0 || fork() > 0) {
            close(client);
            continue;
        }
        char chunk[4096] = {};
        long heard = 0, got;
        while ((got = recv(client, chunk, sizeof chunk, 0)) > 0)
            heard += got;
        int length = snprintf(chunk, sizeof chunk, "heard %ld\n", heard);
        (void)send(client, chunk, (size_t)length, MSG_NOSIGNAL);
        while (says > 0 && send(client, chunk, sizeof chunk, MSG_NOSIGNAL) > 0)
            says -= (int64_t)sizeof chunk;
        _exit(0);
    }
}

struct setup {
    struct private_gate gate;
    uint16_t port; /* of the gate, as the box sees it */
    struct gate_config config;
    struct arena arena;
};

static void begin(struct setup *s, const char *more, int64_t server_says)
{
    uint16_t server_port;
    struct error err = {};
    auto_buf struct buf text;
    int server = listen_somewhere(&server_port);
    if (fork() == 0)
        serve(server, server_says);
    close(server);
    arena_init(&s->arena, 4 << 20);
    buf_init(&text, 4096);
    buf_printf(
        &text,
        "python:\n  index: https://good.test/\n  hosts: [localhost, '*.wild.test', gone.test]\n"
        "addresses: [\"good.test=127.0.0.1:%u\", \"a.wild.test=127.0.0.1:%u\", "
        "\"gone.test=127.0.0.1:1\"]\nproxy: none\n%s",
        server_port, server_port, more);
    CHECK_OK(gate_config_read(&s->arena, buf_str(&text), &s->config, &err), err);
    CHECK_OK(gate_start_private(&s->config, REGISTRY_PYTHON, &s->gate, &err), err);
    auto_close int listener = listen_somewhere(&s->port);
    CHECK_OK(message_send(s->gate.door, STR("."), &listener, 1, &err), err);
}

static void end(struct setup *s)
{
    gate_free(&s->gate);
    arena_done(&s->arena);
}

static void hear(int fd, const char *until, struct buf *out)
{
    struct pollfd wait = {fd, POLLIN, 0};
    char chunk[4096];
    while (memmem(buf_str(out).ptr, out->len, until, strlen(until)) == NULL &&
           poll(&wait, 1, 8000) == 1) {
        ssize_t got = recv(fd, chunk, sizeof chunk, 0);
        if (got <= 0)
            return;
        buf_add(out, chunk, (size_t)got);
    }
}

/* All that comes back: to the request, and after it to the hello. */
static void attempt(const struct setup *s, const char *target, const struct hello_spec *hello,
                    struct buf *out)
{
    auto_buf struct buf head, bytes;
    auto_close int fd = connect_to(s->port);
    buf_init(&head, 4096);
    buf_init(&bytes, 65536);
    buf_printf(&head, "CONNECT %s HTTP/1.1\r\n\r\n", target);
    CHECK(send(fd, head.data, head.len, MSG_NOSIGNAL) == (ssize_t)head.len);
    hear(fd, "\r\n\r\n", out);
    if (hello == NULL)
        return;
    hello_write(hello, &bytes);
    (void)send(fd, bytes.data, bytes.len, MSG_NOSIGNAL);
    shutdown(fd, SHUT_WR);
    hear(fd, "heard", out);
}

static void check_record(const struct setup *s, uint32_t *at, bool allowed, const char *to,
                         const char *why)
{
    struct gate_record record;
    bool there = gate_ledger_next(s->gate.ledger, at, &record);
    for (int i = 0; i < 500 && !there; i++) {
        usleep(10000);
        there = gate_ledger_next(s->gate.ledger, at, &record);
    }
    CHECK(there);
    CHECK_INT(record.outcome == GATE_ALLOWED, allowed);
    CHECK_CONTAINS(record.to, to);
    CHECK_CONTAINS(record.why, why);
}

TEST(an_allowed_name_comes_through_to_its_address)
{
    struct setup s = {};
    uint32_t at = 0;
    auto_buf struct buf out;
    buf_init(&out, 65536);
    begin(&s, "", 0);
    attempt(&s, "GOOD.test.:443", &(struct hello_spec){.name = "good.test"}, &out);
    CHECK_CONTAINS(out.data, "HTTP/1.1 200 ");
    CHECK_CONTAINS(out.data, "heard ");
    check_record(&s, &at, true, "good.test:443", "127.0.0.1:");
    buf_clear(&out);
    attempt(&s, "a.wild.test:443", &(struct hello_spec){.name = "a.wild.test", .record = 5}, &out);
    CHECK_CONTAINS(out.data, "heard ");
    check_record(&s, &at, true, "a.wild.test:443", "127.0.0.1:");
    end(&s);
}

/* Attacks 65, 66 and 68: each spelling of somewhere else, against servers that are there. */
TEST(no_spelling_leads_elsewhere)
{
    static const struct {
        const char *target, *part;
    } rows[] = {
        {"127.0.0.1:443", "address"},
        {"127.1:443", "address"},
        {"2130706433:443", "address"},
        {"0x7f000001:443", "address"},
        {"0177.0.0.1:443", "address"},
        {"[::1]:443", "address"},
        {"[::ffff:127.0.0.1]:443", "address"},
        {"169.254.169.254:443", "address"},
        {"good.test:80", "port 443"},
        {"good.test:22", "port 443"},
        {"good.test:8118", "port 443"},
        {"good.test.evil.test:443", "not among"},
        {"evilgood.test:443", "not among"},
        {"wild.test:443", "not among"},
        {"notwild.test:443", "not among"},
        {"a.good.test:443", "not among"},
        {"evil.test#good.test:443", "letters"},
        {"evil.test@good.test:443", "letters"},
        {"good.test@evil.test:443", "letters"},
        {"g\xc3\xb6"
         "od.test:443",
         "letters"},
        {"good.test%2eevil.test:443", "letters"},
        {"xn--god-1na.test:443", "not among"},
        {"pypi.org:443", "not among"},
        {"localhost:443", "this host itself"}, /* listed, and yet it resolves to us */
        {"gone.test:443", "cannot be connected"},
    };
    struct setup s = {};
    uint32_t at = 0;
    begin(&s, "", 0);
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        auto_buf struct buf out;
        buf_init(&out, 65536);
        attempt(&s, rows[i].target, NULL, &out);
        CHECK(out.len > 12 && strncmp(out.data, "HTTP/1.1 ", 9) == 0 && out.data[9] != '2');
        check_record(&s, &at, false, "", rows[i].part);
    }
    end(&s);
}

TEST(a_tunnel_carries_the_name_that_it_was_opened_for)
{
    static const struct {
        struct hello_spec hello;
        const char *part;
    } rows[] = {
        {{.name = "evil.test"}, "another host"},
        {{.name = "a.wild.test"}, "another host"}, /* allowed, and yet another */
        {{.name = NULL}, "names no host"},
        {{.name = "good.test", .second_name = "evil.test"}, "more than one"},
        {{.name = "good.test", .with_ech = true}, "ECH"},
        {{.name = "good.test", .ends_early = true}, "broke off"},
        {{.name = "evil.test", .record = 1}, "another host"},
    };
    struct setup s = {};
    uint32_t at = 0;
    begin(&s, "", 0);
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        auto_buf struct buf out;
        buf_init(&out, 65536);
        attempt(&s, "good.test:443", &rows[i].hello, &out);
        CHECK(strstr(out.data, "heard") == NULL);
        check_record(&s, &at, false, "good.test:443", rows[i].part);
    }
    end(&s);
}

static void attempt_plain(const struct setup *s, const char *text, struct buf *out)
{
    auto_close int fd = connect_to(s->port);
    CHECK(send(fd, text, strlen(text), MSG_NOSIGNAL) == (ssize_t)strlen(text));
    shutdown(fd, SHUT_WR);
    hear(fd, "heard", out);
}

TEST(a_tunnel_carries_tls_and_nothing_else)
{
    static const struct {
        const char *text, *part;
    } rows[] = {
        {"CONNECT good.test:443 HTTP/1.1\r\n\r\nGET / HTTP/1.1\r\nHost: evil.test\r\n\r\n", "TLS"},
        {"CONNECT good.test:443 HTTP/1.1\r\n\r\nCONNECT evil.test:443 HTTP/1.1\r\n\r\n", "TLS"},
        {"GET http://good.test/ HTTP/1.1\r\nHost: good.test\r\n\r\n", "CONNECT"},
        {"GET / HTTP/1.1\r\nUpgrade: websocket\r\n\r\n", "CONNECT"},
        {"CONNECT good.test:443 HTTP/1.1\r\nHost: evil.test\r\n\r\n", "another host"},
        {"\x05\x01\x00", "understood"}, /* SOCKS */
    };
    struct setup s = {};
    uint32_t at = 0;
    begin(&s, "", 0);
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        auto_buf struct buf out;
        buf_init(&out, 65536);
        attempt_plain(&s, rows[i].text, &out);
        CHECK(out.len == 0 || strstr(out.data, "heard") == NULL);
        check_record(&s, &at, false, "", rows[i].part);
    }
    end(&s);
}

TEST(an_installation_moves_no_more_bytes_than_it_may)
{
    struct setup s = {};
    uint32_t at = 0;
    auto_buf struct buf out;
    buf_init(&out, 65536);
    begin(&s, "download_bytes: 20000\n", 1 << 20);
    attempt(&s, "good.test:443", &(struct hello_spec){.name = "good.test"}, &out);
    check_record(&s, &at, false, "good.test:443", "more bytes");
    end(&s);
    struct setup up = {};
    at = 0;
    begin(&up, "upload_bytes: 5000\n", 0);
    auto_close int fd = connect_to(up.port);
    auto_buf struct buf bytes;
    buf_init(&bytes, 65536);
    buf_add_text(&bytes, "CONNECT good.test:443 HTTP/1.1\r\n\r\n");
    hello_write(&(struct hello_spec){.name = "good.test"}, &bytes);
    CHECK(buf_extend(&bytes, 20000) != NULL);
    CHECK(send(fd, bytes.data, bytes.len, MSG_NOSIGNAL) == (ssize_t)bytes.len);
    check_record(&up, &at, false, "good.test:443", "more bytes");
    end(&up);
}

TEST(what_is_no_listener_of_tcp_ends_the_gate)
{
    struct setup s = {};
    struct error err = {};
    int ends[2];
    CHECK_OK(fd_pair(SOCK_STREAM, ends, &err), err);
    arena_init(&s.arena, 4 << 20);
    CHECK_OK(gate_config_read(&s.arena, STR(""), &s.config, &err), err);
    CHECK_OK(gate_start_private(&s.config, REGISTRY_PYTHON, &s.gate, &err), err);
    CHECK_OK(message_send(s.gate.door, STR("."), &ends[0], 1, &err), err);
    int status;
    CHECK_INT(waitpid(s.gate.pid, &status, 0), s.gate.pid);
    s.gate.pid = 0;
    end(&s);
}

TEST(the_gate_has_no_files_no_rights_and_ends_with_whoever_started_it)
{
    struct setup s = {};
    char path[64], text[4096];
    begin(&s, "", 0);
    auto_buf struct buf out;
    buf_init(&out, 65536);
    attempt(&s, "evil.test:443", NULL, &out); /* it is locked in when it serves */
    snprintf(path, sizeof path, "/proc/%d/status", s.gate.pid);
    auto_close int fd = open(path, O_RDONLY | O_CLOEXEC);
    ssize_t length = read(fd, text, sizeof text - 1);
    CHECK(length > 0);
    text[length] = '\0';
    CHECK_CONTAINS(text, "NoNewPrivs:\t1");
    CHECK_CONTAINS(text, "Seccomp:\t2");
    CHECK_CONTAINS(text, "CapEff:\t0000000000000000");
    CHECK_CONTAINS(text, "CapPrm:\t0000000000000000");
    if (ids_mode() == MODE_ROOT)
        CHECK_CONTAINS(text, "Uid:\t20");
    fd_close_at(&s.gate.leash);
    int status;
    CHECK_INT(waitpid(s.gate.pid, &status, 0), s.gate.pid);
    CHECK(WIFEXITED(status) && WEXITSTATUS(status) == 0);
    s.gate.pid = 0;
    end(&s);
}
