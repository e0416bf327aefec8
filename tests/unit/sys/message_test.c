#include "sys/message.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "sys/fd.h"
#include "tests/test.h"
#include "tests/unit/sys/open_fds.h"

static void make_pair(int ends[2])
{
    struct error err;
    CHECK_OK(fd_pair(SOCK_SEQPACKET, ends, &err), err);
}

TEST(message_fds_arrive_close_on_exec_and_are_the_same_files)
{
    int ends[2], pipe_ends[2], fds[4], count = 4;
    char bytes[16];
    struct error err;
    make_pair(ends);
    CHECK_OK(fd_pipe(pipe_ends, &err), err);
    CHECK_OK(message_send(ends[0], STR("abc"), pipe_ends, 2, &err), err);
    CHECK_INT(message_receive(ends[1], bytes, sizeof bytes, fds, &count, &err), 3);
    CHECK(memcmp(bytes, "abc", 3) == 0);
    CHECK_INT(count, 2);
    CHECK_INT(fcntl(fds[0], F_GETFD), FD_CLOEXEC);
    CHECK_INT(fcntl(fds[1], F_GETFD), FD_CLOEXEC);
    CHECK_INT(write(fds[1], "x", 1), 1);
    CHECK_INT(read(pipe_ends[0], bytes, 4), 1);
}

TEST(message_fds_beyond_the_room_are_closed)
{
    int ends[2], fds[MESSAGE_FDS_MAX] = {}, got[2], count = 2;
    char bytes[4];
    struct error err;
    make_pair(ends);
    int before = open_fds_count();
    CHECK_OK(message_send(ends[0], STR("x"), fds, MESSAGE_FDS_MAX, &err), err);
    CHECK_INT(message_receive(ends[1], bytes, sizeof bytes, got, &count, &err), 1);
    CHECK_INT(count, 2);
    CHECK_INT(open_fds_count(), before + 2);
    count = 0;
    CHECK_OK(message_send(ends[0], STR("x"), fds, 3, &err), err);
    CHECK_INT(message_receive(ends[1], bytes, sizeof bytes, NULL, &count, &err), 1);
    CHECK_INT(count, 0);
    CHECK_INT(open_fds_count(), before + 2);
}

TEST(message_that_is_too_long_is_an_error_and_its_fds_are_closed)
{
    int ends[2], fds[2] = {0, 1}, got[4] = {7, 7, 7, 7}, count = 4;
    char bytes[4];
    struct error err;
    make_pair(ends);
    int before = open_fds_count();
    CHECK_OK(message_send(ends[0], STR("12345"), fds, 2, &err), err);
    CHECK_INT(message_receive(ends[1], bytes, sizeof bytes, got, &count, &err), -1);
    CHECK_INT(err.kind, ERROR_LIMIT);
    CHECK_INT(count, 4);
    CHECK_INT(got[0], 7);
    CHECK_INT(open_fds_count(), before);
    CHECK_OK(message_send(ends[0], STR("1234"), NULL, 0, &err), err);
    CHECK_INT(message_receive(ends[1], bytes, sizeof bytes, got, &count, &err), 4);
}

/* More than our own side ever sends: the kernel itself lets 253 pass. */
TEST(message_with_more_fds_than_any_of_ours_is_refused_without_a_leak)
{
    enum { MANY = 200 };

    int ends[2], got[4], count = 4;
    char bytes[4];
    struct error err;

    union {
        struct cmsghdr header;
        char bytes[CMSG_SPACE(sizeof(int) * MANY)];
    } ancillary = {};
    struct iovec part = {bytes, 1};
    struct msghdr message = {&(char){0}, 0, &part, 1, &ancillary, sizeof ancillary, 0};
    make_pair(ends);
    struct cmsghdr *header = CMSG_FIRSTHDR(&message);
    header->cmsg_level = SOL_SOCKET;
    header->cmsg_type = SCM_RIGHTS;
    header->cmsg_len = CMSG_LEN(sizeof(int) * MANY);
    memset(CMSG_DATA(header), 0, sizeof(int) * MANY);
    message.msg_name = NULL;
    bytes[0] = 'x';
    int before = open_fds_count();
    CHECK_INT(sendmsg(ends[0], &message, 0), 1);
    CHECK_INT(message_receive(ends[1], bytes, sizeof bytes, got, &count, &err), -1);
    CHECK_INT(open_fds_count(), before);
}

TEST(message_to_a_closed_peer_is_an_error_not_a_signal)
{
    int ends[2], count = 0;
    char bytes[4];
    struct error err;
    make_pair(ends);
    close(ends[0]);
    CHECK(!message_send(ends[1], STR("x"), NULL, 0, &err));
    CHECK_INT(err.number, EPIPE);
    CHECK_INT(message_receive(ends[1], bytes, sizeof bytes, NULL, &count, &err), 0);
}

TEST(message_said_before_the_peer_left_is_received_after_its_reset)
{
    int ends[2], count = 0;
    char bytes[8];
    struct error err;
    make_pair(ends);
    CHECK_OK(message_send(ends[1], STR("unread"), NULL, 0, &err), err);
    CHECK_OK(message_send(ends[0], STR("last"), NULL, 0, &err), err);
    close(ends[0]);
    CHECK_INT(message_receive(ends[1], bytes, sizeof bytes, NULL, &count, &err), 4);
    CHECK_INT(message_receive(ends[1], bytes, sizeof bytes, NULL, &count, &err), 0);
}
