/*
 * Messages with file descriptors over a SEQPACKET socket. A message arrives whole or not at all;
 * fds arrive close-on-exec, and those that the receiver did not expect are closed at once.
 */
#pragma once

#include "base/error.h"
#include "base/str.h"
#include <stdbool.h>

enum { MESSAGE_FDS_MAX = 64 };

/* The fds are lent. */
[[nodiscard]] bool message_send(int socket, struct str bytes, const int *fds, int count,
                                struct error *err);

/* Never waits: *ret_taken is false when there is no room now, in the socket or among the
 * descriptors that one user may have on their way (which does not show as a socket that cannot be
 * written). */
[[nodiscard]] bool message_offer(int socket, struct str bytes, const int *fds, int count,
                                 bool *ret_taken, struct error *err);

/* Returns the length, 0 when the other side has closed, -1 on an error, also when a message was
 * longer than `size`. *ret_count says how many fds fit, and then how many came; they are the
 * caller's. Neither is written on failure. */
[[nodiscard]] long message_receive(int socket, void *bytes, size_t size, int *ret_fds,
                                   int *ret_count, struct error *err);

/* Is there something to receive, if only that the other side has closed? */
bool message_waits(int socket);
