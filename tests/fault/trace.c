/*
 * The tracer: follows every process of a run, counts steps, and carries out one fault.
 *
 * All are seized (PTRACE_SEIZE), so that stopping signals do to them what they always do, and end
 * with the driver (EXITKILL). Only the role that a fault looks at stops at its system calls; the
 * others stop when they bear children, execute or end.
 */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ptrace.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/clock.h"
#include "sys/fd.h"
#include "tests/fault/fault.h"
#include "tests/fault/registers.h"

enum { LINGER_MS_MAX = 1000, TICK_MS = 20, SYSCALL_STOP = SIGTRAP | 0x80 };

#define NS_PER_MS INT64_C(1000000)

/* ---- who is there --------------------------------------------------------------------------- */

static struct tracee *tracee_of(struct trace *trace, pid_t pid)
{
    for (int i = 0; i < trace->count; i++)
        if (trace->list[i].pid == pid)
            return &trace->list[i];
    return NULL;
}

struct tracee *trace_find(struct trace *trace, enum role role)
{
    for (int i = trace->count - 1; i >= 0; i--)
        if (trace->list[i].role == role)
            return &trace->list[i];
    return NULL;
}

static struct tracee *add(struct trace *trace, pid_t pid)
{
    if (trace->count == TRACEES_MAX) {
        fprintf(stderr, "faults: more than %d processes in one run\n", TRACEES_MAX);
        exit(2);
    }
    trace->list[trace->count] = (struct tracee){.pid = pid};
    return &trace->list[trace->count++];
}

static void forget(struct trace *trace, pid_t pid)
{
    struct tracee *tracee = tracee_of(trace, pid);
    if (tracee != NULL)
        *tracee = trace->list[--trace->count];
}

static uint64_t pid_space_of(pid_t pid)
{
    char path[40];
    struct stat about;
    snprintf(path, sizeof path, "/proc/%d/ns/pid", pid);
    return stat(path, &about) == 0 ? about.st_ino : 0;
}

/* ---- going on ------------------------------------------------------------------------------- */

static bool is_watched(const struct trace *trace, const struct tracee *tracee)
{
    return tracee->fail_with != 0 ||
           (!trace->over && (trace->fault->step == 0 || tracee->role == trace->fault->at));
}

/* Whoever was killed meanwhile cannot go on, nor need he. */
static void go_on(const struct trace *trace, const struct tracee *tracee, int number)
{
    if (tracee->pid == trace->held)
        return;
    ptrace(is_watched(trace, tracee) ? PTRACE_SYSCALL : PTRACE_CONT, tracee->pid, NULL,
           (void *)(intptr_t)number);
}

static void release_held(struct trace *trace)
{
    struct tracee *tracee = tracee_of(trace, trace->held);
    trace->held = 0;
    if (tracee != NULL)
        go_on(trace, tracee, 0);
}

/* ---- steps ---------------------------------------------------------------------------------- */

/* Who waits for a victim's end is let go on by it. */
static void strike(struct trace *trace, struct tracee *tracee, long call)
{
    const struct fault *fault = trace->fault;
    struct outcome *outcome = trace->outcome;
    const char *word = step_word(call);
    snprintf(outcome->call, sizeof outcome->call, "%s", word != NULL ? word : "unknown call");
    trace->over = true;
    trace->held = tracee->pid;
    outcome->struck = fault->way->strike(trace, tracee, call);
    outcome->struck_in_vain = !outcome->struck;
    if (trace->victim == 0)
        release_held(trace);
}

/* True: it was the one to be struck, and need not be told to go on. */
static bool enter_call(struct trace *trace, struct tracee *tracee, long call,
                       const uint64_t args[6])
{
    const struct fault *fault = trace->fault;
    if (trace->over || !fault->way->counts(call, args))
        return false;
    int step = ++trace->outcome->steps[tracee->role];
    if (fault->step == 0 || tracee->role != fault->at || step != fault->step)
        return false;
    strike(trace, tracee, call);
    return true;
}

