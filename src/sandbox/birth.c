#include "sandbox/birth.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "init/report.h"
#include "sandbox/inside.h"
#include "sys/call.h"
#include "sys/fault.h"
#include "sys/fd.h"
#include "sys/mount.h"
#include "sys/userns.h"

static bool tell(int talk, uint32_t what, const int *fds, int count, struct error *err)
{
    struct talk message = {.what = what, .count = (uint32_t)count};
    return talk_send(talk, &message, fds, count, err);
}

static bool map_ids(const struct birth *birth, pid_t pid, struct error *err)
{
    if (birth->host->mode == MODE_ROOT) {
        struct userns_line lines[] = {{0, birth->slot->first_id, 1},
                                      {BOX_GUEST_ID, birth->slot->first_id + 1, 1}};
        return userns_write_maps(pid, lines, lines, 2, false, err);
    }
    struct userns_line uid = {BOX_GUEST_ID, geteuid(), 1}, gid = {BOX_GUEST_ID, getegid(), 1};
    return userns_write_maps(pid, &uid, &gid, 1, true, err);
}

/* The input's owner becomes the guest in it, so that files which only he may read can be read. File
 * systems that know no mapped ids are shown as they are: then what others may read can be read. */
static int detach_input(const struct birth *birth, int folder, struct error *err)
{
    auto_close int mount = mount_copy(folder, "", false, MOUNT_READ_ONLY | MOUNT_NO_DEVICES, err);
    struct stat about;
    if (mount < 0)
        return -1;
    if (fstat(folder, &about) < 0)
        return error_sys_fd(err, "look at an input");
    uint32_t guest = birth->slot->first_id + 1;
    auto_close int map = userns_make(&(struct userns_line){about.st_uid, guest, 1},
                                     &(struct userns_line){about.st_gid, guest, 1}, err);
    if (map < 0)
        return -1;
    if (!mount_set_idmap(mount, map, err) && err->number != EINVAL && err->number != EPERM)
        return -1;
    return fd_steal(&mount);
}

static bool detach_inputs(struct birth *birth, struct error *err)
{
    for (uint32_t i = 0; i < BOX_INPUTS_MAX; i++)
        birth->detached[i] = -1;
    if (birth->host->mode != MODE_ROOT)
        return true;
    for (uint32_t i = 0; i < birth->spec->input_count; i++) {
        const struct box_input *input = &birth->spec->inputs[i];
        if (image_covers(&birth->image, input->target))
            continue;
        birth->detached[i] = detach_input(birth, input->fd, err);
        if (birth->detached[i] < 0)
            return error_wrap(err, "copy the mount of the input %s", input->target);
    }
    return true;
}

static void close_detached(struct birth *birth)
{
    for (uint32_t i = 0; i < birth->spec->input_count; i++)
        fd_close_at(&birth->detached[i]);
}

static void hint_clone(struct error *err)
{
    if (err->number == EPERM || err->number == ENOSPC)
        error_hint(err, "user namespaces are switched off or used up here: see the sysctls "
                        "user.max_user_namespaces, kernel.unprivileged_userns_clone and "
                        "kernel.apparmor_restrict_unprivileged_userns; in a container, allow them "
                        "(docker: --security-opt seccomp=unconfined). `testudo doctor` tells more");
}

static pid_t bear(struct birth *birth, const int talk[2], int *ret_pidfd, struct error *err)
{
    int pidfd = -1;
    struct clone_args args = {
        .flags = CLONE_NEWUSER | CLONE_NEWPID | CLONE_NEWNS | CLONE_PIDFD,
        .pidfd = (uint64_t)(uintptr_t)&pidfd,
        .exit_signal = SIGCHLD,
    };
    int birthplace = birth->cgroup->host != NULL ? cgroup_birthplace(birth->cgroup) : -1;
    if (birthplace >= 0) {
        args.flags |= CLONE_INTO_CGROUP;
        args.cgroup = (uint64_t)birthplace;
    }
    pid_t pid = fault_strikes() ? -1 : call_clone3(&args);
    if (pid == 0) {
        close(talk[0]); /* or we would keep ourselves company when the broker dies */
        inside_live(birth, talk[1]);
    }
    if (pid < 0) {
        error_sys(err, "make a process in namespaces of its own");
        hint_clone(err);
        return -1;
    }
    *ret_pidfd = pidfd;
    return pid;
}

bool birth_begin(struct birth *birth, struct newborn *ret_newborn, struct error *err)
{
    int ends[2];
    if (!detach_inputs(birth, err) || !fd_pair(SOCK_SEQPACKET, ends, err)) {
        close_detached(birth);
        return error_stage(err, "prepare");
    }
    auto_close int ours = ends[0], theirs = ends[1];
    struct newborn newborn = {.pidfd = -1};
    newborn.pid = bear(birth, ends, &newborn.pidfd, err);
    close_detached(birth);
    if (newborn.pid < 0)
        return error_stage(err, "namespaces");
    if (!map_ids(birth, newborn.pid, err) || !tell(ours, TALK_MAPPED, NULL, 0, err)) {
        kill(newborn.pid, SIGKILL);
        waitpid(newborn.pid, NULL, 0);
        close(newborn.pidfd);
        return error_stage(err, "namespaces");
    }
    newborn.talk = fd_steal(&ours);
    *ret_newborn = newborn;
    return true;
}

bool birth_admit(const struct birth *birth, const struct newborn *newborn, struct error *err)
{
    int doors[CGROUP_TREES_MAX] = {-1, -1, -1, -1};
    int count = birth->cgroup->host != NULL ? cgroup_open_doors(birth->cgroup, doors, err) : 0;
    if (count < 0)
        return error_stage(err, "cgroup");
    bool ok = tell(newborn->talk, TALK_DOORS, doors, count, err);
    while (count > 0)
        fd_close_at(&doors[--count]);
    return ok;
}

bool birth_go(const struct newborn *newborn, struct error *err)
{
    return tell(newborn->talk, TALK_GO, NULL, 0, err);
}

static bool read_talk(const struct talk *talk, int fd, struct birth_message *ret_message,
                      struct error *err)
{
    ret_message->fd = fd;
    if (talk->what == TALK_READY && fd >= 0) {
        ret_message->news = BIRTH_READY;
        ret_message->plain_bind = talk->plain_bind != 0;
        return true;
    }
    if (talk->what == TALK_LISTENER && fd >= 0) {
        ret_message->news = BIRTH_LISTENER;
        return true;
    }
    fd_close_at(&ret_message->fd);
    if (talk->what != TALK_FAILED)
        return error_set(err, ERROR_INTERNAL, "a box said something unheard of");
    ret_message->news = BIRTH_FAILED;
    ret_message->failed = talk->error;
    error_sanitise(&ret_message->failed);
    return true;
}

bool birth_hear(const struct newborn *newborn, struct birth_message *ret_message,
                struct error *err)
{
    union {
        struct talk talk;
        struct init_report report;
    } message;
    int fd = -1, count = 1;
    long length = talk_receive(newborn->talk, &message, sizeof message, &fd, &count, err);
    *ret_message = (struct birth_message){.fd = -1, .news = BIRTH_SILENCE};
    if (length < 0)
        return false;
    if (length == sizeof message.talk)
        return read_talk(&message.talk, count > 0 ? fd : -1, ret_message, err);
    fd_close_at(&fd);
    if (length == sizeof message.report && message.report.magic == INIT_REPORT_MAGIC) {
        ret_message->news = BIRTH_ENDED;
        ret_message->status = message.report.status;
        return true;
    }
    return length == 0 || error_set(err, ERROR_INTERNAL, "a box said something unheard of");
}
