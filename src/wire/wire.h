/*
 * The border between those who ask and the broker: typed messages over a SEQPACKET socket.
 *
 * Each side checks what it receives against messages.def: kind, direction, size, number of fds.
 * Payloads that do not fit into one packet travel in a sealed memory file.
 */
#pragma once

#include "base/buf.h"
#include "base/error.h"
#include "model/box.h"
#include "sys/message.h"
#include <stdbool.h>
#include <stdint.h>

enum { WIRE_PAYLOAD_MAX = 2 << 20 }; /* of any message */

enum wire_direction { TO_BROKER, TO_ASKER };

enum wire_kind {
    WIRE_NONE,

#define MESSAGE(name, direction, bytes, fds) WIRE_##name,
#include "wire/messages.def"
#undef MESSAGE
    WIRE_KINDS
};

struct wire_message {
    enum wire_kind kind;
    uint32_t id;
    struct buf payload;
    int fds[MESSAGE_FDS_MAX];
    int fd_count;
};

/* The fds are lent. */
[[nodiscard]] bool wire_send(int socket, enum wire_kind kind, uint32_t id, struct str payload,
                             const int *fds, int fd_count, struct error *err);

/* A message for this side, or kind WIRE_NONE when the peer has closed. */
[[nodiscard]] bool wire_receive(int socket, enum wire_direction direction,
                                struct wire_message *ret_message, struct error *err);

/* What it carries, for one who needs it longer; only kind and id are left in it. */
struct wire_message wire_message_steal(struct wire_message *message);

/* Closes the fds that nobody took. */
void wire_message_done(struct wire_message *message);

/* Takes the next fd; -1 when there is none. */
int wire_message_take_fd(struct wire_message *message, int index);
