/* Starting the program or a shell line, feeding it, signalling it, and keeping what it says. */
#include "tests/flow/flow.h"

#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/pidfd.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/clock.h"
#include "sys/signals.h"

enum { INPUT_MAX = 1 << 20 };

struct command {
    pid_t pid;
    int pidfd, input, out, err; /* our ends */
    int64_t signal_at_ns;       /* INT64_MAX: no signal is due */
};

const char *scene_env(const struct scene *scene, const char *name)
{
    size_t length = strlen(name);
    for (int i = 0; scene->env[i] != NULL; i++)
        if (strncmp(scene->env[i], name, length) == 0 && scene->env[i][length] == '=')
            return scene->env[i] + length + 1;
    return NULL;
}

void scene_set_env(struct scene *scene, const char *name, const char *value)
{
    size_t length = strlen(name), at = 0, room = sizeof scene->env / sizeof *scene->env - 1;
    while (scene->env[at] != NULL &&
           (strncmp(scene->env[at], name, length) != 0 || scene->env[at][length] != '='))
        at++;
    if (at < room)
        scene->env[at] = arena_text(&scene->arena, "%s=%s", name, value);
}

static int give_away(const char *path, const struct stat *info, int type, struct FTW *where)
{
    (void)info, (void)type, (void)where;
    return lchown(path, PLAIN_USER, PLAIN_USER);
}

/* The program is opened before the rights go: its folder may be closed to a plain user. */
static _Noreturn void exec_in_child(const struct scene *scene, char *const argv[], bool drop)
{
    int program = open(argv[0], O_PATH | O_CLOEXEC);
    if (chdir(scene->folder) != 0)
        _exit(126);
    if (drop) {
        if (!user_become_plain())
            _exit(126);
        (void)execveat(program, "", argv, (char *const *)(uintptr_t)scene->env, AT_EMPTY_PATH);
    }
    execve(argv[0], argv, (char *const *)(uintptr_t)scene->env); /* scripts have no other way */
    dprintf(2, "cannot start %s: %m\n", argv[0]);
    _exit(127);
}

struct pipes {
    int in[2], out[2], err[2];
};

/* A pipe holds all of the input, so nobody has to stand by and feed it. */
static bool open_pipes(struct pipes *pipes, struct str input, struct error *err)
{
    if (pipe2(pipes->in, O_CLOEXEC) != 0 || pipe2(pipes->out, O_CLOEXEC) != 0 ||
        pipe2(pipes->err, O_CLOEXEC) != 0 ||
        (input.len > 65536 && fcntl(pipes->in[1], F_SETPIPE_SZ, INPUT_MAX) < 0))
        return error_sys(err, "make pipes");
    if (fcntl(pipes->in[1], F_SETFL, O_NONBLOCK) != 0 ||
        fcntl(pipes->out[0], F_SETFL, O_NONBLOCK) != 0 ||
        fcntl(pipes->err[0], F_SETFL, O_NONBLOCK) != 0)
        return error_sys(err, "set pipes up");
    if (input.len > 0 && write(pipes->in[1], input.ptr, input.len) != (ssize_t)input.len)
        return error_set(err, ERROR_INPUT, "standard input is larger than %d bytes", INPUT_MAX);
    close(pipes->in[1]);
    return true;
}

/* State is never shared between users, and never the host's own; a scenario may name another. */
static void choose_state(struct scene *scene, bool drop)
{
    const char *now = scene_env(scene, "TESTUDO_STATE");
    if (now != NULL && strncmp(now, scene->stage->folder, strlen(scene->stage->folder)) != 0)
        return;
    uid_t user = drop ? PLAIN_USER : geteuid();
    const char *folder = arena_text(&scene->arena, "%s/state-%u", scene->stage->folder, user);
    if (mkdir(folder, 0700) == 0 && drop)
        (void)!chown(folder, PLAIN_USER, PLAIN_USER);
    scene_set_env(scene, "TESTUDO_STATE", folder);
}

