/*
 * Looking up names for the gate. Hosts and name servers are read once, before the gate gives up its
 * files; then a name is asked for at those servers and nowhere else, for addresses and nothing
 * else. There is no search list: a name means what it says.
 */
#pragma once

#include "base/buf.h"
#include "gate/dns.h"

enum { NAMES_SERVERS_MAX = 3 };

struct names {
    int count;
    struct gate_address servers[NAMES_SERVERS_MAX];
    struct buf hosts; /* /etc/hosts */
};

void names_open(struct names *names);
void names_close(struct names *names);

/* NULL, or why there is no address. */
const char *names_look_up(const struct names *names, const struct gate_host *host,
                          struct dns_answer *ret_answer);