static void on_call(struct trace *trace, struct tracee *tracee)
{
    struct __ptrace_syscall_info info;
    if (ptrace(PTRACE_GET_SYSCALL_INFO, tracee->pid, sizeof info, &info) <= 0)
        return; /* killed meanwhile */
    if (info.op == PTRACE_SYSCALL_INFO_EXIT && tracee->fail_with != 0) {
        (void)registers_set_result(tracee->pid, -tracee->fail_with);
        tracee->fail_with = 0;
    }
    bool enters = info.op == PTRACE_SYSCALL_INFO_ENTRY;
    const uint64_t args[6] = {info.entry.args[0], info.entry.args[1], info.entry.args[2],
                              info.entry.args[3], info.entry.args[4], info.entry.args[5]};
    if (!enters || !enter_call(trace, tracee, (long)info.entry.nr, args))
        go_on(trace, tracee, 0);
}

/* ---- births and changes --------------------------------------------------------------------- */

static void on_birth(struct trace *trace, struct tracee *parent, bool by_vfork)
{
    unsigned long message = 0;
    ptrace(PTRACE_GETEVENTMSG, parent->pid, NULL, &message);
    pid_t pid = (pid_t)message;
    struct birth birth = {
        .parent = parent->role, .by_vfork = by_vfork, .in_batch = trace->in_batch};
    uint64_t space = pid_space_of(pid);
    birth.new_pids = space != 0 && space != parent->pid_space;
    struct tracee *child = tracee_of(trace, pid);
    if (child == NULL)
        child = add(trace, pid);
    child->role = role_at_birth(&birth);
    child->pid_space = space;
    if (child->waits)
        go_on(trace, child, 0);
    child->waits = false;
}

/* A child's first stop may come before its parent's word of it. */
static struct tracee *arrive(struct trace *trace, pid_t pid)
{
    struct tracee *tracee = tracee_of(trace, pid);
    if (tracee != NULL)
        return tracee;
    tracee = add(trace, pid);
    tracee->waits = true;
    return NULL;
}

static bool is_stopping(int number)
{
    return number == SIGSTOP || number == SIGTSTP || number == SIGTTIN || number == SIGTTOU;
}

static void on_event(struct trace *trace, struct tracee *tracee, int event, int number)
{
    pid_t pid = tracee->pid;
    if (event == PTRACE_EVENT_STOP && is_stopping(number)) {
        ptrace(PTRACE_LISTEN, pid, NULL, NULL);
        return;
    }
    if (event == PTRACE_EVENT_FORK || event == PTRACE_EVENT_VFORK || event == PTRACE_EVENT_CLONE)
        on_birth(trace, tracee, event == PTRACE_EVENT_VFORK);
    tracee = tracee_of(trace, pid);
    if (event == PTRACE_EVENT_EXEC)
        tracee->role = role_after_exec(tracee->role);
    go_on(trace, tracee, 0);
}

static void on_stop(struct trace *trace, pid_t pid, int status)
{
    struct tracee *tracee = arrive(trace, pid);
    if (tracee == NULL)
        return;
    int number = WSTOPSIG(status), event = status >> 16;
    if (event != 0)
        on_event(trace, tracee, event, number);
    else if (number == SYSCALL_STOP)
        on_call(trace, tracee);
    else
        go_on(trace, tracee, number);
}

/* ---- ends ----------------------------------------------------------------------------------- */

static void on_end(struct trace *trace, pid_t pid, int status)
{
    forget(trace, pid);
    if (pid == trace->victim) {
        trace->outcome->died = WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL;
        if (!trace->outcome->died && pid != trace->held) { /* it was about to end by itself */
            trace->outcome->struck = false;
            trace->outcome->struck_in_vain = true;
        }
        trace->victim = 0;
        release_held(trace);
    }
    if (pid != trace->asker)
        return;
    trace->asker_ended = true;
    trace->ended_ns = clock_now_ns();
    trace->outcome->status = status;
}

static bool is_orphan(pid_t pid)
{
    char path[40], text[512] = "";
    int parent = 0;
    snprintf(path, sizeof path, "/proc/%d/stat", pid);
    auto_close int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0 || read(fd, text, sizeof text - 1) <= 0)
        return false;
    const char *after = strrchr(text, ')');
    return after != NULL && sscanf(after, ") %*c %d", &parent) == 1 && parent == getpid();
}

