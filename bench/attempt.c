#include "bench/attempt.h"

#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/mem.h"
#include "base/text.h"
#include "sys/fd.h"

enum { TIMEOUT_MS = 30000, OUTPUT_MAX = 16384 };

struct started {
    pid_t pid;
    int pidfd, output;
    int64_t since_ns;
    int failed; /* the errno that kept it from starting, or 0 */
};

/* Between vfork and exec: raw calls only, the memory is still the parent's. So is *failed, which
 * tells it why nothing was started. */
[[gnu::noreturn]] static void become(const char *const *command, char *const *env, uid_t uid,
                                     int input, int output, volatile int *failed)
{
    bool ready = dup2(input, 0) == 0 && dup2(output, 1) == 1 && dup2(output, 2) == 2;
    if (ready && uid != 0)
        ready = syscall(SYS_setgroups, 0, NULL) == 0 &&
                syscall(SYS_setresgid, uid, uid, uid) == 0 &&
                syscall(SYS_setresuid, uid, uid, uid) == 0;
    if (ready)
        execve(command[0], (char *const *)(uintptr_t)command, env);
    *failed = errno;
    _exit(127);
}

/* The clock runs from before vfork. Its cost does not grow with our memory, unlike fork's. */
static bool start(const char *const *command, char *const *env, uid_t uid, int input,
                  struct started *ret_started, struct error *err)
{
    int ends[2];
    if (!fd_pipe(ends, err))
        return false;
    auto_close int reader = ends[0], writer = ends[1];
    volatile int failed = 0;
    int64_t since_ns = clock_now_ns();
    pid_t pid = vfork();
    if (pid == 0)
        become(command, env, uid, input, writer, &failed);
    if (pid < 0)
        return error_sys(err, "vfork");
    fd_replace(&writer, -1);
    int pidfd = (int)syscall(SYS_pidfd_open, pid, 0);
    if (pidfd < 0)
        return error_sys(err, "pidfd_open");
    *ret_started = (struct started){pid, pidfd, fd_steal(&reader), since_ns, failed};
    return true;
}

/* False when the time is over. */
static bool wait_readable(int fd, int64_t since_ns)
{
    for (;;) {
        int64_t left_ms = TIMEOUT_MS - (clock_now_ns() - since_ns) / 1000000;
        struct pollfd event = {.fd = fd, .events = POLLIN};
        int ready = poll(&event, 1, left_ms > 0 ? (int)left_ms : 0);
        if (ready > 0 || (ready == 0 && left_ms <= 0))
            return ready > 0;
    }
}

static bool read_output(const struct started *started, struct buf *output)
{
    char piece[4096];
    while (wait_readable(started->output, started->since_ns)) {
        ssize_t length = read(started->output, piece, sizeof piece);
        if (length == 0)
            return true;
        if (length > 0)
            buf_add(output, piece, (size_t)length);
        else if (errno != EINTR)
            return false;
    }
    return false;
}

/* The last line that says something is nearly always the reason. */
static struct str last_line(struct str output)
{
    struct str line, last = STR("");
    while (str_take_line(&output, &line))
        if (str_trim(line).len > 0)
            last = str_trim(line);
    return last;
}

static void judge(struct outcome *outcome, int status, const struct buf *output,
                  const char *expected)
{
    if (WIFEXITED(status) && WEXITSTATUS(status) == 0 &&
        (expected == NULL || str_is(buf_str(output), expected))) {
        outcome->is_good = true;
        return;
    }
    auto_buf struct buf line;
    buf_init(&line, 120);
    text_escape(&line, last_line(buf_str(output)), false);
    if (WIFSIGNALED(status))
        snprintf(outcome->why, sizeof outcome->why, "signal %d: %s", WTERMSIG(status),
                 buf_str(&line).ptr);
    else if (WEXITSTATUS(status) != 0)
        snprintf(outcome->why, sizeof outcome->why, "exit %d: %s", WEXITSTATUS(status),
                 buf_str(&line).ptr);
    else
        snprintf(outcome->why, sizeof outcome->why, "printed something else: %s",
                 buf_str(&line).ptr);
}

static bool finish(const struct started *started, const char *expected, struct outcome *outcome,
                   struct error *err)
{
    auto_buf struct buf output;
    buf_init(&output, OUTPUT_MAX);
    bool in_time =
        read_output(started, &output) && wait_readable(started->pidfd, started->since_ns);
    if (!in_time)
        kill(started->pid, SIGKILL);
    int status = 0;
    pid_t reaped;
    do
        reaped = waitpid(started->pid, &status, 0);
    while (reaped < 0 && errno == EINTR);
    outcome->ms = clock_ms(clock_now_ns() - started->since_ns);
    if (reaped < 0)
        return error_sys(err, "waitpid");
    if (started->failed != 0)
        snprintf(outcome->why, sizeof outcome->why, "cannot start: %s", strerror(started->failed));
    else if (in_time)
        judge(outcome, status, &output, expected);
    else
        snprintf(outcome->why, sizeof outcome->why, "not over after %d s", TIMEOUT_MS / 1000);
    return true;
}

/* Nothing of the caller's: one variable can cost a runtime 35 ms. */
static void set_environment(const struct bench *bench, bool is_plain, char *home, size_t size,
                            char *env[4])
{
    static char path[] = "PATH=/usr/local/bin:/usr/bin:/bin:/usr/local/sbin:/usr/sbin:/sbin";
    static char language[] = "LANG=C.UTF-8";
    snprintf(home, size, "HOME=%s/%s", bench->folder, is_plain ? "plain" : "home");
    env[0] = path;
    env[1] = home;
    env[2] = language;
    env[3] = NULL;
}

static bool switch_mounts(int mounts, struct error *err)
{
    return setns(mounts, CLONE_NEWNS) == 0 || error_sys(err, "change the mount namespace");
}

bool attempt_run(const struct bench *bench, const struct contestant *contestant,
                 const struct line *command, const char *expected, struct outcome *ret_outcome,
                 struct error *err)
{
    char home[256], *env[4];
    set_environment(bench, contestant->is_plain, home, sizeof home, env);
    auto_close int input = fd_open(AT_FDCWD, "/dev/null", O_RDONLY, 0, err);
    bool moves = contestant->in_private_mounts && bench->private_mounts >= 0;
    if (input < 0 || (moves && !switch_mounts(bench->private_mounts, err)))
        return false;
    struct outcome outcome = {};
    struct started started;
    bool ok = start(command->words, env, contestant->is_plain ? bench->plain_uid : 0, input,
                    &started, err);
    if (ok) {
        ok = finish(&started, expected, &outcome, err);
        fd_close_at(&started.pidfd);
        fd_close_at(&started.output);
    }
    if (moves && !switch_mounts(bench->host_mounts, err))
        return false;
    if (ok)
        *ret_outcome = outcome;
    return ok;
}
