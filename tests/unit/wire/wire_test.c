/* The border: what does not fit messages.def is refused, and leaves no descriptor behind. */
#include "wire/wire.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/mem.h"
#include "sys/fd.h"
#include "tests/test.h"
#include "tests/unit/sys/open_fds.h"

enum { MAGIC = 0x77697265, PACKET_MAX = 60 * 1024 };

/* What the first bytes of a packet are; a peer that lies writes them itself. */
struct header {
    uint32_t magic;
    uint16_t kind, fd_count;
    uint32_t id, length;
    uint32_t in_memory_file;
};

static void make_pair(int ends[2])
{
    struct error err;
    CHECK_OK(fd_pair(SOCK_SEQPACKET, ends, &err), err);
}

static void send_raw(int socket, const struct header *header, struct str payload, const int *fds,
                     int count)
{
    struct error err;
    auto_buf struct buf packet;
    buf_init(&packet, 1 << 17);
    buf_add(&packet, header, sizeof *header);
    buf_add_str(&packet, payload);
    CHECK_OK(message_send(socket, buf_str(&packet), fds, count, &err), err);
}

/* The message is refused as broken, with these words, and all descriptors are closed. */
static void check_refused(const struct header *header, struct str payload, const int *fds,
                          int count, const char *words)
{
    int ends[2];
    struct wire_message message;
    struct error err = {};
    make_pair(ends);
    int before = open_fds_count();
    send_raw(ends[0], header, payload, fds, count);
    CHECK(!wire_receive(ends[1], TO_BROKER, &message, &err));
    CHECK_INT(err.kind, ERROR_INTERNAL);
    CHECK_CONTAINS(err.text, words);
    CHECK_INT(open_fds_count(), before);
    close(ends[0]);
    close(ends[1]);
}

TEST(wire_messages_arrive_with_kind_id_payload_and_fds)
{
    int ends[2], fds[3] = {0, 1, 2};
    struct wire_message message;
    struct error err;
    make_pair(ends);
    int before = open_fds_count();
    CHECK_OK(wire_send(ends[0], WIRE_BOX_PREPARE, 7, STR("hello"), fds, 3, &err), err);
    CHECK_OK(wire_receive(ends[1], TO_BROKER, &message, &err), err);
    CHECK_INT(message.kind, WIRE_BOX_PREPARE);
    CHECK_INT(message.id, 7);
    CHECK(str_is(buf_str(&message.payload), "hello"));
    CHECK_INT(message.fd_count, 3);
    for (int i = 0; i < 3; i++)
        CHECK_INT(fcntl(message.fds[i], F_GETFD), FD_CLOEXEC);
    auto_close int taken = wire_message_take_fd(&message, 1);
    CHECK(taken >= 0);
    CHECK_INT(wire_message_take_fd(&message, 1), -1);
    CHECK_INT(wire_message_take_fd(&message, 3), -1);
    wire_message_done(&message);
    CHECK_INT(open_fds_count(), before + 1);
}

TEST(wire_kinds_travel_in_their_own_direction_only)
{
    static const struct {
        enum wire_direction direction;
        int fds;
    } rows[WIRE_KINDS] = {

#define MESSAGE(name, direction, bytes, fds) [WIRE_##name] = {direction, fds},
#include "wire/messages.def"
#undef MESSAGE
    };
    for (enum wire_kind kind = WIRE_NONE + 1; kind < WIRE_KINDS; kind++) {
        int ends[2];
        struct wire_message message;
        struct error err;
        make_pair(ends);
        CHECK_OK(wire_send(ends[0], kind, 1, STR(""), NULL, 0, &err), err);
        CHECK_OK(wire_send(ends[0], kind, 2, STR(""), NULL, 0, &err), err);
        CHECK_OK(wire_receive(ends[1], rows[kind].direction, &message, &err), err);
        CHECK_INT(message.kind, kind);
        wire_message_done(&message);
        enum wire_direction other = rows[kind].direction == TO_BROKER ? TO_ASKER : TO_BROKER;
        CHECK(!wire_receive(ends[1], other, &message, &err));
        CHECK_CONTAINS(err.text, "nothing of this kind");
        close(ends[0]);
        close(ends[1]);
    }
}

