#include "tests/escape/outer.h"

#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/pidfd.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/mem.h"
#include "sys/cgroup.h"
#include "sys/fd.h"
#include "sys/loopback.h"
#include "sys/userns.h"

enum {
    ROOT_OUTSIDE = 2100000000, /* nobody, and above what boxes get */
    USERS = 65536,
    BOXES_FIRST = 2000000000, /* as sandbox/ids.h: boxes in here take from the same numbers */
    BOXES_OUTSIDE = 2100100000,
    BOXES = 65536,
    SECONDS_MAX = 60,
};

#define STAGE "/tmp/stage"

/* ---- the shared folder ---------------------------------------------------------------------- */

static bool copy_in(int folder, const char *from, const char *name, struct error *err)
{
    auto_buf struct buf bytes;
    buf_init(&bytes, (size_t)64 << 20);
    if (!fd_read_file(AT_FDCWD, from, &bytes, err))
        return false;
    auto_close int to = fd_open(folder, name, O_WRONLY | O_CREAT | O_EXCL, 0755, err);
    return to >= 0 && fd_write_all(to, buf_str(&bytes), err) &&
           (fchmod(to, 0755) == 0 || error_sys(err, "set the mode of %s", name));
}

bool outer_open(struct outer_stage *stage, const struct outside *outside, const char *release,
                bool direct, struct error *err)
{
    *stage = (struct outer_stage){.folder = "/tmp/testudo-outer-XXXXXX",
                                  .fd = -1,
                                  .direct = direct,
                                  .host = outside,
                                  .release = release};
    if (mkdtemp(stage->folder) == NULL || chmod(stage->folder, 0755) < 0)
        return error_sys(err, "make %s", stage->folder);
    stage->fd = fd_open(AT_FDCWD, stage->folder, O_RDONLY | O_DIRECTORY, 0, err);
    if (stage->fd < 0 || !copy_in(stage->fd, outside->stage.program, "testudo", err) ||
        !copy_in(stage->fd, outside->probe, "probe", err) ||
        (release != NULL && !copy_in(stage->fd, release, "release", err)))
        return false;
    return direct || fchown(stage->fd, ROOT_OUTSIDE, ROOT_OUTSIDE) == 0 ||
           error_sys(err, "give %s away", stage->folder);
}

void outer_close(struct outer_stage *stage)
{
    struct error ignored;
    if (stage->fd >= 0)
        (void)folder_remove(stage->folder, &ignored);
    fd_close_at(&stage->fd);
}

/* ---- inside --------------------------------------------------------------------------------- */

bool terminal_take(struct error *err)
{
    if (setsid() < 0)
        return error_sys(err, "begin a session");
    int master = posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC);
    if (master < 0 || grantpt(master) < 0 || unlockpt(master) < 0)
        return error_sys(err, "make a terminal");
    int slave = ioctl(master, TIOCGPTPEER, O_RDWR | O_NOCTTY | O_CLOEXEC);
    if (slave < 0 || ioctl(slave, TIOCSCTTY, 0) < 0)
        return error_sys(err, "take the terminal");
    return true; /* both stay open: the terminal lasts as long as we do */
}

static bool settle(const struct outer_stage *stage, struct error *err)
{
    if (setgroups(0, NULL) < 0 || setresgid(0, 0, 0) < 0 || setresuid(0, 0, 0) < 0)
        return error_sys(err, "become root in here");
    /* again, for a mount of another namespace cannot be bound; and before /tmp covers it */
    auto_close int folder = fd_open(AT_FDCWD, stage->folder, O_RDONLY | O_DIRECTORY, 0, err);
    if (folder < 0)
        return false;
    if (mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) < 0 ||
        mount("proc", "/proc", "proc", 0, NULL) < 0 ||
        mount("tmp", "/tmp", "tmpfs", 0, "mode=1777,size=1G") < 0)
        return error_sys(err, "mount /proc and /tmp");
    auto_free char *from = mem_text("/proc/self/fd/%d", folder);
    if (mkdir(STAGE, 0755) < 0 || mount(from, STAGE, NULL, MS_BIND, NULL) < 0 || chdir(STAGE) < 0)
        return error_sys(err, "show the stage");
    /* numbers that no process of a box has: a box that signals one of ours must not hit its own */
    return fd_put_text(AT_FDCWD, "/proc/sys/kernel/ns_last_pid", "5000", err) && loopback_up(err);
}

static bool play(const struct outside *outside, const struct attack *attack, const struct way *way,
                 struct outer_report *report)
{
    static struct trial trial;
    if (!trial_play(outside, attack, way, &trial, &report->error))
        return false;
    report->outcome = trial.outcome;
    memcpy(report->detail, trial.detail, sizeof report->detail);
    return true;
}

struct job {
    const struct outer_stage *stage;
    const struct attack *attack;
    const struct way *way;
    const char *layers_off;
    bool release;
    struct outer_report *report; /* shared memory */
    int ready[2], go[2];
    struct cgroup group;
};

/* The first process of the pid namespace. */
_Noreturn static void live_inside(const struct job *job)
{
    struct outer_report *report = job->report;
    struct outside outside = {
        .stage = {.program = job->release ? STAGE "/release" : STAGE "/testudo",
                  .folder = STAGE,
                  .slower = 1},
        .probe = STAGE "/probe",
        .layers_off = job->layers_off};
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    report->played = settle(job->stage, &report->error) && terminal_take(&report->error) &&
                     play(&outside, job->attack, job->way, report);
    _exit(0);
}

