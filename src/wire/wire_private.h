/* A message as it goes into the socket, shared by wire.c, which makes it, and queue.c, which keeps
 * it until the socket takes it. */
#pragma once

#include "wire/wire.h"

enum { PACKET_MAX = 60 * 1024 }; /* of a payload; what is larger goes in a memory file */

struct wire_packet {
    struct buf bytes;
    int fds[MESSAGE_FDS_MAX]; /* lent, but for `file` */
    int fd_count;
    int file; /* the memory file, or -1 */
};

[[nodiscard]] bool wire_pack(enum wire_kind kind, uint32_t id, struct str payload, const int *fds,
                             int fd_count, struct wire_packet *ret_packet, struct error *err);
void wire_packet_done(struct wire_packet *packet);
