#include "run/capture.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/mem.h"
#include "sys/fd.h"
#include "tests/test.h"

/* A stream whose guest is this test. */
struct stream {
    struct capture *capture;
    int guest;
    struct arena arena;
};

static void stream_open(struct stream *stream, int64_t limit)
{
    int ends[2];
    struct error err;
    CHECK_OK(fd_pipe(ends, &err), err);
    CHECK_OK(fd_set_nonblocking(ends[0], &err), err);
    stream->capture = mem_alloc(sizeof *stream->capture);
    capture_init(stream->capture, ends[0], limit);
    stream->guest = ends[1];
    arena_init(&stream->arena, 64 << 20);
}

static void stream_close(struct stream *stream)
{
    capture_done(stream->capture);
    free(stream->capture);
    fd_close_at(&stream->guest);
    arena_done(&stream->arena);
}

static void hear_all(struct stream *stream)
{
    struct error err;
    for (bool more = true; more;)
        CHECK_OK(capture_read(stream->capture, &more, &err), err);
}

static char byte_at(int64_t at)
{
    return (char)('a' + (at * 7 + at / 1000) % 26);
}

/* Bytes that tell their place, in pieces that fit no border. */
static void write_pattern(struct stream *stream, int64_t total, int64_t piece)
{
    char *bytes = mem_alloc((size_t)piece);
    struct error err;
    for (int64_t at = 0; at < total; at += piece) {
        int64_t length = total - at < piece ? total - at : piece;
        for (int64_t i = 0; i < length; i++)
            bytes[i] = byte_at(at + i);
        CHECK_OK(fd_write_all(stream->guest, str_of(bytes, (size_t)length), &err), err);
        hear_all(stream);
    }
    free(bytes);
}

static void check_pattern(struct str got, int64_t from, int64_t length)
{
    CHECK_INT(got.len, length);
    for (int64_t i = 0; i < length; i++)
        if (got.ptr[i] != byte_at(from + i))
            CHECK_INT(i, -1);
}

static void check_kept(int64_t limit, int64_t total, int64_t piece)
{
    struct stream stream;
    stream_open(&stream, limit);
    write_pattern(&stream, total, piece);
    fd_close_at(&stream.guest);
    hear_all(&stream);
    CHECK(stream.capture->ended);
    struct run_output output = capture_finish(stream.capture, &stream.arena);
    int64_t head = total < limit ? total : limit;
    int64_t tail = total - head < CAPTURE_TAIL_BYTES ? total - head : CAPTURE_TAIL_BYTES;
    CHECK_INT(output.total_bytes, total);
    check_pattern(output.head, 0, head);
    check_pattern(output.tail, total - tail, tail);
    stream_close(&stream);
}

TEST(capture_keeps_head_and_tail_at_every_border)
{
    enum { LIMIT = 1000, TAIL = CAPTURE_TAIL_BYTES };

    static const int64_t totals[] = {0,
                                     1,
                                     LIMIT - 1,
                                     LIMIT,
                                     LIMIT + 1,
                                     LIMIT + TAIL - 1,
                                     LIMIT + TAIL,
                                     LIMIT + TAIL + 1,
                                     LIMIT + TAIL + 777,
                                     LIMIT + 2 * TAIL - 1,
                                     LIMIT + 2 * TAIL,
                                     LIMIT + 2 * TAIL + 1,
                                     LIMIT + 5 * TAIL + 13};
    static const int64_t pieces[] = {1009, TAIL - 1, TAIL, TAIL + 1, 60000};
    for (size_t i = 0; i < COUNT_OF(totals); i++)
        for (size_t k = 0; k < COUNT_OF(pieces); k++)
            check_kept(LIMIT, totals[i], pieces[k]);
    check_kept(1, 40, 1);
    check_kept(1, TAIL + 1, 100);
}

TEST(capture_counts_ten_megabytes_and_keeps_little)
{
    check_kept(4096, 10 << 20, 50021);
}

TEST(capture_without_anything_to_read_says_so_and_goes_on)
{
    struct stream stream;
    struct error err;
    bool more = true;
    stream_open(&stream, 10);
    CHECK_OK(capture_read(stream.capture, &more, &err), err);
    CHECK(!more && !stream.capture->ended);
    fd_close_at(&stream.guest);
    CHECK_OK(capture_read(stream.capture, &more, &err), err);
    CHECK(!more && stream.capture->ended);
    stream_close(&stream);
    capture_done(&(struct capture){.from = -1});
}

/* Everything that has come through so far. */
static struct str passed_on(int from, char *bytes, size_t size)
{
    ssize_t got = read(from, bytes, size);
    return str_of(bytes, got > 0 ? (size_t)got : 0);
}

static void say(struct stream *stream, struct str bytes)
{
    struct error err;
    CHECK_OK(fd_write_all(stream->guest, bytes, &err), err);
    hear_all(stream);
}

static void check_shown(int from, const char *want)
{
    char bytes[4096];
    struct str got = passed_on(from, bytes, sizeof bytes - 1);
    bytes[got.len] = '\0';
    CHECK_TEXT(bytes, want);
}

static void begin_passing_on(struct stream *stream, int64_t limit, bool escape, int ends[2])
{
    struct error err;
    stream_open(stream, limit);
    CHECK_OK(fd_pipe(ends, &err), err);
    CHECK_OK(fd_set_nonblocking(ends[0], &err), err);
    stream->capture->to = ends[1];
    stream->capture->escape = escape;
}

