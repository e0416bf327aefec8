/*
 * From an allowed name to a connection: looked up once, each address judged, and connected to that
 * very address; or asked for at the operator's proxy.
 */
#pragma once

#include "gate/head.h"
#include "gate/registries.h"
#include "role/gate_names.h"

struct gate_reach {
    int fd;                               /* -1: none */
    char address[GATE_ADDRESS_TEXT + 16]; /* where that is; or "by the proxy" */
    bool refused;                         /* by us; else it failed */
    const char *why;                      /* there is none */
};

/* The fd is the caller's, and does not block. */
struct gate_reach gate_reach(const struct gate_config *config, const struct names *names,
                             const struct gate_request *request);

/* Waits for `events` of an fd until then. */
bool gate_wait(int fd, short events, int64_t deadline_ns);
