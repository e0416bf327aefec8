#include "sandbox/door.h"

#include <netinet/in.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "sys/fd.h"
#include "sys/message.h"

enum { BACKLOG = 64 };

static int listen_on_loopback(struct error *err)
{
    struct sockaddr_in place = {.sin_family = AF_INET, .sin_port = htons(BOX_GATE_PORT)};
    place.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    auto_close int listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (listener < 0 || bind(listener, (struct sockaddr *)&place, sizeof place) < 0 ||
        listen(listener, BACKLOG) < 0)
        return error_sys_fd(err, "listen for the gate");
    return fd_steal(&listener);
}

bool door_open(struct box_spec *spec, struct error *err)
{
    auto_close int door = spec->channels[0];
    spec->channel_count--;
    memmove(spec->channels, spec->channels + 1, spec->channel_count * sizeof *spec->channels);
    auto_close int listener = listen_on_loopback(err);
    return listener >= 0 && message_send(door, STR("."), &listener, 1, err);
}
