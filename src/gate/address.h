/*
 * Addresses that the gate does not connect to, whatever name led there: this host, private and
 * link-local networks, where clouds keep their metadata, multicast, and the ways in which IPv6
 * wraps an address of IPv4 that is one of these.
 */
#pragma once

#include <netinet/in.h>
#include <stdbool.h>
#include <stdint.h>

/* Of either family; the bytes of IPv4 stand as ::ffff:a.b.c.d does. */
struct gate_address {
    unsigned char bytes[16];
};

/* A network, and how many of its leading bits count, of the 128. */
struct gate_range {
    struct gate_address first;
    int bits;
};

struct gate_address gate_address_of_4(const unsigned char bytes[4]);
bool gate_address_is_4(const struct gate_address *address);

/* "127.0.0.1", "::1"; and "10.0.0.0/8". In the usual notation alone. */
bool gate_address_read(const char *text, struct gate_address *ret_address);
bool gate_range_read(const char *text, struct gate_range *ret_range);

enum { GATE_ADDRESS_TEXT = 46 };

void gate_address_write(const struct gate_address *address, char ret_text[GATE_ADDRESS_TEXT]);

bool gate_range_has(const struct gate_range *range, const struct gate_address *address);

/* Why it is not connected to, or NULL. */
const char *gate_address_refusal(const struct gate_address *address);

/* For connect; the length. */
unsigned gate_address_socket(const struct gate_address *address, uint16_t port,
                             struct sockaddr_in6 *ret_place);
