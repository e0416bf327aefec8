/*
 * What a client of the gate asks for first: CONNECT NAME:443 HTTP/1.1, and header lines that end
 * with an empty one. Anything else is refused in words; nothing is repaired or guessed, because two
 * readers who guess differently are how such a guard is got round.
 */
#pragma once

#include "gate/host.h"
#include <stdint.h>

enum { GATE_HEAD_MAX = 8192 };

struct gate_request {
    struct gate_host host;
    uint16_t port;
};

/* Is all of it there? The length up to and with the empty line; 0: not yet. */
size_t gate_head_length(struct str bytes);

/* NULL, or why it is refused, with the status that answers it. `head` is what gate_head_length
 * counts. The request's host is set, as far as it could be read, for the log. */
const char *gate_head_read(struct str head, struct gate_request *ret_request, int *ret_status);