TEST(wire_messages_of_exactly_one_packet_and_one_byte_more_arrive_whole)
{
    static const size_t sizes[] = {
        0, 1, PACKET_MAX - 1, PACKET_MAX, PACKET_MAX + 1, WIRE_PAYLOAD_MAX};
    char *bytes = mem_alloc(WIRE_PAYLOAD_MAX);
    for (size_t i = 0; i < WIRE_PAYLOAD_MAX; i++)
        bytes[i] = (char)(i * 7 + i / 251);
    for (size_t i = 0; i < COUNT_OF(sizes); i++) {
        int ends[2], fds[] = {0, 1};
        struct wire_message message;
        struct error err;
        make_pair(ends);
        int before = open_fds_count();
        struct str payload = str_of(bytes, sizes[i]);
        CHECK_OK(wire_send(ends[0], WIRE_BOX_PREPARE, 1, payload, fds, 2, &err), err);
        CHECK_OK(wire_receive(ends[1], TO_BROKER, &message, &err), err);
        CHECK(str_equal(buf_str(&message.payload), payload));
        CHECK_INT(message.fd_count, 2);
        wire_message_done(&message);
        CHECK_INT(open_fds_count(), before);
        close(ends[0]);
        close(ends[1]);
    }
    free(bytes);
}

TEST(wire_a_closed_peer_is_a_message_of_no_kind)
{
    int ends[2];
    struct wire_message message;
    struct error err;
    make_pair(ends);
    close(ends[0]);
    CHECK_OK(wire_receive(ends[1], TO_BROKER, &message, &err), err);
    CHECK_INT(message.kind, WIRE_NONE);
    CHECK(!wire_send(ends[1], WIRE_BOX_START, 1, STR(""), NULL, 0, &err));
    CHECK_INT(err.number, EPIPE);
}

TEST(wire_an_empty_packet_leaves_none_of_its_fds_behind)
{
    int ends[2], fds[] = {0, 1, 2};
    struct wire_message message;
    struct error err;
    make_pair(ends);
    int before = open_fds_count();
    CHECK_OK(message_send(ends[0], STR(""), fds, 3, &err), err);
    CHECK_OK(wire_receive(ends[1], TO_BROKER, &message, &err), err);
    CHECK_INT(message.kind, WIRE_NONE);
    CHECK_INT(open_fds_count(), before);
}

TEST(wire_what_was_said_before_the_peer_left_is_heard)
{
    int ends[2];
    struct wire_message message;
    struct error err;
    make_pair(ends);
    CHECK_OK(wire_send(ends[1], WIRE_BOX_ENDED, 1, STR("x"), NULL, 0, &err), err);
    CHECK_OK(wire_send(ends[0], WIRE_BOX_START, 9, STR(""), NULL, 0, &err), err);
    close(ends[0]); /* without having read ours */
    CHECK_OK(wire_receive(ends[1], TO_BROKER, &message, &err), err);
    CHECK_INT(message.kind, WIRE_BOX_START);
    CHECK_INT(message.id, 9);
    wire_message_done(&message);
}

TEST(wire_packets_without_a_good_header_are_refused)
{
    int ends[2];
    struct wire_message message;
    struct error err = {};
    make_pair(ends);
    int fds[] = {0};
    int before = open_fds_count();
    CHECK_OK(message_send(ends[0], STR("short"), fds, 1, &err), err);
    CHECK(!wire_receive(ends[1], TO_BROKER, &message, &err));
    CHECK_CONTAINS(err.text, "no header");
    CHECK_INT(open_fds_count(), before);
    struct header header = {MAGIC + 1, WIRE_BOX_START, 0, 1, 0, 0};
    check_refused(&header, STR(""), NULL, 0, "no header");
}

TEST(wire_kinds_that_do_not_exist_are_refused)
{
    static const uint16_t kinds[] = {WIRE_NONE, WIRE_KINDS, WIRE_KINDS + 1, UINT16_MAX};
    for (size_t i = 0; i < COUNT_OF(kinds); i++) {
        struct header header = {MAGIC, kinds[i], 0, 1, 0, 0};
        check_refused(&header, STR(""), NULL, 0, "nothing of this kind");
    }
}

TEST(wire_sizes_that_are_not_as_said_are_refused)
{
    struct header header = {MAGIC, WIRE_BOX_KILL, 0, 1, 8, 0};
    check_refused(&header, STR("1234567"), NULL, 0, "size is wrong");
    check_refused(&header, STR("123456789"), NULL, 0, "size is wrong");
    header.length = 0;
    check_refused(&header, STR("x"), NULL, 0, "size is wrong");
    header.length = 17; /* the most is 16 */
    check_refused(&header, STR("12345678901234567"), NULL, 0, "too large");
    header.length = UINT32_MAX;
    check_refused(&header, STR(""), NULL, 0, "too large");
}

