/*
 * The gate: the one way from a box to a network, and only while packages are installed.
 *
 * Theory of operation. One gate serves one box. It is a process beside the broker, in the host's
 * network namespace, with no files, no capabilities, the boxes' filter of system calls, and (as
 * root) ids that nobody else has. Pid 1 of the box opens a listener on the box's own loopback, at
 * BOX_GATE_PORT, before any foreign code runs, and sends it through the door, a socket that nobody
 * in the box ever holds; the gate accepts on it. So the box reaches nothing but that listener, and
 * the gate sees one stream for each connection, whoever made it.
 *
 * Each connection is a process, so that what parses a stranger's bytes has nobody else's. It takes
 * CONNECT NAME:443 alone, for names that are listed for the registry; looks the name up once,
 * connects to that address unless it is a private one, and passes bytes on when the TLS hello names
 * the same host. TLS stays whole from the box to the registry: what is asked for inside is between
 * these two.
 *
 * Bytes both ways, connections, and time are capped. Of each connection one record stays in the
 * ledger. When whoever started it goes away, the gate ends, and its connections with it.
 */
#pragma once

#include <sys/types.h>

#include "gate/registries.h"
#include "role/gate_ledger.h"

struct private_gate {
    pid_t pid;
    int door;  /* for the box: see box_spec */
    int leash; /* closed: the gate ends */
    struct gate_ledger *ledger;
};

[[nodiscard]] bool gate_start_private(const struct gate_config *config, enum registry registry,
                                      struct private_gate *ret_gate, struct error *err);

/* Ends it and waits until it has: the ledger is whole then, and stays until gate_free. */
void gate_end(struct private_gate *gate);
void gate_free(struct private_gate *gate);