static bool join_group(struct job *job, struct error *err)
{
    int doors[CGROUP_TREES_MAX];
    if (job->group.host == NULL)
        return true;
    int count = cgroup_open_doors(&job->group, doors, err);
    for (int i = 0; i < count; i++) {
        if (write(doors[i], "0", 1) != 1)
            return error_sys(err, "join the control group of the outer namespaces");
        close(doors[i]);
    }
    return count >= 0;
}

/* Makes the namespaces; the first process of the pid namespace is its child. The cgroup namespace
 * comes before the group is joined, so that a box which does not hide its groups shows ours. */
_Noreturn static void live_between(struct job *job)
{
    struct error *err = &job->report->error;
    char byte = 0;
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    int flags =
        CLONE_NEWUSER | CLONE_NEWPID | CLONE_NEWNS | CLONE_NEWNET | CLONE_NEWIPC | CLONE_NEWUTS;
    if (unshare(CLONE_NEWCGROUP) < 0 || !join_group(job, err) || unshare(flags) < 0) {
        if (err->kind == ERROR_NONE)
            error_sys(err, "make the outer namespaces");
        _exit(1);
    }
    if (write(job->ready[1], &byte, 1) != 1 || read(job->go[0], &byte, 1) != 1)
        _exit(1);
    pid_t pid = fork();
    if (pid == 0)
        live_inside(job);
    _exit(pid < 0 || waitpid(pid, NULL, 0) < 0);
}

/* ---- from the host -------------------------------------------------------------------------- */

static bool write_maps(pid_t pid, struct error *err)
{
    static const struct userns_line lines[] = {{0, ROOT_OUTSIDE, USERS},
                                               {BOXES_FIRST, BOXES_OUTSIDE, BOXES}};
    return userns_write_maps(pid, lines, lines, 2, false, err);
}

static bool make_group(struct cgroup_host *host, struct job *job, struct error *err)
{
    static const struct cgroup_limits limits = {
        .memory_bytes = (int64_t)2 << 30, .processes = 2000, .cpus_milli = 4000};
    static unsigned serial = 900000;
    if (!cgroup_host_open(host, err))
        return false;
    /* v2 has no `tasks`: there the virtual machine is the place */
    if (host->count == 0 || cgroup_host_version(host, CGROUP_PIDS) != 1)
        return true;
    return cgroup_make(&job->group, host, serial++, err) && cgroup_limit(&job->group, &limits, err);
}

static bool accompany(struct job *job, pid_t pid, struct error *err)
{
    char byte = 0;
    auto_close int pidfd = pidfd_open(pid, 0);
    struct pollfd poll_ready[] = {{.fd = job->ready[0], .events = POLLIN},
                                  {.fd = pidfd, .events = POLLIN}};
    if (poll(poll_ready, 2, SECONDS_MAX * 1000) <= 0 || !(poll_ready[0].revents & POLLIN))
        return error_set(err, ERROR_HOST, "the outer namespaces could not be made: %s",
                         job->report->error.text);
    if (!write_maps(pid, err) || write(job->go[1], &byte, 1) != 1)
        return false;
    struct pollfd poll_end = {.fd = pidfd, .events = POLLIN};
    return poll(&poll_end, 1, SECONDS_MAX * 1000) > 0 ||
           error_set(err, ERROR_LIMIT, "a control took more than %d s", SECONDS_MAX);
}

static bool play_outer(struct job *job, struct error *err)
{
    struct cgroup_host host = {};
    if (!make_group(&host, job, err) || !fd_pipe(job->ready, err) || !fd_pipe(job->go, err))
        return false;
    fflush(NULL);
    pid_t pid = fork();
    if (pid == 0)
        live_between(job);
    bool ok = pid > 0 ? accompany(job, pid, err) : error_sys(err, "fork");
    if (pid > 0) {
        kill(pid, SIGKILL);
        waitpid(pid, NULL, 0);
    }
    for (int i = 0; i < 2; i++) {
        fd_close_at(&job->ready[i]);
        fd_close_at(&job->go[i]);
    }
    for (int i = 0; i < 100 && waitpid(-1, NULL, WNOHANG) >= 0; i++)
        usleep(1000); /* the inner ones, orphaned, come to us */
    cgroup_remove(&job->group);
    cgroup_host_close(&host);
    return ok;
}

bool outer_play(const struct outer_stage *stage, const struct attack *attack, const struct way *way,
                const char *layers_off, bool release, struct outer_report *ret_report,
                struct error *err)
{
    struct outer_report *shared =
        mmap(NULL, sizeof *shared, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (shared == MAP_FAILED)
        return error_sys(err, "share memory");
    struct job job = {.stage = stage,
                      .attack = attack,
                      .way = way,
                      .layers_off = layers_off,
                      .release = release,
                      .report = shared,
                      .ready = {-1, -1},
                      .go = {-1, -1}};
    bool ok = true;
    if (stage->direct) {
        struct outside outside = *stage->host;
        outside.layers_off = layers_off;
        if (release)
            outside.stage.program = stage->release;
        shared->played = play(&outside, attack, way, shared);
    } else {
        ok = play_outer(&job, err);
    }
    *ret_report = *shared;
    munmap(shared, sizeof *shared);
    if (ok && !ret_report->played) {
        *err = ret_report->error;
        if (err->kind == ERROR_NONE)
            error_set(err, ERROR_INTERRUPTED, "the outer namespaces died before the trial's end");
        return false;
    }
    return ok;
}
