/* Starting the program, with or without a tracer, and hearing what it says. */
#include <fcntl.h>
#include <grp.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/mem.h"
#include "sys/fd.h"
#include "sys/signals.h"
#include "tests/fault/fault.h"

enum { SAID_MAX = 1 << 20 };

void outcome_init(struct outcome *outcome)
{
    *outcome = (struct outcome){.in_time = false};
    buf_init(&outcome->out, SAID_MAX);
    buf_init(&outcome->err, SAID_MAX);
}

void outcome_done(struct outcome *outcome)
{
    buf_done(&outcome->out);
    buf_done(&outcome->err);
}

/* ---- the child ------------------------------------------------------------------------------ */

static void limit(int which, long value)
{
    struct rlimit both = {(rlim_t)value, (rlim_t)value};
    if (value != 0 && setrlimit(which, &both) != 0)
        _exit(126);
}

static void take_standard_files(const struct place *place, const struct kind *kind,
                                const struct limits_wished *wished, const struct started *started)
{
    int in = openat(AT_FDCWD, kind->reads ? "input" : "/dev/null", O_RDONLY | O_CLOEXEC);
    (void)place;
    if (in < 0 || dup2(in, 0) < 0 || dup2(started->out, 1) < 0 || dup2(started->err, 2) < 0)
        _exit(126);
    if (wished->no_stdin)
        close(0);
    if (wished->no_stdout)
        close(1);
    if (wished->no_stderr)
        close(2);
}

static void become(uid_t uid)
{
    if (uid != 0 &&
        (setgroups(0, NULL) != 0 || setresgid(uid, uid, uid) != 0 || setresuid(uid, uid, uid) != 0))
        _exit(126);
}

/* The program is opened before the rights go: its folder may be closed to a plain user. */
static _Noreturn void live(const struct place *place, const struct kind *kind,
                           const struct limits_wished *wished, const struct started *started)
{
    const char *argv[ARGUMENTS_MAX + 3] = {place->program, "run"};
    auto_free char *state = mem_text("TESTUDO_STATE=%s/state", place->folder);
    auto_free char *home = mem_text("HOME=%s", place->folder);
    char *env[] = {(char[]){"PATH=/usr/bin:/bin"}, (char[]){"LANG=C.UTF-8"}, state, home, NULL};
    for (int i = 0; i < ARGUMENTS_MAX && kind->argv[i] != NULL; i++)
        argv[i + 2] = kind->argv[i];
    int program = open(place->program, O_PATH | O_CLOEXEC);
    char go;
    if (chdir(place->folder) != 0)
        _exit(126);
    take_standard_files(place, kind, wished, started);
    become(place->uid);
    signals_reset();
    if (read(started->gate, &go, 1) < 0)
        _exit(126);
    limit(RLIMIT_NPROC, wished->processes);
    limit(RLIMIT_NOFILE, wished->files);
    execveat(program, "", (char *const *)(uintptr_t)argv, env, AT_EMPTY_PATH);
    _exit(127);
}

/* ---- the parent ----------------------------------------------------------------------------- */

static int said_file(void)
{
    return memfd_create("said", MFD_CLOEXEC);
}

bool run_prepare(const struct place *place, const struct kind *kind,
                 const struct limits_wished *wished, struct started *ret_started, struct error *err)
{
    int gate[2];
    if (!fd_pipe(gate, err))
        return false;
    struct started started = {.out = said_file(), .err = said_file(), .gate = gate[0]};
    if (started.out < 0 || started.err < 0)
        return error_sys(err, "make files for what it says");
    fflush(NULL);
    started.pid = fork();
    if (started.pid == 0) {
        close(gate[1]);
        live(place, kind, wished, &started);
    }
    close(gate[0]);
    started.gate = gate[1];
    *ret_started = started;
    return started.pid > 0 || error_sys(err, "fork");
}

void run_let_go(struct started *started)
{
    fd_close_at(&started->gate);
}

static void hear(int *file, struct buf *into)
{
    struct error ignored; /* a text that is too long is cut */
    if (lseek(*file, 0, SEEK_SET) == 0)
        (void)fd_read_all(*file, into, &ignored);
    fd_close_at(file);
}

void run_finish(struct started *started, struct outcome *outcome)
{
    hear(&started->out, &outcome->out);
    hear(&started->err, &outcome->err);
    fd_close_at(&started->gate);
}

bool run_await(pid_t pid, int *ret_status)
{
    int64_t deadline = clock_now_ns() + RUN_SECONDS_MAX * INT64_C(1000000000);
    for (;;) {
        pid_t ended = waitpid(pid, ret_status, WNOHANG);
        if (ended == pid)
            return true;
        if (clock_now_ns() > deadline) {
            kill(pid, SIGKILL);
            waitpid(pid, ret_status, 0);
            return false;
        }
        usleep(500);
    }
}

bool run_plainly(const struct place *place, const struct kind *kind,
                 const struct limits_wished *wished, struct outcome *ret_outcome, struct error *err)
{
    struct started started;
    if (!run_prepare(place, kind, wished, &started, err))
        return false;
    run_let_go(&started);
    ret_outcome->in_time = run_await(started.pid, &ret_outcome->status);
    run_finish(&started, ret_outcome);
    return true;
}
