#include "sys/message.h"

#include <assert.h>
#include <errno.h>
#include <poll.h>
#include <stdint.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "sys/fault.h"

union ancillary {
    struct cmsghdr header;
    char bytes[CMSG_SPACE(sizeof(int) * MESSAGE_FDS_MAX)];
};

/* The caller's places are borrowed by `message` until it is sent. */
struct outgoing {
    struct iovec part;
    struct msghdr message;
    union ancillary ancillary;
};

static void address(struct outgoing *out, struct str bytes, const int *fds, int count)
{
    assert(count <= MESSAGE_FDS_MAX);
    *out = (struct outgoing){.part = {(void *)(uintptr_t)bytes.ptr, bytes.len}};
    out->message = (struct msghdr){.msg_iov = &out->part, .msg_iovlen = 1};
    if (count == 0)
        return;
    out->message.msg_control = &out->ancillary;
    out->message.msg_controllen = CMSG_SPACE(sizeof(int) * (size_t)count);
    struct cmsghdr *header = CMSG_FIRSTHDR(&out->message);
    header->cmsg_level = SOL_SOCKET;
    header->cmsg_type = SCM_RIGHTS;
    header->cmsg_len = CMSG_LEN(sizeof(int) * (size_t)count);
    memcpy(CMSG_DATA(header), fds, sizeof(int) * (size_t)count);
}

static bool send_it(int socket, const struct outgoing *out, int flags)
{
    ssize_t sent;
    do
        sent = sendmsg(socket, &out->message, MSG_NOSIGNAL | flags);
    while (sent < 0 && errno == EINTR);
    return sent >= 0;
}

bool message_send(int socket, struct str bytes, const int *fds, int count, struct error *err)
{
    struct outgoing out;
    address(&out, bytes, fds, count);
    return send_it(socket, &out, 0) || error_sys(err, "send a message");
}

bool message_offer(int socket, struct str bytes, const int *fds, int count, bool *ret_taken,
                   struct error *err)
{
    struct outgoing out;
    address(&out, bytes, fds, count);
    *ret_taken = send_it(socket, &out, MSG_DONTWAIT);
    return *ret_taken || errno == EAGAIN || errno == ETOOMANYREFS ||
           error_sys(err, "send a message");
}

/* Fds beyond the caller's room are closed: a peer cannot fill our table. */
static int take_fds(struct msghdr *message, int *fds, int room)
{
    int count = 0;
    for (struct cmsghdr *c = CMSG_FIRSTHDR(message); c != NULL; c = CMSG_NXTHDR(message, c)) {
        if (c->cmsg_level != SOL_SOCKET || c->cmsg_type != SCM_RIGHTS)
            continue;
        size_t bytes = c->cmsg_len - CMSG_LEN(0);
        for (size_t at = 0; at + sizeof(int) <= bytes; at += sizeof(int)) {
            int fd;
            memcpy(&fd, CMSG_DATA(c) + at, sizeof fd);
            if (count < room)
                fds[count++] = fd;
            else
                close(fd);
        }
    }
    return count;
}

long message_receive(int socket, void *bytes, size_t size, int *ret_fds, int *ret_count,
                     struct error *err)
{
    union ancillary ancillary;
    struct iovec part = {bytes, size};
    struct msghdr message = {.msg_iov = &part,
                             .msg_iovlen = 1,
                             .msg_control = &ancillary,
                             .msg_controllen = sizeof ancillary};
    ssize_t length;
    /* a peer that went without reading all of ours gives one ECONNRESET, and only after that what
     * it had said before it went */
    do
        length = recvmsg(socket, &message, MSG_CMSG_CLOEXEC);
    while (length < 0 && (errno == EINTR || errno == ECONNRESET));
    if (length < 0) {
        error_sys(err, "receive a message");
        return -1;
    }
    int fds[MESSAGE_FDS_MAX];
    int count = take_fds(&message, fds, MESSAGE_FDS_MAX);
    int room = *ret_count;
    bool cut = (message.msg_flags & (MSG_TRUNC | MSG_CTRUNC)) != 0;
    for (int i = cut ? 0 : room; i < count; i++)
        close(fds[i]);
    if (cut) {
        error_set(err, ERROR_LIMIT, "a message is longer than %zu bytes", size);
        return -1;
    }
    *ret_count = count < room ? count : room;
    if (*ret_count > 0)
        memcpy(ret_fds, fds, sizeof(int) * (size_t)*ret_count);
    return length;
}

bool message_waits(int socket)
{
    struct pollfd look = {.fd = socket, .events = POLLIN};
    return poll(&look, 1, 0) == 1;
}
