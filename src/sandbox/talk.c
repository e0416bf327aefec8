/* The socket between the broker and a box's pid 1: whole messages, fds attached. */
#include "sandbox/inside.h"

#include <errno.h>
#include <string.h>
#include <sys/socket.h>

#include "sys/message.h"

bool talk_send(int talk, const struct talk *message, const int *fds, int count, struct error *err)
{
    struct str bytes = str_of(message, sizeof *message);
    return message_send(talk, bytes, fds, count, err);
}

long talk_receive(int talk, void *message, size_t size, int *ret_fds, int *ret_count,
                  struct error *err)
{
    memset(message, 0, size);
    return message_receive(talk, message, size, ret_fds, ret_count, err);
}
