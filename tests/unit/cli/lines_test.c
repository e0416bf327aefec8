/* Lines as they come out of pipes in any pieces. */
#include "cli/lines.h"

#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/mem.h"
#include "sys/fd.h"
#include "tests/test.h"

/* What comes of `text` when it arrives `piece` bytes at a time: each line in brackets, "!" for one
 * that was too long, and in the end its number. */
static const char *lines_of(const char *text, size_t piece, size_t max)
{
    static struct buf said;
    struct lines lines;
    struct error err;
    struct str line;
    int ends[2];
    size_t sent = 0, length = strlen(text);
    CHECK_OK(fd_pipe(ends, &err), err);
    lines_init(&lines, ends[0], max);
    buf_done(&said);
    buf_init(&said, 4096);
    for (enum lines_news news; (news = lines_next(&lines, &line)) != LINES_END;) {
        if (news == LINES_LINE)
            buf_printf(&said, "[%.*s]", (int)line.len, line.ptr);
        if (news == LINES_TOO_LONG)
            buf_add_byte(&said, '!');
        if (news != LINES_WANT)
            continue;
        size_t now = length - sent < piece ? length - sent : piece;
        CHECK_INT(write(ends[1], text + sent, now), now);
        sent += now;
        if (now == 0)
            fd_close_at(&ends[1]);
        CHECK_OK(lines_read(&lines, &err), err);
    }
    buf_printf(&said, " %d", (int)lines.number);
    lines_done(&lines);
    close(ends[0]);
    return said.data;
}

TEST(lines_are_the_same_whatever_pieces_they_come_in)
{
    for (size_t piece = 1; piece < 12; piece++) {
        CHECK_TEXT(lines_of("a\nbc\r\n\nd", piece, 100), "[a][bc][][d] 4");
        CHECK_TEXT(lines_of("", piece, 100), " 0");
        CHECK_TEXT(lines_of("\n\n", piece, 100), "[][] 2");
        CHECK_TEXT(lines_of("end\n", piece, 100), "[end] 1");
    }
}

TEST(lines_pass_over_what_is_too_long_and_tell_it_once)
{
    for (size_t piece = 1; piece < 24; piece++) {
        CHECK_TEXT(lines_of("abcde\nabcdef\nx\n", piece, 5), "[abcde]![x] 3");
        CHECK_TEXT(lines_of("x\nabcdefghijklmnopqrst", piece, 5), "[x]! 2");
        CHECK_TEXT(lines_of("abcdefghijklm\nabcdefghijklm\n\ny", piece, 5), "!![][y] 4");
        CHECK_TEXT(lines_of("abcdefghijklmnopqrst\n", piece, 5), "! 1");
    }
}

/* A line that never ends costs its maximum, not what it sends. */
TEST(lines_keep_nothing_of_an_endless_line)
{
    struct lines lines;
    struct error err;
    struct str line;
    int told = 0;
    auto_close int zero = open("/dev/zero", O_RDONLY | O_CLOEXEC);
    lines_init(&lines, zero, 1 << 20);
    for (int i = 0; i < 1000; i++) {
        enum lines_news news = lines_next(&lines, &line);
        CHECK(news == LINES_WANT || news == LINES_TOO_LONG);
        told += news == LINES_TOO_LONG;
        CHECK_OK(lines_read(&lines, &err), err);
    }
    CHECK_INT(told, 1);
    CHECK(lines.room <= 4 << 20);
    lines_done(&lines);
}
