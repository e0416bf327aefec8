#include "worker/crew.h"

#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/buf.h"
#include "sys/fd.h"
#include "tests/test.h"

enum { STEPS = 200, CHILDREN = 3, LINE_BYTES = 9000 };

/* A line that is longer than a pipe writes in one piece. */
static void tell(const struct crew *crew, uint32_t step, bool broken)
{
    static char line[LINE_BYTES + 1];
    struct error err = {};
    memset(line, broken ? 'x' : '.', LINE_BYTES);
    snprintf(line, LINE_BYTES, "%u ", step);
    line[strlen(line)] = broken ? 'x' : '.';
    line[LINE_BYTES] = '\n';
    if (!crew_tell(crew, str_of(line, sizeof line), &err))
        _exit(3);
}

_Noreturn static void work(int out, uint32_t deadly, uint32_t every)
{
    struct crew crew;
    struct error err = {};
    uint32_t step;
    bool broken;
    dup2(out, STDOUT_FILENO);
    if (!crew_begin(&crew, CHILDREN, &err))
        _exit(err.kind == ERROR_LIMIT ? 2 : 1);
    while (crew_next(&crew, STEPS, &step, &broken)) {
        if (!broken && (step == deadly || (every > 0 && step % every == 0)))
            raise(SIGKILL);
        tell(&crew, step, broken);
    }
    _exit(0);
}

static int play(uint32_t deadly, uint32_t every, struct buf *said)
{
    int ends[2], status;
    struct error err = {};
    CHECK_OK(fd_pipe(ends, &err), err);
    pid_t child = fork();
    if (child == 0)
        work(ends[1], deadly, every);
    close(ends[1]);
    CHECK_OK(fd_read_all(ends[0], said, &err), err);
    close(ends[0]);
    CHECK(waitpid(child, &status, 0) == child && WIFEXITED(status));
    return WEXITSTATUS(status);
}

TEST(crew_does_each_step_once_and_tells_of_the_one_that_kills)
{
    unsigned seen[STEPS] = {}, step;
    char mark;
    auto_buf struct buf said;
    struct str rest, line = {};
    buf_init(&said, 4 << 20);
    CHECK_INT(play(77, 0, &said), 0);
    for (rest = buf_str(&said); str_take_line(&rest, &line);) {
        CHECK_INT(line.len, LINE_BYTES);
        CHECK(sscanf(line.ptr, "%u %c", &step, &mark) == 2 && step < STEPS);
        CHECK_INT(mark, step == 77 ? 'x' : '.');
        CHECK_INT(line.ptr[LINE_BYTES - 1], mark); /* no other line got into it */
        seen[step]++;
    }
    for (int i = 0; i < STEPS; i++)
        CHECK_INT(seen[i], 1);
}

TEST(crew_gives_up_when_too_many_steps_kill)
{
    auto_buf struct buf said;
    buf_init(&said, 4 << 20);
    CHECK_INT(play(0, 1, &said), 2);
}
