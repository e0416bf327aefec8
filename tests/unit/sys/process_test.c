/* Process marks, spreading over processors, planned faults. */
#include "sys/process.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "sys/fault.h"
#include "sys/fd.h"
#include "sys/spread.h"
#include "tests/test.h"

/* A child that says its mark and waits. */
static pid_t begin_child(struct process_mark *ret_mark)
{
    int ends[2];
    struct error err;
    CHECK_OK(fd_pipe(ends, &err), err);
    pid_t child = fork();
    CHECK(child >= 0);
    if (child == 0) {
        struct process_mark mark;
        prctl(PR_SET_NAME, "a) b (1 2 3");
        prctl(PR_SET_PDEATHSIG, SIGKILL);
        if (!process_mark_self(&mark, &err) || write(ends[1], &mark, sizeof mark) < 0)
            _exit(1);
        for (;;)
            pause();
    }
    CHECK_INT(read(ends[0], ret_mark, sizeof *ret_mark), sizeof *ret_mark);
    close(ends[0]);
    close(ends[1]);
    return child;
}

static void end_child(pid_t child)
{
    CHECK_INT(kill(child, SIGKILL), 0);
    CHECK_INT(waitpid(child, NULL, 0), child);
}

TEST(process_marks_of_the_living_are_not_dead_and_of_the_reaped_are)
{
    struct process_mark mark, self;
    struct error err;
    pid_t child = begin_child(&mark);
    CHECK_INT(mark.pid, child);
    CHECK(mark.started > 0);
    CHECK(!process_mark_is_dead(&mark));
    end_child(child);
    CHECK(process_mark_is_dead(&mark));
    CHECK_OK(process_mark_self(&self, &err), err);
    CHECK_INT(self.pid, getpid());
    CHECK(!process_mark_is_dead(&self));
    CHECK_INT(self.pid_space, mark.pid_space);
}

/* Whoever adopted a killed broker may be slow to ask for its status. */
TEST(process_marks_of_the_ended_are_dead_though_nobody_has_asked_for_their_status)
{
    struct process_mark mark;
    pid_t child = begin_child(&mark);
    siginfo_t ended;
    CHECK_INT(kill(child, SIGKILL), 0);
    CHECK_INT(waitid(P_PID, (id_t)child, &ended, WEXITED | WNOWAIT), 0);
    CHECK_INT(kill(child, 0), 0);
    CHECK(process_mark_is_dead(&mark));
    CHECK_INT(waitpid(child, NULL, 0), child);
}

TEST(process_mark_of_an_earlier_owner_of_a_pid_is_dead)
{
    struct process_mark mark;
    struct error err;
    CHECK_OK(process_mark_self(&mark, &err), err);
    mark.started--;
    CHECK(process_mark_is_dead(&mark));
}

TEST(process_marks_of_other_pid_namespaces_or_of_nobody_are_never_dead)
{
    struct process_mark mark;
    pid_t child = begin_child(&mark);
    end_child(child);
    struct process_mark other = mark;
    other.pid_space++;
    CHECK(!process_mark_is_dead(&other));
    other = mark;
    other.pid = 0;
    CHECK(!process_mark_is_dead(&other));
    other.pid = -1;
    CHECK(!process_mark_is_dead(&other));
}

TEST(process_mark_is_not_dead_only_because_we_cannot_look)
{
    struct process_mark mark;
    pid_t child = begin_child(&mark);
    struct rlimit before, none;
    CHECK_INT(prlimit(0, RLIMIT_NOFILE, NULL, &before), 0);
    none = (struct rlimit){0, before.rlim_max};
    CHECK_INT(prlimit(0, RLIMIT_NOFILE, &none, NULL), 0);
    CHECK_INT(open("/dev/null", O_RDONLY | O_CLOEXEC), -1);
    CHECK(!process_mark_is_dead(&mark));
    end_child(child);
    CHECK(process_mark_is_dead(&mark));
    CHECK_INT(prlimit(0, RLIMIT_NOFILE, &before, NULL), 0);
}

TEST(spread_child_may_go_where_its_parent_may_in_the_end)
{
    struct spread spread = spread_begin();
    pid_t child = fork();
    CHECK(child >= 0);
    if (child == 0) {
        cpu_set_t now;
        spread_arrive(&spread);
        _exit(sched_getaffinity(0, sizeof now, &now) < 0 || !CPU_EQUAL(&now, &spread.allowed));
    }
    int status;
    spread_push(&spread, child);
    CHECK_INT(waitpid(child, &status, 0), child);
    CHECK(spread.useful == (CPU_COUNT(&spread.allowed) > 1));
    if (!spread.useful)
        CHECK_INT(status, 0);
}

TEST(spread_on_one_processor_changes_nothing)
{
    cpu_set_t one, after;
    CPU_ZERO(&one);
    CPU_SET(sched_getcpu(), &one);
    CHECK_INT(sched_setaffinity(0, sizeof one, &one), 0);
    struct spread spread = spread_begin();
    CHECK(!spread.useful);
    spread_push(&spread, getpid());
    spread_arrive(&spread);
    CHECK_INT(sched_getaffinity(0, sizeof after, &after), 0);
    CHECK(CPU_EQUAL(&one, &after));
}

TEST(fault_strikes_once_at_the_place_that_was_planned)
{
    CHECK_INT(setenv("TESTUDO_FAULT_AT", "3", 1), 0);
    CHECK(!fault_strikes());
    CHECK(!fault_strikes());
    errno = 0;
    CHECK(fault_strikes());
    CHECK_INT(errno, EMFILE);
    for (int i = 0; i < 100; i++)
        CHECK(!fault_strikes());
}

TEST(fault_never_strikes_unasked)
{
    CHECK_INT(unsetenv("TESTUDO_FAULT_AT"), 0);
    for (int i = 0; i < 100; i++)
        CHECK(!fault_strikes());
}

TEST(process_mark_survives_being_written_into_a_name)
{
    struct process_mark self, read;
    struct error err;
    char text[PROCESS_MARK_TEXT], name[PROCESS_MARK_TEXT + 8];
    CHECK_OK(process_mark_self(&self, &err), err);
    process_mark_write(&self, text);
    snprintf(name, sizeof name, "%s-17", text);
    CHECK(process_mark_read(name, &read));
    CHECK(read.pid_space == self.pid_space && read.pid == self.pid && read.started == self.started);
    CHECK(!process_mark_is_dead(&read));
    read.started++;
    CHECK(process_mark_is_dead(&read));
    CHECK(!process_mark_read("name", &read));
    CHECK(!process_mark_read("4026531836-12", &read));
}
