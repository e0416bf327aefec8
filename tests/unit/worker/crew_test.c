#include "worker/crew.h"

#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/buf.h"
#include "sys/fd.h"
#include "tests/test.h"

enum { STEPS = 200, CHILDREN = 3, LINE_BYTES = 9000, SLOW_MS = 100 };

/* What children meet; STEPS: nothing of that kind. */
struct course {
    uint32_t deadly, endless, every;
};

/* A line that is longer than a pipe writes in one piece. */
static void tell(const struct crew *crew, uint32_t step, enum crew_turn turn)
{
    static char line[LINE_BYTES + 1];
    static const char marks[] = {[CREW_DO] = '.', [CREW_BROKEN] = 'x', [CREW_SLOW] = 's'};
    struct error err = {};
    memset(line, marks[turn], LINE_BYTES);
    snprintf(line, LINE_BYTES, "%u ", step);
    line[strlen(line)] = marks[turn];
    line[LINE_BYTES] = '\n';
    if (!crew_tell(crew, str_of(line, sizeof line), &err))
        _exit(3);
}

static void meet(const struct course *course, uint32_t step)
{
    if (step == course->deadly || (course->every > 0 && step % course->every == 0))
        raise(SIGKILL);
    for (volatile bool ends = step != course->endless; !ends;)
        continue;
}

_Noreturn static void work(int out, const struct course *course)
{
    struct crew crew;
    struct error err = {};
    uint32_t step;
    enum crew_turn turn;
    dup2(out, STDOUT_FILENO);
    if (!crew_begin(&crew, CHILDREN, SLOW_MS, &err))
        _exit(err.kind == ERROR_LIMIT ? 2 : 1);
    while (crew_next(&crew, STEPS, &step, &turn)) {
        if (turn == CREW_DO)
            meet(course, step);
        tell(&crew, step, turn);
    }
    _exit(0);
}

static int play(const struct course *course, struct buf *said)
{
    int ends[2], status;
    struct error err = {};
    CHECK_OK(fd_pipe(ends, &err), err);
    pid_t child = fork();
    if (child == 0)
        work(ends[1], course);
    close(ends[1]);
    CHECK_OK(fd_read_all(ends[0], said, &err), err);
    close(ends[0]);
    CHECK(waitpid(child, &status, 0) == child && WIFEXITED(status));
    return WEXITSTATUS(status);
}

TEST(crew_does_each_step_once_and_tells_of_those_that_kill_or_never_end)
{
    static const struct course course = {.deadly = 77, .endless = 120};
    unsigned seen[STEPS] = {}, step;
    char mark;
    auto_buf struct buf said;
    struct str rest, line = {};
    buf_init(&said, 4 << 20);
    CHECK_INT(play(&course, &said), 0);
    for (rest = buf_str(&said); str_take_line(&rest, &line);) {
        CHECK_INT(line.len, LINE_BYTES);
        CHECK(sscanf(line.ptr, "%u %c", &step, &mark) == 2 && step < STEPS);
        CHECK_INT(mark, step == course.deadly ? 'x' : step == course.endless ? 's' : '.');
        CHECK_INT(line.ptr[LINE_BYTES - 1], mark); /* no other line got into it */
        seen[step]++;
    }
    for (int i = 0; i < STEPS; i++)
        CHECK_INT(seen[i], 1);
}

TEST(crew_gives_up_when_too_many_steps_kill)
{
    static const struct course course = {.deadly = STEPS, .endless = STEPS, .every = 1};
    auto_buf struct buf said;
    buf_init(&said, 4 << 20);
    CHECK_INT(play(&course, &said), 2);
}
