/* Attacks by sockets and by what is shared without files. */
#include <arpa/inet.h>
#include <errno.h>
#include <net/if.h>
#include <netinet/in.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/shm.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/mem.h"
#include "tests/escape/probe/probe.h"

static long try_tcp(const char *address, int port)
{
    struct sockaddr_in place = {.sin_family = AF_INET, .sin_port = htons((uint16_t)port)};
    inet_pton(AF_INET, address, &place.sin_addr);
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (fd < 0)
        untried("socket: %s", errno_word(errno));
    long result = connect(fd, (struct sockaddr *)&place, sizeof place);
    int number = errno;
    close(fd);
    errno = number;
    return result;
}

/* A service of the host's on its loopback. */
PROBE(host_port)
{
    if (try_tcp("127.0.0.1", (int)strtol(fact("port"), NULL, 10)) == 0)
        got_through("connected");
    if (errno != ENETUNREACH && errno != ECONNREFUSED)
        untried("connect: %s", errno_word(errno));
    held("%s", errno_word(errno));
}

PROBE(outer_world)
{
    static const char *const addresses[] = {"1.1.1.1", "169.254.169.254", "10.0.0.1",
                                            "192.168.0.1"};
    for (size_t i = 0; i < COUNT_OF(addresses); i++)
        must_be_refused(try_tcp(addresses[i], 80), ENETUNREACH, addresses[i]);
    struct sockaddr_in6 six = {.sin6_family = AF_INET6, .sin6_port = htons(80)};
    inet_pton(AF_INET6, "fd00:ec2::254", &six.sin6_addr);
    int fd = socket(AF_INET6, SOCK_STREAM | SOCK_CLOEXEC, 0);
    long result = connect(fd, (struct sockaddr *)&six, sizeof six);
    if (result < 0 && errno == EADDRNOTAVAIL) /* there is nobody to send from */
        errno = ENETUNREACH;
    must_be_refused(result, ENETUNREACH, "fd00:ec2::254");
    judge();
}

PROBE(interfaces)
{
    struct ifreq request = {};
    int count = 0, fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    for (int i = 1; i < 64 && fd >= 0; i++) {
        request.ifr_ifindex = i;
        if (ioctl(fd, SIOCGIFNAME, &request) < 0)
            continue;
        count++;
        if (strcmp(request.ifr_name, "lo") != 0)
            got_through("there is %s", request.ifr_name);
    }
    if (count != 1)
        untried("%d interfaces", count);
    held("lo alone");
}

/* Only these three; all others are large pieces of kernel, or reach the host and other boxes. */
PROBE(socket_families)
{
    for (int family = 0; family <= 50; family++) {
        if (family == AF_UNIX || family == AF_INET || family == AF_INET6)
            continue;
        char what[40];
        snprintf(what, sizeof what, "family %d", family);
        must_be_refused(socket(family, SOCK_RAW, 0), EAFNOSUPPORT, what);
        must_be_refused(socket(family, SOCK_SEQPACKET, 0), EAFNOSUPPORT, what);
        int pair[2];
        must_be_refused(socketpair(family, SOCK_STREAM, 0, pair), EAFNOSUPPORT, what);
    }
    judge();
}

PROBE(raw_sockets)
{
    must_be_refused(socket(AF_INET, SOCK_RAW, IPPROTO_ICMP), EPERM, "raw");
    must_be_refused(socket(AF_INET, 10 /* SOCK_PACKET */, 0), EPERM, "packet");
    must_be_refused(socket(AF_INET6, SOCK_RAW, IPPROTO_RAW), EPERM, "raw, IPv6");
    must_be_refused(socket(AF_INET, SOCK_STREAM, 132 /* SCTP */), EPROTONOSUPPORT, "sctp");
    must_be_refused(socket(AF_INET, SOCK_DGRAM, IPPROTO_ICMP), EPROTONOSUPPORT, "ping");
    judge();
}

PROBE(abstract_socket)
{
    struct sockaddr_un place = {.sun_family = AF_UNIX};
    const char *name = fact("abstract");
    snprintf(place.sun_path + 1, sizeof place.sun_path - 1, "%s", name);
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (fd < 0)
        untried("socket: %s", errno_word(errno));
    socklen_t length = (socklen_t)(offsetof(struct sockaddr_un, sun_path) + 1 + strlen(name));
    if (connect(fd, (struct sockaddr *)&place, length) == 0)
        got_through("connected");
    if (errno != ECONNREFUSED && errno != EPERM)
        untried("connect: %s", errno_word(errno));
    held("%s", errno_word(errno));
}

/* A socket that lies in the input folder and has a listener outside. */
PROBE(input_socket)
{
    struct sockaddr_un place = {.sun_family = AF_UNIX};
    snprintf(place.sun_path, sizeof place.sun_path, "%.80s/socket", probe_folder());
    if (access(place.sun_path, F_OK) < 0)
        absent("files are copied this way, and a socket is none");
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (fd < 0)
        untried("socket: %s", errno_word(errno));
    if (connect(fd, (struct sockaddr *)&place, sizeof place) == 0)
        got_through("connected");
    if (errno != ECONNREFUSED)
        untried("connect: %s", errno_word(errno));
    held("ECONNREFUSED");
}

PROBE(host_memory)
{
    int id = shmget((key_t)strtol(fact("shm_key"), NULL, 10), 0, 0);
    if (id >= 0)
        got_through("the host's segment %d is in sight", id);
    if (errno != ENOENT)
        untried("shmget: %s", errno_word(errno));
    held("ENOENT");
}