TEST(capture_passes_the_head_on_as_it_comes_and_the_tail_at_the_end)
{
    struct stream stream;
    int ends[2];
    begin_passing_on(&stream, 4, false, ends);
    say(&stream, STR("ab"));
    check_shown(ends[0], "ab");
    say(&stream, STR("cdef"));
    check_shown(ends[0], "cd");
    say(&stream, STR("g\x1b"));
    check_shown(ends[0], "");
    capture_finish(stream.capture, &stream.arena);
    check_shown(ends[0], "efg\x1b");
    stream_close(&stream);
}

TEST(capture_says_how_much_was_left_out_between)
{
    struct stream stream;
    int ends[2];
    char bytes[CAPTURE_TAIL_BYTES * 2];
    begin_passing_on(&stream, 4, false, ends);
    memset(bytes, 'x', sizeof bytes);
    say(&stream, str_of(bytes, CAPTURE_TAIL_BYTES + 9));
    check_shown(ends[0], "xxxx");
    capture_finish(stream.capture, &stream.arena);
    struct str shown = passed_on(ends[0], bytes, sizeof bytes);
    CHECK(str_starts(shown, "\n[... 5 bytes left out ...]\nx"));
    stream_close(&stream);
}

TEST(capture_escapes_what_would_act_on_a_terminal_but_keeps_it_as_it_was)
{
    struct stream stream;
    int ends[2];
    begin_passing_on(&stream, 100, true, ends);
    say(&stream, STR("a\x1b[2J\n\xff\xc3\xa9\r"));
    check_shown(ends[0], "a\\x1b[2J\n\\xff\xc3\xa9\\r");
    struct run_output output = capture_finish(stream.capture, &stream.arena);
    CHECK(str_is(output.head, "a\x1b[2J\n\xff\xc3\xa9\r"));
    stream_close(&stream);
}

TEST(capture_shows_a_character_that_comes_in_pieces_as_one)
{
    struct stream stream;
    int ends[2];
    begin_passing_on(&stream, 100, true, ends);
    say(&stream, STR("a\xe2"));
    say(&stream, STR("\x82"));
    say(&stream, STR("\xac"
                     "b"));
    say(&stream, STR("\xf0\x9f\x98"));
    say(&stream, STR("\x80"));
    check_shown(ends[0], "a\xe2\x82\xac"
                         "b\xf0\x9f\x98\x80");
    say(&stream, STR("\xc3"));
    say(&stream, STR("c\xe2\x82"));
    capture_finish(stream.capture, &stream.arena); /* what never became a character */
    check_shown(ends[0], "\\xc3"
                         "c\\xe2\\x82");
    stream_close(&stream);
}

TEST(capture_shows_a_character_across_the_limit_as_one)
{
    struct stream stream;
    int ends[2];
    begin_passing_on(&stream, 2, true, ends);
    say(&stream, STR("a\xc3\xa9z"));
    capture_finish(stream.capture, &stream.arena);
    check_shown(ends[0], "a\xc3\xa9z");
    stream_close(&stream);
}

TEST(capture_notices_a_reader_that_has_gone)
{
    struct stream stream;
    int ends[2];
    signal(SIGPIPE, SIG_IGN);
    begin_passing_on(&stream, 100, false, ends);
    close(ends[0]);
    say(&stream, STR("x"));
    CHECK(stream.capture->closed);
    say(&stream, STR("y"));
    struct run_output output = capture_finish(stream.capture, &stream.arena);
    CHECK(str_is(output.head, "xy"));
    stream_close(&stream);
}

TEST(capture_gives_up_waiting_for_its_reader_when_canceled)
{
    struct stream stream;
    int ends[2], cancel[2];
    struct error err;
    static char bytes[4096];
    begin_passing_on(&stream, 1 << 20, false, ends);
    CHECK_OK(fd_pipe(cancel, &err), err);
    stream.capture->cancel_fd = cancel[0];
    CHECK_OK(fd_set_nonblocking(ends[1], &err), err);
    while (write(ends[1], bytes, sizeof bytes) > 0)
        continue;
    CHECK_INT(errno, EAGAIN);
    close(cancel[1]);
    say(&stream, STR("never taken"));
    CHECK(stream.capture->closed);
    CHECK(str_is(capture_finish(stream.capture, &stream.arena).head, "never taken"));
    stream_close(&stream);
}

TEST(capture_waits_for_a_slow_reader)
{
    enum { BYTES = 300000 };
    struct stream stream;
    int ends[2];
    begin_passing_on(&stream, BYTES, false, ends);
    pid_t reader = fork();
    if (reader == 0) {
        char bytes[1000];
        int total = 0;
        close(ends[1]);
        fcntl(ends[0], F_SETFL, 0);
        for (ssize_t got; (got = read(ends[0], bytes, sizeof bytes)) > 0; total += (int)got)
            continue;
        _exit(total != BYTES);
    }
    close(ends[0]);
    write_pattern(&stream, BYTES, 50000);
    CHECK(!stream.capture->closed);
    close(ends[1]);
    int status;
    CHECK_INT(waitpid(reader, &status, 0), reader);
    CHECK_INT(status, 0);
    stream_close(&stream);
}