static bool start(struct scene *scene, char *const argv[], struct command *ret, struct error *err)
{
    bool drop = scene->as_plain_user && geteuid() == 0;
    struct pipes pipes;
    if (drop && nftw(scene->folder, give_away, 16, FTW_PHYS) != 0)
        return error_sys(err, "give %s to the plain user", scene->folder);
    choose_state(scene, drop);
    if (!open_pipes(&pipes, scene->input, err))
        return false;
    int64_t now = clock_now_ns();
    struct command command = {.out = pipes.out[0], .err = pipes.err[0]};
    command.signal_at_ns =
        scene->signal != 0 ? now + (int64_t)scene->signal_after_ms * 1000000 : INT64_MAX;
    fflush(NULL);
    command.pid = fork();
    if (command.pid < 0)
        return error_sys(err, "fork");
    if (command.pid == 0) {
        setpgid(0, 0);
        signals_reset();
        if (dup2(pipes.in[0], 0) < 0 || dup2(pipes.out[1], 1) < 0 || dup2(pipes.err[1], 2) < 0)
            _exit(126);
        exec_in_child(scene, argv, drop);
    }
    setpgid(command.pid, command.pid);
    close(pipes.in[0]);
    close(pipes.out[1]);
    close(pipes.err[1]);
    command.pidfd = pidfd_open(command.pid, 0);
    *ret = command;
    return true;
}

/* What is there now, a bounded piece of it: a writer that never stops must not keep us from the
 * clock. What passes the buffer's maximum is read and forgotten. False at the end. */
static bool drain(int fd, struct buf *into)
{
    char block[65536];
    for (int i = 0; i < 64; i++) {
        ssize_t length = read(fd, block, sizeof block);
        if (length <= 0)
            return length < 0 && errno == EAGAIN;
        buf_add(into, block, (size_t)length);
    }
    return true;
}

static int ms_until(int64_t when_ns)
{
    int64_t left = (when_ns - clock_now_ns()) / 1000000 + 1;
    return left < 0 ? 0 : left > 60000 ? 60000 : (int)left;
}

/* The command is over when its process ends, even if something it started holds a pipe open. */
static bool follow(struct scene *scene, struct command *command)
{
    bool out_open = true, err_open = true;
    while (clock_now_ns() < scene->deadline_ns) {
        struct pollfd polls[] = {
            {.fd = command->pidfd, .events = POLLIN},
            {.fd = out_open ? command->out : -1, .events = POLLIN},
            {.fd = err_open ? command->err : -1, .events = POLLIN},
        };
        bool signal_first = command->signal_at_ns < scene->deadline_ns;
        poll(polls, 3, ms_until(signal_first ? command->signal_at_ns : scene->deadline_ns));
        if (clock_now_ns() >= command->signal_at_ns) {
            kill(command->pid, scene->signal);
            command->signal_at_ns = INT64_MAX;
        }
        if (polls[1].revents != 0 || polls[0].revents != 0)
            out_open = drain(command->out, &scene->out);
        if (polls[2].revents != 0 || polls[0].revents != 0)
            err_open = drain(command->err, &scene->err);
        if (polls[0].revents != 0)
            return true;
    }
    return false;
}

static void finish(struct scene *scene, struct command *command, bool in_time)
{
    int status = 0;
    if (!in_time)
        kill(-command->pid, SIGKILL);
    waitpid(command->pid, &status, 0);
    scene->status = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
    close(command->pidfd);
    close(command->out);
    close(command->err);
}

bool command_run(struct scene *scene, char *const argv[], struct error *err)
{
    buf_clear(&scene->out);
    buf_clear(&scene->err);
    int64_t started = clock_now_ns();
    struct command command = {0};
    if (!start(scene, argv, &command, err))
        return false;
    bool in_time = follow(scene, &command);
    finish(scene, &command, in_time);
    scene->took_ms = (clock_now_ns() - started) / 1000000;
    scene->input = (struct str){0};
    scene->as_plain_user = false;
    scene->signal = 0;
    if (!in_time)
        return error_set(err, ERROR_LIMIT, "the scenario's time is over");
    return true;
}