TEST(wire_fds_that_are_not_as_said_are_refused_and_closed)
{
    int fds[MESSAGE_FDS_MAX] = {};
    struct header header = {MAGIC, WIRE_BOX_PREPARE, 3, 1, 0, 0};
    check_refused(&header, STR(""), fds, 2, "wrong number");
    check_refused(&header, STR(""), fds, 4, "wrong number");
    check_refused(&header, STR(""), fds, 0, "wrong number");
    check_refused(&header, STR(""), fds, MESSAGE_FDS_MAX, "wrong number");
    header.fd_count = 3 + BOX_CHANNELS_MAX + BOX_INPUTS_MAX + 1;
    check_refused(&header, STR(""), fds, header.fd_count, "too large");
    header = (struct header){MAGIC, WIRE_BOX_START, 1, 1, 0, 0};
    check_refused(&header, STR(""), fds, 1, "too large");
    header = (struct header){MAGIC, WIRE_BOX_START, 0, 1, 0, 0};
    check_refused(&header, STR(""), fds, 1, "wrong number");
}

static int make_memory(size_t size, int seals)
{
    int file = memfd_create("test", MFD_CLOEXEC | MFD_ALLOW_SEALING);
    CHECK(file >= 0 && ftruncate(file, (off_t)size) == 0);
    CHECK_INT(fcntl(file, F_ADD_SEALS, seals), 0);
    return file;
}

TEST(wire_memory_files_that_somebody_could_still_change_are_refused)
{
    enum { ALL = F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_WRITE };

    static const int seals[] = {0, ALL & ~F_SEAL_SHRINK, ALL & ~F_SEAL_GROW, ALL & ~F_SEAL_WRITE,
                                F_SEAL_SEAL};
    struct header header = {MAGIC, WIRE_BOX_PREPARE, 0, 1, 100, 1};
    for (size_t i = 0; i < COUNT_OF(seals); i++) {
        auto_close int file = make_memory(100, seals[i]);
        check_refused(&header, STR(""), &file, 1, "not sealed");
    }
}

TEST(wire_a_file_that_knows_no_seals_is_no_memory_file)
{
    struct error err;
    struct header header = {MAGIC, WIRE_BOX_PREPARE, 0, 1, 100, 1};
    auto_free char *path = mem_text("%s/file", test_folder());
    auto_close int file = fd_open(AT_FDCWD, path, O_RDWR | O_CREAT, 0644, &err);
    CHECK_INT(ftruncate(file, 100), 0);
    check_refused(&header, STR(""), &file, 1, "not sealed");
    header.length = 0;
    auto_close int nothing = fd_open(AT_FDCWD, "/dev/null", O_RDWR, 0, &err);
    check_refused(&header, STR(""), &nothing, 1, "not sealed");
}

TEST(wire_memory_files_of_another_size_or_with_more_beside_them_are_refused)
{
    enum { ALL = F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_WRITE };

    auto_close int file = make_memory(100, ALL);
    struct header header = {MAGIC, WIRE_BOX_PREPARE, 0, 1, 99, 1};
    check_refused(&header, STR(""), &file, 1, "another size");
    header.length = 101;
    check_refused(&header, STR(""), &file, 1, "another size");
    header.length = 100;
    check_refused(&header, STR("more"), &file, 1, "size is wrong");
    header.in_memory_file = 2;
    check_refused(&header, STR(""), (int[]){file, file}, 2, "wrong number");
    header.in_memory_file = UINT32_MAX;
    check_refused(&header, STR(""), &file, 1, "wrong number");
    header.in_memory_file = 1;
    check_refused(&header, STR(""), NULL, 0, "wrong number");
}

TEST(wire_a_packet_longer_than_any_of_ours_is_refused)
{
    int ends[2], fds[] = {0, 1};
    struct wire_message message;
    struct error err = {};
    make_pair(ends);
    int before = open_fds_count();
    auto_free char *bytes = mem_alloc(PACKET_MAX + 4096);
    CHECK_OK(message_send(ends[0], str_of(bytes, PACKET_MAX + 4096), fds, 2, &err), err);
    CHECK(!wire_receive(ends[1], TO_BROKER, &message, &err));
    CHECK_INT(err.kind, ERROR_LIMIT);
    CHECK_INT(open_fds_count(), before);
}
