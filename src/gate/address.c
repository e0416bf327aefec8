#include "gate/address.h"

#include <arpa/inet.h>
#include <stdio.h>
#include <string.h>

#include "base/mem.h"
#include "base/text.h"

static const unsigned char mapped[12] = {[10] = 0xff, [11] = 0xff};

struct row {
    const char *range, *why;
};

#define LOOPBACK "it is this host itself"
#define PRIVATE "it lies in a private network"
#define LINK "it is link-local, where clouds keep their metadata"
#define SPECIAL "it is no address of a host on the internet"

/* IANA's registries of special addresses; what is merely for documentation leads nowhere, and is
 * not here. */
static const struct row ranges[] = {
    {"0.0.0.0/8", LOOPBACK},     {"10.0.0.0/8", PRIVATE},     {"100.64.0.0/10", PRIVATE},
    {"127.0.0.0/8", LOOPBACK},   {"168.63.129.16/32", LINK}, /* Azure's */
    {"169.254.0.0/16", LINK},    {"172.16.0.0/12", PRIVATE},  {"192.0.0.0/24", SPECIAL},
    {"192.88.99.0/24", SPECIAL}, {"192.168.0.0/16", PRIVATE}, {"198.18.0.0/15", PRIVATE},
    {"224.0.0.0/4", SPECIAL},    {"240.0.0.0/4", SPECIAL},    {"::/128", LOOPBACK},
    {"::1/128", LOOPBACK},       {"64:ff9b:1::/48", PRIVATE}, {"100::/64", SPECIAL},
    {"2001::/32", SPECIAL}, /* Teredo: the address of IPv4 in it is scrambled */
    {"fc00::/7", PRIVATE},       {"fe80::/10", LINK},         {"fec0::/10", PRIVATE},
    {"ff00::/8", SPECIAL},
};

/* Where an address of IPv4 stands in one of IPv6. */
static const struct {
    const char *range;
    int at;
} wrappings[] = {
    {"::/96", 12},           /* compatible, long out of use */
    {"::ffff:0:0:0/96", 12}, /* translated */
    {"64:ff9b::/96", 12},    /* NAT64 */
    {"2002::/16", 2},        /* 6to4 */
};

struct gate_address gate_address_of_4(const unsigned char bytes[4])
{
    struct gate_address address;
    memcpy(address.bytes, mapped, sizeof mapped);
    memcpy(address.bytes + sizeof mapped, bytes, 4);
    return address;
}

bool gate_address_is_4(const struct gate_address *address)
{
    return memcmp(address->bytes, mapped, sizeof mapped) == 0;
}

bool gate_address_read(const char *text, struct gate_address *ret_address)
{
    unsigned char bytes[4];
    if (inet_pton(AF_INET, text, bytes) == 1) {
        *ret_address = gate_address_of_4(bytes);
        return true;
    }
    return inet_pton(AF_INET6, text, ret_address->bytes) == 1;
}

bool gate_range_read(const char *text, struct gate_range *ret_range)
{
    char first[GATE_ADDRESS_TEXT];
    int64_t bits;
    const char *slash = strchr(text, '/');
    if (slash == NULL || (size_t)(slash - text) >= sizeof first)
        return false;
    memcpy(first, text, (size_t)(slash - text));
    first[slash - text] = '\0';
    if (!gate_address_read(first, &ret_range->first) ||
        !text_read_count(str_from(slash + 1), &bits))
        return false;
    bool is_4 = strchr(first, ':') == NULL;
    ret_range->bits = (int)(bits > 128 ? 129 : bits) + (is_4 ? 96 : 0);
    return ret_range->bits <= 128;
}

void gate_address_write(const struct gate_address *address, char ret_text[GATE_ADDRESS_TEXT])
{
    bool is_4 = gate_address_is_4(address);
    const unsigned char *bytes = address->bytes + (is_4 ? sizeof mapped : 0);
    if (inet_ntop(is_4 ? AF_INET : AF_INET6, bytes, ret_text, GATE_ADDRESS_TEXT) == NULL)
        ret_text[0] = '\0';
}

bool gate_range_has(const struct gate_range *range, const struct gate_address *address)
{
    size_t whole = (size_t)range->bits / 8;
    int rest = range->bits % 8;
    if (memcmp(range->first.bytes, address->bytes, whole) != 0)
        return false;
    return rest == 0 || (range->first.bytes[whole] ^ address->bytes[whole]) >> (8 - rest) == 0;
}

static bool lies_in(const char *text, const struct gate_address *address)
{
    struct gate_range range;
    return gate_range_read(text, &range) && gate_range_has(&range, address);
}

static const char *refusal_of(const struct gate_address *address)
{
    for (size_t i = 0; i < COUNT_OF(ranges); i++)
        if (lies_in(ranges[i].range, address))
            return ranges[i].why;
    return NULL;
}

const char *gate_address_refusal(const struct gate_address *address)
{
    const char *why = refusal_of(address);
    if (why != NULL || gate_address_is_4(address))
        return why;
    for (size_t i = 0; i < COUNT_OF(wrappings); i++) {
        if (!lies_in(wrappings[i].range, address))
            continue;
        struct gate_address inner = gate_address_of_4(address->bytes + wrappings[i].at);
        return refusal_of(&inner);
    }
    return NULL;
}

unsigned gate_address_socket(const struct gate_address *address, uint16_t port,
                             struct sockaddr_in6 *ret_place)
{
    if (!gate_address_is_4(address)) {
        *ret_place = (struct sockaddr_in6){.sin6_family = AF_INET6, .sin6_port = htons(port)};
        memcpy(&ret_place->sin6_addr, address->bytes, 16);
        return sizeof *ret_place;
    }
    struct sockaddr_in place = {.sin_family = AF_INET, .sin_port = htons(port)};
    memcpy(&place.sin_addr, address->bytes + sizeof mapped, 4);
    memcpy(ret_place, &place, sizeof place);
    return sizeof place;
}
