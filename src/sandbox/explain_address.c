/*
 * Addresses. A box's network leads nowhere, at most to itself; that is seen from its routes. Where
 * there is a route out nothing is foretold: then it is the network that answers.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>

#include "base/str.h"
#include "sandbox/explain_private.h"

enum { TABLE_MAX = 4096, FIRST_FREE_PORT = 1024 };

struct address {
    bool is_v4; /* one that is mapped into IPv6 too */
    bool is_any, is_loopback;
    bool is_special; /* link-local or multicast: too many rules of their own */
    uint16_t port;
};

union any_address {
    sa_family_t family;
    struct sockaddr_in v4;
    struct sockaddr_in6 v6;
    struct sockaddr_un local;
};

static bool leads_nowhere(const struct caller *caller)
{
    char table[TABLE_MAX];
    struct str line, rest;
    if (!caller_read_proc(caller, "net/route", table, sizeof table))
        return false;
    rest = str_from(table);
    bool has_title = str_take_line(&rest, &line);
    if (has_title && str_take_line(&rest, &line))
        return false;
    if (!caller_read_proc(caller, "net/ipv6_route", table, sizeof table))
        return true; /* no IPv6 at all */
    rest = str_from(table);
    while (str_take_line(&rest, &line))
        if (!str_ends(str_trim(line), " lo"))
            return false;
    return true;
}

static bool has_loopback(const struct caller *caller)
{
    char table[TABLE_MAX];
    return caller_read_proc(caller, "net/fib_trie", table, sizeof table) &&
           strstr(table, "127.0.0.1") != NULL;
}

static struct address describe_v4(uint32_t address, uint16_t port)
{
    return (struct address){
        .is_v4 = true,
        .is_any = address == INADDR_ANY,
        .is_loopback = address >> 24 == IN_LOOPBACKNET,
        .port = port,
    };
}

static struct address describe_v6(const struct sockaddr_in6 *from)
{
    const struct in6_addr *address = &from->sin6_addr;
    if (IN6_IS_ADDR_V4MAPPED(address)) {
        uint32_t inner;
        memcpy(&inner, address->s6_addr + 12, sizeof inner);
        return describe_v4(ntohl(inner), ntohs(from->sin6_port));
    }
    return (struct address){
        .is_any = IN6_IS_ADDR_UNSPECIFIED(address),
        .is_loopback = IN6_IS_ADDR_LOOPBACK(address),
        .is_special = IN6_IS_ADDR_LINKLOCAL(address) || IN6_IS_ADDR_MULTICAST(address),
        .port = ntohs(from->sin6_port),
    };
}

static int judge_connect(const struct address *address, bool loopback)
{
    if (loopback && (address->is_any || address->is_loopback))
        return 0;
    return address->is_v4 || loopback ? ENETUNREACH : EADDRNOTAVAIL;
}

static int judge_bind(const struct address *address, bool loopback)
{
    bool ours = address->is_any || (loopback && address->is_loopback);
    if (address->is_v4 && loopback && !ours)
        return EADDRNOTAVAIL;
    if (address->port != 0 && address->port < FIRST_FREE_PORT)
        return EACCES;
    return address->is_v4 || ours ? 0 : EADDRNOTAVAIL;
}

static void tell_address(const union any_address *from, uint16_t port, struct box_refusal *refusal)
{
    char text[INET6_ADDRSTRLEN] = "";
    if (from->family == AF_INET)
        inet_ntop(AF_INET, &from->v4.sin_addr, text, sizeof text);
    else
        inet_ntop(AF_INET6, &from->v6.sin6_addr, text, sizeof text);
    snprintf(refusal->path, sizeof refusal->path, from->family == AF_INET ? "%s:%u" : "[%s]:%u",
             text, (unsigned)port);
}

static int foretell_internet(const struct caller *caller, bool is_bind,
                             const union any_address *from, struct box_refusal *refusal)
{
    struct address address = from->family == AF_INET ? describe_v4(ntohl(from->v4.sin_addr.s_addr),
                                                                   ntohs(from->v4.sin_port))
                                                     : describe_v6(&from->v6);
    if (address.is_special || !leads_nowhere(caller))
        return 0;
    tell_address(from, address.port, refusal);
    bool loopback = has_loopback(caller);
    return is_bind ? judge_bind(&address, loopback) : judge_connect(&address, loopback);
}

/* Abstract names, which begin with NUL, are not files: nobody listening there is no refusal. */
static int foretell_local(const struct caller *caller, bool is_bind,
                          const struct sockaddr_un *local, size_t length,
                          struct box_refusal *refusal)
{
    char path[sizeof local->sun_path + 1] = "";
    size_t path_length = length - offsetof(struct sockaddr_un, sun_path);
    if (path_length == 0 || local->sun_path[0] == '\0')
        return 0;
    memcpy(path, local->sun_path, path_length);
    return foretell_path(caller, AT_FDCWD, path, is_bind ? WISH_MAKE : WISH_CONNECT, refusal);
}

int foretell_address(const struct caller *caller, bool is_bind, const struct seccomp_data *call,
                     struct box_refusal *refusal)
{
    union any_address address = {};
    uint32_t length = (uint32_t)call->args[2];
    if (length < sizeof address.family || length > sizeof(struct sockaddr_storage))
        return 0;
    if (length > sizeof address)
        length = sizeof address;
    if (!caller_read(caller, call->args[1], &address, length))
        return 0;
    if (address.family == AF_UNIX && length <= sizeof address.local)
        return foretell_local(caller, is_bind, &address.local, length, refusal);
    if ((address.family == AF_INET && length >= sizeof address.v4) ||
        (address.family == AF_INET6 && length >= sizeof address.v6))
        return foretell_internet(caller, is_bind, &address, refusal);
    return 0;
}
