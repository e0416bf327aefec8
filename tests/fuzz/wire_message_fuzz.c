/*
 * Any bytes as packets, with fds or a memory file beside them: a message that fits messages.def, or
 * an error, and no fd stays open. The first byte says what comes along.
 */
#include <assert.h>
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/mem.h"
#include "sys/fd.h"
#include "tests/fuzz/fuzz.h"
#include "wire/wire.h"

enum { WITH_FILE = 0x80, UNSEALED = 0x40, TO_US = 0x20, FDS = 0x1f, PACKET_MAX = 70000 };

/* The lowest number that is free: it moves when something was left open. */
static int next_fd(void)
{
    int fd = open("/dev/null", O_RDONLY | O_CLOEXEC);
    assert(fd >= 0);
    close(fd);
    return fd;
}

static int make_file(struct str content, bool sealed)
{
    struct error err;
    if (sealed)
        return fd_memory("fuzz", content, &err);
    int file = memfd_create("fuzz", MFD_CLOEXEC);
    bool ok = fd_write_all(file, content, &err);
    assert(ok);
    return file;
}

static void receive(int socket, enum wire_direction direction)
{
    struct wire_message message;
    struct error err = {};
    if (!wire_receive(socket, direction, &message, &err)) {
        assert(err.kind != ERROR_NONE && err.text[0] != '\0');
        return;
    }
    assert(message.kind < WIRE_KINDS && message.payload.len <= WIRE_PAYLOAD_MAX);
    assert(message.fd_count >= 0 && message.fd_count < MESSAGE_FDS_MAX);
    assert(message.kind != WIRE_NONE || message.fd_count == 0);
    for (int i = 0; i < message.fd_count; i++)
        assert(fcntl(message.fds[i], F_GETFD) == FD_CLOEXEC);
    wire_message_done(&message);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size == 0 || size > PACKET_MAX)
        return -1;
    int ends[2], fds[FDS + 1] = {}, count = data[0] & FDS, before = next_fd();
    struct error err;
    struct str rest = str_of(data + 1, size - 1);
    struct str packet = rest.len > 20 && (data[0] & WITH_FILE) ? str_of(rest.ptr, 20) : rest;
    int file =
        data[0] & WITH_FILE ? make_file(str_skip(rest, packet.len), !(data[0] & UNSEALED)) : -1;
    if (file >= 0)
        fds[count++] = fds[0], fds[0] = file;
    bool ok =
        fd_pair(SOCK_SEQPACKET, ends, &err) && message_send(ends[0], packet, fds, count, &err);
    if (ok)
        receive(ends[1], data[0] & TO_US ? TO_ASKER : TO_BROKER);
    fd_close_at(&file);
    close(ends[0]);
    close(ends[1]);
    assert(next_fd() == before);
    return ok ? 0 : -1;
}
