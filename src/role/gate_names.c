#include "role/gate_names.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <sys/random.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/clock.h"
#include "sys/fd.h"

enum { HOSTS_BYTES_MAX = 1 << 20, CONF_BYTES_MAX = 65536, PORT_DNS = 53, TRIES = 2, TRY_MS = 3000 };

static bool is_blank(char c)
{
    return c == ' ' || c == '\t' || c == '\r';
}

static struct str take_word(struct str *line)
{
    size_t begin = 0, end;
    while (begin < line->len && is_blank(line->ptr[begin]))
        begin++;
    for (end = begin; end < line->len && !is_blank(line->ptr[end]) && line->ptr[end] != '#';)
        end++;
    struct str word = str_of(line->ptr + begin, end - begin);
    *line = end < line->len && line->ptr[end] == '#' ? (struct str){} : str_skip(*line, end);
    return word;
}

static bool read_address(struct str word, struct gate_address *ret)
{
    char text[GATE_ADDRESS_TEXT];
    if (word.len >= sizeof text)
        return false;
    memcpy(text, word.ptr, word.len);
    text[word.len] = '\0';
    return gate_address_read(text, ret);
}

/* What cannot be read is as if it were not there: then names are not found, which is told. */
static void read_servers(struct names *names)
{
    struct error unheard;
    auto_buf struct buf text;
    buf_init(&text, CONF_BYTES_MAX);
    (void)fd_read_file(AT_FDCWD, "/etc/resolv.conf", &text, &unheard);
    struct str rest = buf_str(&text), line;
    while (names->count < NAMES_SERVERS_MAX && str_take_line(&rest, &line))
        if (str_is(take_word(&line), "nameserver") &&
            read_address(take_word(&line), &names->servers[names->count]))
            names->count++;
    if (names->count == 0 && read_address(STR("127.0.0.1"), &names->servers[0]))
        names->count = 1;
}

void names_open(struct names *names)
{
    struct error unheard;
    *names = (struct names){};
    buf_init(&names->hosts, HOSTS_BYTES_MAX);
    (void)fd_read_file(AT_FDCWD, "/etc/hosts", &names->hosts, &unheard);
    read_servers(names);
}

void names_close(struct names *names)
{
    buf_done(&names->hosts);
}

static bool line_names(struct str line, const struct gate_host *host)
{
    for (struct str word = take_word(&line); word.len > 0; word = take_word(&line)) {
        struct gate_host other;
        if (gate_host_read(word, &other) == NULL && strcmp(other.name, host->name) == 0)
            return true;
    }
    return false;
}

static void look_into_hosts(const struct names *names, const struct gate_host *host,
                            struct dns_answer *answer)
{
    struct str rest = buf_str(&names->hosts), line;
    while (answer->count < DNS_ADDRESSES_MAX && str_take_line(&rest, &line)) {
        struct gate_address address;
        if (read_address(take_word(&line), &address) && line_names(line, host))
            answer->addresses[answer->count++] = address;
    }
}

/* ---- asking --------------------------------------------------------------------------------- */

static bool hear(int fd, uint16_t id, const struct gate_host *host, enum dns_kind kind,
                 struct dns_answer *ret)
{
    int64_t deadline_ns = clock_now_ns() + TRY_MS * INT64_C(1000000);
    for (;;) {
        char packet[DNS_PACKET_MAX];
        struct pollfd wait = {fd, POLLIN, 0};
        int64_t left = (deadline_ns - clock_now_ns()) / 1000000;
        if (left <= 0 || poll(&wait, 1, (int)left) <= 0)
            return false;
        ssize_t got = recv(fd, packet, sizeof packet, MSG_DONTWAIT);
        if (got < 0)
            return false;
        if (dns_read(str_of(packet, (size_t)got), id, host, kind, ret))
            return true;
    }
}

/* Connected, so that only this server's answers come; its port and the id are drawn by chance. */
static bool ask(const struct gate_address *server, const struct gate_host *host, enum dns_kind kind,
                struct dns_answer *ret)
{
    uint16_t id;
    struct sockaddr_in6 place;
    auto_buf struct buf question;
    buf_init(&question, DNS_PACKET_MAX);
    if (getrandom(&id, sizeof id, 0) != sizeof id)
        return false;
    dns_ask(&question, id, host, kind);
    unsigned length = gate_address_socket(server, PORT_DNS, &place);
    auto_close int fd = socket(place.sin6_family, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    return fd >= 0 && connect(fd, (struct sockaddr *)&place, length) == 0 &&
           send(fd, question.data, question.len, MSG_NOSIGNAL) == (ssize_t)question.len &&
           hear(fd, id, host, kind, ret);
}

static bool ask_all(const struct names *names, const struct gate_host *host, enum dns_kind kind,
                    struct dns_answer *ret)
{
    for (int i = 0; i < TRIES * names->count; i++)
        if (ask(&names->servers[i % names->count], host, kind, ret))
            return true;
    return false;
}

const char *names_look_up(const struct names *names, const struct gate_host *host,
                          struct dns_answer *ret_answer)
{
    *ret_answer = (struct dns_answer){};
    look_into_hosts(names, host, ret_answer);
    if (ret_answer->count > 0)
        return NULL;
    if (!ask_all(names, host, DNS_ADDRESS_4, ret_answer))
        return "no name server answers";
    if (ret_answer->count > 0)
        return NULL;
    if (ret_answer->no_such_name || !ask_all(names, host, DNS_ADDRESS_6, ret_answer) ||
        ret_answer->count == 0)
        return "there is no host of this name";
    return NULL;
}
