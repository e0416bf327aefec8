#include "cli/host_command.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/clock.h"
#include "sys/fd.h"

enum { PATIENCE_SECONDS = 10 };

extern char **environ;

/* posix_spawn wants words that it could write to, and does not. */
static char *const *spawn_words(const char *const words[])
{
    union {
        const char *const *given;
        char *const *wanted;
    } same = {words};

    return same.wanted;
}

/* We ignore SIGPIPE, which would be inherited; others must not. */
static int spawn(const char *const argv[], char *const env[], int out, pid_t *ret_pid)
{
    posix_spawn_file_actions_t files;
    posix_spawnattr_t attributes;
    sigset_t defaults;
    sigemptyset(&defaults);
    sigaddset(&defaults, SIGPIPE);
    posix_spawn_file_actions_init(&files);
    posix_spawnattr_init(&attributes);
    posix_spawnattr_setsigdefault(&attributes, &defaults);
    posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGDEF);
    if (out >= 0) {
        posix_spawn_file_actions_addopen(&files, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
        posix_spawn_file_actions_adddup2(&files, out, STDOUT_FILENO);
        posix_spawn_file_actions_addopen(&files, STDERR_FILENO, "/dev/null", O_WRONLY, 0);
    }
    int number = posix_spawnp(ret_pid, argv[0], &files, &attributes, spawn_words(argv), env);
    posix_spawnattr_destroy(&attributes);
    posix_spawn_file_actions_destroy(&files);
    return number;
}

static int wait_for(pid_t pid)
{
    int status = 0;
    while (waitpid(pid, &status, 0) < 0 && errno == EINTR)
        continue;
    return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

static bool read_in_time(int from, struct buf *out, struct error *err)
{
    int64_t deadline = clock_now_ns() + PATIENCE_SECONDS * INT64_C(1000000000);
    for (;;) {
        char chunk[4096];
        struct pollfd wait = {from, POLLIN, 0};
        int64_t left_ms = (deadline - clock_now_ns()) / 1000000;
        int ready = left_ms > 0 ? poll(&wait, 1, (int)left_ms) : 0;
        if (ready < 0 && errno == EINTR)
            continue;
        if (ready <= 0)
            return error_set(err, ERROR_HOST, "no answer within %d seconds", PATIENCE_SECONDS);
        ssize_t got = read(from, chunk, sizeof chunk);
        if (got <= 0)
            return got == 0 || error_sys(err, "read its answer");
        if (!buf_add(out, chunk, (size_t)got))
            return error_set(err, ERROR_LIMIT, "its answer has more than %zu bytes", out->max);
    }
}

bool host_command_ask(const char *const argv[], struct buf *out, struct error *err)
{
    static char path[] = "PATH=/usr/local/bin:/usr/bin:/bin", language[] = "LC_ALL=C.UTF-8";
    char *const env[] = {path, language, NULL};
    int ends[2];
    pid_t pid;
    if (!fd_pipe(ends, err))
        return false;
    auto_close int from = ends[0], to = ends[1];
    errno = spawn(argv, env, to, &pid);
    if (errno != 0)
        return error_sys(err, "start %s", argv[0]);
    fd_close_at(&to);
    bool ok = read_in_time(from, out, err);
    if (!ok)
        kill(pid, SIGKILL);
    int status = wait_for(pid);
    if (!ok)
        return error_wrap(err, "%s", argv[0]);
    return status == 0 || error_set(err, ERROR_HOST, "%s ended with status %d", argv[0], status);
}

bool host_command_do(const char *const argv[], int *ret_status, struct error *err)
{
    pid_t pid;
    errno = spawn(argv, environ, -1, &pid);
    if (errno != 0)
        return error_sys(err, "start %s", argv[0]);
    *ret_status = wait_for(pid);
    return true;
}
