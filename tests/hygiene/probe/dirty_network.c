/* A slot keeps its network namespace: whatever can be set, counted or bound in it. */
#include <errno.h>
#include <fcntl.h>
#include <linux/in6.h>
#include <linux/netlink.h>
#include <linux/rtnetlink.h>
#include <net/if.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/mem.h"
#include "tests/hygiene/probe/probe.h"

enum { PORT = 7777, TTL = 1 };

struct port4 {
    unsigned short family, port;
    unsigned char address[4], rest[8];
};

static const struct port4 here = {AF_INET, (PORT >> 8) | (PORT & 255) << 8, {127, 0, 0, 1}, {}};
static const struct port4 there = {AF_INET, (PORT >> 8) | (PORT & 255) << 8, {10, 1, 2, 3}, {}};
static const struct port4 group = {AF_INET, (PORT >> 8) | (PORT & 255) << 8, {224, 0, 0, 77}, {}};

static void bind_names(void)
{
    struct sockaddr_un name = {.sun_family = AF_UNIX, .sun_path = "\0left-behind"};
    int local = socket(AF_UNIX, SOCK_STREAM, 0);
    did("abstract name",
        bind(local, (struct sockaddr *)&name, sizeof name) == 0 && listen(local, 5) == 0);
    struct port4 any = {here.family, here.port, {}, {}};
    int tcp = socket(AF_INET, SOCK_STREAM, 0);
    did("port", bind(tcp, (struct sockaddr *)&any, sizeof any) == 0 && listen(tcp, 5) == 0);
    int udp = socket(AF_INET, SOCK_DGRAM, 0);
    did("datagram port", bind(udp, (struct sockaddr *)&any, sizeof any) == 0);
}

/* Nothing of this arrives anywhere; that it was tried must not be counted for the next one. */
static void send_in_vain(void)
{
    const struct port4 *targets[] = {&here, &there, &group};
    for (size_t i = 0; i < COUNT_OF(targets); i++) {
        for (int n = 0; n < 30; n++) {
            int udp = socket(AF_INET, SOCK_DGRAM | SOCK_NONBLOCK, 0);
            int tcp = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
            int ping = socket(AF_INET, SOCK_DGRAM, 1);
            (void)sendto(udp, "x", 1, 0, (const struct sockaddr *)targets[i], sizeof here);
            (void)connect(tcp, (const struct sockaddr *)targets[i], sizeof here);
            close(udp);
            close(tcp);
            close(ping);
        }
    }
    for (int n = 0; n < 30; n++) {
        static unsigned char address[28] = {AF_INET6, 0, 7, 7, [23] = 1};
        int udp = socket(AF_INET6, SOCK_DGRAM, 0), tcp = socket(AF_INET6, SOCK_STREAM, 0);
        (void)sendto(udp, "x", 1, 0, (struct sockaddr *)address, sizeof address);
        (void)connect(tcp, (struct sockaddr *)address, sizeof address);
        close(udp);
        close(tcp);
    }
}

static void keep_labels(void)
{
    int fd = socket(AF_INET6, SOCK_DGRAM, 0);
    struct in6_flowlabel_req request = {.flr_label = 0,
                                        .flr_action = 0,
                                        .flr_share = 1,
                                        .flr_flags = 1,
                                        .flr_linger = 60,
                                        .flr_expires = 60,
                                        .flr_dst = {.in6_u.u6_addr8 = {[15] = 1}}};
    did("flow label", setsockopt(fd, 41, 32, &request, sizeof request) == 0);

    struct {
        unsigned char group[4], interface[4];
    } member = {{224, 0, 0, 77}, {127, 0, 0, 1}};

    int udp = socket(AF_INET, SOCK_DGRAM, 0);
    did("multicast", setsockopt(udp, 0, 35, &member, sizeof member) == 0);
    did("raw socket", socket(AF_INET, SOCK_RAW, 255) >= 0);
    did("packet socket", socket(AF_PACKET, SOCK_RAW, 0) >= 0);
}

static void configure(void)
{
    static const char *const settings[] = {
        "/proc/sys/net/ipv4/ip_forward",          "/proc/sys/net/ipv4/ping_group_range",
        "/proc/sys/net/ipv4/ip_default_ttl",      "/proc/sys/net/core/somaxconn",
        "/proc/sys/net/ipv4/ip_local_port_range", "/proc/sys/net/unix/max_dgram_qlen"};
    for (size_t i = 0; i < COUNT_OF(settings); i++) {
        int fd = open(settings[i], O_WRONLY);
        did(settings[i], fd >= 0 && write(fd, "1", 1) == 1);
    }

    struct {
        struct nlmsghdr header;
        struct ifinfomsg link;
    } up = {{.nlmsg_len = sizeof up,
             .nlmsg_type = RTM_NEWLINK,
             .nlmsg_flags = NLM_F_REQUEST | NLM_F_ACK},
            {.ifi_index = 1, .ifi_flags = IFF_UP, .ifi_change = IFF_UP}};

    int netlink = socket(AF_NETLINK, SOCK_RAW, NETLINK_ROUTE);
    did("link up", netlink >= 0 && send(netlink, &up, sizeof up, 0) == sizeof up);
    struct ifreq request = {.ifr_name = "lo", .ifr_flags = IFF_UP};
    did("link up by ioctl", ioctl(socket(AF_INET, SOCK_DGRAM, 0), SIOCSIFFLAGS, &request) == 0);
}

void dirty_network(void)
{
    bind_names();
    send_in_vain();
    keep_labels();
    configure();
}
