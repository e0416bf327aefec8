/*
 * Any packet as what a box's first process says to the broker, with fds beside it: news of a known
 * kind, or an error, and no fd stays open. The first byte says how many fds come along.
 */
#include <assert.h>
#include <fcntl.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "sandbox/slot.h"
#include "sys/fd.h"
#include "sys/message.h"
#include "tests/fuzz/fuzz.h"

enum { FDS_MAX = 5, PACKET_MAX = 4096 };

static int next_fd(void)
{
    int fd = open("/dev/null", O_RDONLY | O_CLOEXEC);
    assert(fd >= 0);
    close(fd);
    return fd;
}

static void check_text(const char *text, size_t size)
{
    assert(strnlen(text, size) < size);
}

static void check_news(const struct slot_message *message)
{
    bool brings = message->news == SLOT_READY || message->news == SLOT_LISTENER ||
                  message->news == SLOT_TERMINAL;
    assert(message->news <= SLOT_SILENCE && (message->fd >= 0) == brings);
    if (brings)
        assert(fcntl(message->fd, F_GETFD) == FD_CLOEXEC);
    if (message->news != SLOT_FAILED)
        return;
    check_text(message->failed.stage, sizeof message->failed.stage);
    check_text(message->failed.text, sizeof message->failed.text);
    check_text(message->failed.hint, sizeof message->failed.hint);
    assert(error_kind_word(message->failed.kind) != NULL);
}

static void hear(int talk)
{
    struct slot slot = {.talk = talk, .pidfd = -1};
    struct slot_message message;
    struct error err = {};
    if (slot_hear(&slot, &message, &err)) {
        check_news(&message);
        fd_close_at(&message.fd);
    } else {
        assert(err.kind != ERROR_NONE && err.text[0] != '\0');
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size == 0 || size > PACKET_MAX)
        return -1;
    int ends[2], fds[FDS_MAX] = {0, 1, 2, 0, 1}, before = next_fd();
    struct error err;
    bool paired = fd_pair(SOCK_SEQPACKET, ends, &err);
    assert(paired);
    bool sent =
        message_send(ends[0], str_of(data + 1, size - 1), fds, data[0] % (FDS_MAX + 1), &err);
    close(ends[0]);
    if (sent)
        hear(ends[1]);
    hear(ends[1]); /* and then silence */
    close(ends[1]);
    assert(next_fd() == before);
    return sent ? 0 : -1;
}
