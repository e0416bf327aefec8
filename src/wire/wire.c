#include "wire/wire.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/mem.h"
#include "sys/fd.h"
#include "wire/wire_private.h"

enum { MAGIC = 0x77697265 };

struct header {
    uint32_t magic;
    uint16_t kind, fd_count; /* a memory file is not counted */
    uint32_t id, length;
    uint32_t in_memory_file;
};

static const struct row {
    const char *name;
    enum wire_direction direction;
    size_t bytes_max;
    int fds_max;
} rows[WIRE_KINDS] = {

#define MESSAGE(name, direction, bytes, fds) [WIRE_##name] = {#name, direction, bytes, fds},
#include "wire/messages.def"
#undef MESSAGE
};

void wire_packet_done(struct wire_packet *packet)
{
    fd_close_at(&packet->file);
    buf_done(&packet->bytes);
}

/* The payload goes into a file, which travels before the other fds. */
static bool fill_file(struct wire_packet *packet, struct str payload, struct error *err)
{
    packet->file = fd_memory("testudo-message", payload, err);
    packet->fds[packet->fd_count++] = packet->file;
    return packet->file >= 0;
}

bool wire_pack(enum wire_kind kind, uint32_t id, struct str payload, const int *fds, int fd_count,
               struct wire_packet *ret_packet, struct error *err)
{
    assert(kind > WIRE_NONE && kind < WIRE_KINDS && payload.len <= rows[kind].bytes_max &&
           fd_count <= rows[kind].fds_max && fd_count < MESSAGE_FDS_MAX);
    bool in_file = payload.len > PACKET_MAX;
    struct header header = {MAGIC, (uint16_t)kind,        (uint16_t)fd_count,
                            id,    (uint32_t)payload.len, in_file};
    struct wire_packet packet = {.file = -1};
    buf_init(&packet.bytes, sizeof header + PACKET_MAX);
    if (in_file && !fill_file(&packet, payload, err)) {
        wire_packet_done(&packet);
        return false;
    }
    for (int i = 0; i < fd_count; i++)
        packet.fds[packet.fd_count++] = fds[i];
    buf_add(&packet.bytes, &header, sizeof header);
    if (!in_file)
        buf_add_str(&packet.bytes, payload);
    *ret_packet = packet;
    return true;
}

bool wire_send(int socket, enum wire_kind kind, uint32_t id, struct str payload, const int *fds,
               int fd_count, struct error *err)
{
    __attribute__((cleanup(wire_packet_done))) struct wire_packet packet = {.file = -1};
    return wire_pack(kind, id, payload, fds, fd_count, &packet, err) &&
           message_send(socket, buf_str(&packet.bytes), packet.fds, packet.fd_count, err);
}

static bool broken(struct error *err, const char *how)
{
    return error_set(err, ERROR_INTERNAL, "a message between our processes is broken: %s", how);
}

/* Only a file that nobody can change any more is read: it was checked, and stays as checked. Files
 * outside of memory know no seals, and reading one could make us wait for a stranger's disk. */
static bool read_memory_file(int file, size_t length, struct buf *payload, struct error *err)
{
    int wanted = F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_WRITE;
    int seals = fcntl(file, F_GET_SEALS);
    struct stat about;
    if (seals < 0 || (seals & wanted) != wanted || fstat(file, &about) < 0 ||
        (size_t)about.st_size != length)
        return broken(err, "its memory file is not sealed or of another size");
    char *place = buf_extend(payload, length);
    if (place == NULL || pread(file, place, length, 0) != (ssize_t)length)
        return broken(err, "its memory file cannot be read");
    return true;
}

static bool check_header(const struct header *header, long length, int fds,
                         enum wire_direction direction, struct error *err)
{
    if (length < (long)sizeof *header || header->magic != MAGIC)
        return broken(err, "it has no header");
    if (header->kind == WIRE_NONE || header->kind >= WIRE_KINDS ||
        rows[header->kind].direction != direction)
        return broken(err, "nothing of this kind is said here");
    const struct row *row = &rows[header->kind];
    if (header->length > row->bytes_max || header->fd_count > row->fds_max)
        return broken(err, "it is too large");
    if (fds != header->fd_count + (int)header->in_memory_file || header->in_memory_file > 1)
        return broken(err, "it has a wrong number of file descriptors");
    size_t here = header->in_memory_file ? 0 : header->length;
    if ((size_t)length != sizeof *header + here)
        return broken(err, "its size is wrong");
    return true;
}

bool wire_receive(int socket, enum wire_direction direction, struct wire_message *ret_message,
                  struct error *err)
{
    struct {
        struct header header;
        char payload[PACKET_MAX];
    } packet;
    struct wire_message message = {.fd_count = MESSAGE_FDS_MAX};
    long length =
        message_receive(socket, &packet, sizeof packet, message.fds, &message.fd_count, err);
    if (length < 0)
        return false;
    if (length == 0) {
        wire_message_done(&message); /* an empty packet looks the same, and may carry fds */
        *ret_message = (struct wire_message){.kind = WIRE_NONE};
        return true;
    }
    auto_close int file = -1;
    bool ok = check_header(&packet.header, length, message.fd_count, direction, err);
    if (ok) {
        message.kind = packet.header.kind;
        message.id = packet.header.id;
        buf_init(&message.payload, rows[message.kind].bytes_max);
        if (packet.header.in_memory_file) {
            file = message.fds[0];
            for (int i = 1; i < message.fd_count; i++)
                message.fds[i - 1] = message.fds[i];
            message.fd_count--;
            ok = read_memory_file(file, packet.header.length, &message.payload, err);
        } else {
            buf_add(&message.payload, packet.payload, packet.header.length);
        }
    }
    if (!ok) {
        wire_message_done(&message);
        return false;
    }
    *ret_message = message;
    return true;
}

struct wire_message wire_message_steal(struct wire_message *message)
{
    struct wire_message stolen = *message;
    *message = (struct wire_message){.kind = stolen.kind, .id = stolen.id};
    return stolen;
}

void wire_message_done(struct wire_message *message)
{
    for (int i = 0; i < message->fd_count; i++)
        fd_close_at(&message->fds[i]);
    message->fd_count = 0;
    buf_done(&message->payload);
}

int wire_message_take_fd(struct wire_message *message, int index)
{
    return index < message->fd_count ? fd_steal(&message->fds[index]) : -1;
}
