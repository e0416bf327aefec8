/* The host's parts of attacks: one table (host.c), its rows in host*.c. */
#pragma once

#include "tests/escape/escape.h"

#define HOST_PARTS(X) X(port) X(abstract) X(socket) X(memory) X(neighbour)

#define DECLARE(part)                                                                              \
    bool host_##part##_before(struct trial *trial, struct error *err);                             \
    bool host_##part##_after(struct trial *trial, struct error *err);
HOST_PARTS(DECLARE)
#undef DECLARE
