/*
 * The broker: the process that makes boxes, for one asker at the other end of a socket.
 *
 * Theory of operation. The asker (the command line, later the front) sends specs and gets back
 * boxes, by id; wire/messages.def is all that is said. The broker holds what privilege there is
 * and reads nothing but those messages. It has no other input: no file of the guest, no standard
 * stream, no configuration that the asker could write. When the asker goes away, so do all boxes
 * and the broker; when the broker dies, its boxes die with it.
 */
#pragma once

#include "base/error.h"
#include <sys/types.h>

/* Forks a broker of our own and gives the asker's end of the socket. It ends when that is closed;
 * broker_end waits until it has, and with it the last trace of its boxes. */
struct private_broker {
    int socket;
    pid_t pid;
};

[[nodiscard]] bool broker_start_private(struct private_broker *ret_broker, struct error *err);
void broker_end(struct private_broker *broker);

/* The whole life of a broker. */
[[nodiscard]] bool broker_serve(int socket, struct error *err);
