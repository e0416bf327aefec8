/*
 * Questions to a name server and what it answers, as bytes: the addresses of one name, and nothing
 * else that it may say. Aliases are followed within one answer.
 */
#pragma once

#include "base/buf.h"
#include "gate/address.h"
#include "gate/host.h"

enum { DNS_PACKET_MAX = 1232, DNS_ADDRESSES_MAX = 16 };

enum dns_kind { DNS_ADDRESS_4 = 1, DNS_ADDRESS_6 = 28 };

void dns_ask(struct buf *out, uint16_t id, const struct gate_host *host, enum dns_kind kind);

struct dns_answer {
    bool no_such_name;
    int count;
    struct gate_address addresses[DNS_ADDRESSES_MAX];
};

/* Is it the whole answer to that question? */
bool dns_read(struct str packet, uint16_t id, const struct gate_host *host, enum dns_kind kind,
              struct dns_answer *ret_answer);