/* Who was killed while it bore a child will never tell of it. */
static void release_orphans(struct trace *trace)
{
    for (int i = 0; i < trace->count; i++) {
        struct tracee *tracee = &trace->list[i];
        if (tracee->waits && is_orphan(tracee->pid)) {
            tracee->waits = false;
            go_on(trace, tracee, 0);
        }
    }
}

static void kill_all(const struct trace *trace)
{
    for (int i = 0; i < trace->count; i++)
        kill(trace->list[i].pid, SIGKILL);
}

static void note_alive(struct trace *trace)
{
    char *alive = trace->outcome->alive;
    for (int i = 0; i < trace->count; i++) {
        size_t length = strlen(alive);
        snprintf(alive + length, sizeof trace->outcome->alive - length, " %s",
                 role_word(trace->list[i].role));
    }
}

static void look_at_clock(struct trace *trace)
{
    int64_t now = clock_now_ns();
    if (!trace->asker_ended && now > trace->deadline_ns) {
        trace->outcome->in_time = false;
        kill_all(trace);
    }
    if (trace->asker_ended && now > trace->ended_ns + LINGER_MS_MAX * NS_PER_MS) {
        if (trace->outcome->alive[0] == '\0')
            note_alive(trace);
        kill_all(trace);
    }
}

/* ---- the whole ------------------------------------------------------------------------------ */

static void tick(int number)
{
    (void)number; /* it interrupts waitpid, that is all */
}

static void set_ticking(bool on)
{
    struct sigaction action = {.sa_handler = tick};
    struct timeval every = {.tv_usec = on ? TICK_MS * 1000 : 0};
    sigaction(SIGALRM, &action, NULL);
    setitimer(ITIMER_REAL, &(struct itimerval){every, every}, NULL);
}

/* Until nobody is left, known or not: a child whose parent was killed while it bore him comes
 * unannounced. */
static void follow(struct trace *trace)
{
    for (;;) {
        int status = 0;
        pid_t pid = waitpid(-1, &status, __WALL);
        if (pid < 0 && errno != EINTR)
            return;
        if (pid > 0 && WIFSTOPPED(status))
            on_stop(trace, pid, status);
        else if (pid > 0)
            on_end(trace, pid, status);
        if (pid < 0 || !WIFSTOPPED(status))
            release_orphans(trace);
        look_at_clock(trace);
    }
}

bool trace_run(const struct place *place, const struct kind *kind, const struct fault *fault,
               struct outcome *ret_outcome, struct error *err)
{
    struct started started;
    struct trace trace = {.fault = fault, .outcome = ret_outcome, .in_batch = kind->lines > 0};
    if (!run_prepare(place, kind, &(struct limits_wished){}, &started, err))
        return false;
    long options = PTRACE_O_TRACESYSGOOD | PTRACE_O_TRACEFORK | PTRACE_O_TRACEVFORK |
                   PTRACE_O_TRACECLONE | PTRACE_O_TRACEEXEC | PTRACE_O_EXITKILL;
    if (ptrace(PTRACE_SEIZE, started.pid, NULL, (void *)options) < 0) {
        error_sys(err, "trace the program");
        kill(started.pid, SIGKILL);
        waitpid(started.pid, NULL, 0);
        run_finish(&started, ret_outcome);
        return false;
    }
    struct tracee *asker = add(&trace, started.pid);
    asker->role = ROLE_ASKER;
    asker->pid_space = pid_space_of(started.pid);
    trace.asker = started.pid;
    trace.deadline_ns = clock_now_ns() + RUN_SECONDS_MAX * 1000 * NS_PER_MS;
    ret_outcome->in_time = true;
    set_ticking(true);
    run_let_go(&started);
    follow(&trace);
    set_ticking(false);
    ret_outcome->lingered_ms = (clock_now_ns() - trace.ended_ns) / NS_PER_MS;
    run_finish(&started, ret_outcome);
    return true;
}
