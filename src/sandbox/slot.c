#include "sandbox/slot.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/securebits.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/fsuid.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/mem.h"
#include "init/report.h"
#include "sandbox/devices.h"
#include "sandbox/input.h"
#include "sandbox/inside.h"
#include "sandbox/slot_private.h"
#include "sys/call.h"
#include "sys/fault.h"
#include "sys/fd.h"
#include "sys/layer.h"
#include "sys/message.h"
#include "sys/spread.h"
#include "sys/userns.h"
#include "wire/box_wire.h"
#include "wire/wire.h"

/* ---- making one ----------------------------------------------------------------------------- */

static bool map_ids(const struct slot *slot, struct error *err)
{
    if (layer_is_off(LAYER_USER_NAMESPACE))
        return true;
    if (slot->host->mode == MODE_ROOT) {
        struct userns_line lines[] = {{0, slot->ids.first, 1},
                                      {BOX_GUEST_ID, slot->ids.first + 1, 1}};
        return userns_write_maps(slot->pid, lines, lines, 2, false, err);
    }
    struct userns_line uid = {BOX_GUEST_ID, geteuid(), 1}, gid = {BOX_GUEST_ID, getegid(), 1};
    return userns_write_maps(slot->pid, &uid, &gid, 1, true, err);
}

static void hint_clone(struct error *err)
{
    if (err->number == EPERM || err->number == ENOSPC)
        error_hint(err, "user namespaces are switched off or used up here: see the sysctls "
                        "user.max_user_namespaces, kernel.unprivileged_userns_clone and "
                        "kernel.apparmor_restrict_unprivileged_userns; in a container, allow them "
                        "(docker: --security-opt seccomp=unconfined). `testudo doctor` tells more");
}

/* The kernel charges whoever made a user namespace for what is used in it: inotify, pending
 * signals, namespaces. Were that root for all boxes, one box could use up what the others, and the
 * host, need; so each namespace is made by an id of the box's own. Capabilities and the id for
 * files stay what they were. */
static void change_effective_id(uid_t id)
{
    unsigned long bits = (unsigned long)prctl(PR_GET_SECUREBITS);
    bool ok = prctl(PR_SET_SECUREBITS, bits | SECBIT_NO_SETUID_FIXUP, 0, 0, 0) == 0 &&
              syscall(SYS_setresuid, -1, id, -1) == 0;
    setfsuid(0);
    ok = prctl(PR_SET_SECUREBITS, bits, 0, 0, 0) == 0 && ok;
    assert(ok && geteuid() == id);
}

static void become_owner(const struct slot *slot)
{
    if (slot->host->mode == MODE_ROOT && !layer_is_off(LAYER_OWNER))
        change_effective_id(slot->ids.first + IDS_OWNER);
}

static void become_broker(const struct slot *slot)
{
    if (slot->host->mode == MODE_ROOT)
        change_effective_id(0);
}

/* A time namespace, too, because its file in /proc is one more inode that boxes would share. Some
 * kernels are built without. */
static pid_t clone_pid1(struct clone_args *args)
{
    if (fault_strikes())
        return -1;
    args->flags |= CLONE_NEWTIME;
    pid_t pid = call_clone3(args);
    if (pid >= 0 || errno != EINVAL)
        return pid;
    args->flags &= ~(uint64_t)CLONE_NEWTIME;
    return call_clone3(args);
}

/* Pid 1 of a box that serves once, or the founder of a slot that serves many. */
typedef void life(const struct sandbox_host *host, const struct image *image, int talk);

static bool bear_first(struct slot *slot, const struct image *image, life *live, struct error *err)
{
    int ends[2];
    if (!fd_pair(SOCK_SEQPACKET, ends, err))
        return false;
    struct clone_args args = {
        .flags = layer_flags(LAYER_USER_NAMESPACE, CLONE_NEWUSER) |
                 layer_flags(LAYER_PID_NAMESPACE, CLONE_NEWPID) | CLONE_NEWNS | CLONE_PIDFD,
        .pidfd = (uint64_t)(uintptr_t)&slot->pidfd,
        .exit_signal = SIGCHLD,
    };
    int birthplace = slot->cgroup.host != NULL ? cgroup_birthplace(&slot->cgroup) : -1;
    if (birthplace >= 0) {
        args.flags |= CLONE_INTO_CGROUP;
        args.cgroup = (uint64_t)birthplace;
    }
    struct spread spread = spread_begin();
    become_owner(slot);
    pid_t pid = clone_pid1(&args);
    if (pid == 0) {
        spread_arrive(&spread);
        close(ends[0]); /* or we would keep ourselves company when the broker dies */
        live(slot->host, image, ends[1]);
    }
    int saved = errno;
    become_broker(slot);
    errno = saved;
    close(ends[1]);
    slot->talk = ends[0];
    if (pid < 0) {
        error_sys(err, "make a process in namespaces of its own");
        hint_clone(err);
        return error_stage(err, "namespaces");
    }
    spread_push(&spread, pid);
    slot->pid = pid;
    return true;
}

static bool make_cgroup(struct slot *slot, struct error *err)
{
    if (slot->cgroup.host != NULL || slot->host->cgroups.count == 0)
        return true;
    return cgroup_make(&slot->cgroup, &slot->host->cgroups, slot->host->serial++, err) ||
           error_stage(err, "cgroup");
}

/* In root mode /dev is made here, while pid 1 makes its namespaces. */
static bool say_mapped(const struct slot *slot, struct error *err)
{
    bool root = slot->host->mode == MODE_ROOT;
    auto_close int dev = root ? devices_make(err) : -1;
    /* root of a container may lack the right to make devices: those of its own are bound then */
    if (root && dev < 0 && err->number != EPERM)
        return error_stage(err, "mount");
    int count = dev >= 0 ? 1 : 0;
    struct talk mapped = {.what = TALK_MAPPED, .count = (uint32_t)count};
    return talk_send(slot->talk, &mapped, &dev, count, err);
}

/* On v2 a box is born inside its group, so that must be there first; on v1 it joins later, and all
 * this is done while pid 1 is at work. */
static bool prepare(struct slot *slot, life *live, struct error *err)
{
    bool founding = live == inside_found;
    if (!founding && cgroup_host_has_v2() &&
        (!sandbox_host_complete(slot->host, err) || !make_cgroup(slot, err)))
        return false;
    struct image image;
    if (!image_open(&image, slot->image, err))
        return error_stage(err, "image");
    bool born = ids_take(&slot->ids, slot->host->mode, err) && bear_first(slot, &image, live, err);
    image_close(&image);
    if (!born)
        return error_stage(err, "namespaces");
    if (!map_ids(slot, err) || !say_mapped(slot, err))
        return error_stage(err, "namespaces");
    return sandbox_host_complete(slot->host, err) && (founding || make_cgroup(slot, err));
}

static struct slot *make(struct sandbox_host *host, const char *image, life *live,
                         struct error *err)
{
    if (!image_name_is_good(image))
        return error_set_null(err, ERROR_USAGE,
                              "an image's name is made of letters, digits, '.', '_' and '-'");
    struct slot *slot = mem_alloc(sizeof *slot);
    *slot = (struct slot){.host = host, .ids = {.lock = -1}, .pidfd = -1, .talk = -1, .mounts = -1};
    for (int i = 0; i < SLOT_SPACES; i++)
        slot->spaces[i] = -1;
    for (int i = 0; i < LEDGERS; i++)
        slot->ledgers[i] = -1;
    snprintf(slot->image, sizeof slot->image, "%s", image);
    if (!prepare(slot, live, err)) {
        slot_free(slot);
        return NULL;
    }
    return slot;
}

struct slot *slot_new(struct sandbox_host *host, const char *image, struct error *err)
{
    return make(host, image, inside_live, err);
}

struct slot *slot_found(struct sandbox_host *host, const char *image, struct error *err)
{
    return make(host, image, inside_found, err);
}

void slot_kill(const struct slot *slot)
{
    cgroup_kill(&slot->cgroup);
    if (slot->pidfd >= 0)
        call_pidfd_send_signal(slot->pidfd, SIGKILL);
}

static void await_end(pid_t *pid)
{
    while (*pid > 0 && waitpid(*pid, NULL, 0) < 0 && errno == EINTR)
        continue;
    *pid = 0;
}

/* Said, and not yet heard: then the processes are known, and can be waited for. */
static void hear_of_birth(struct slot *slot)
{
    struct slot_message message = {.news = SLOT_WAITING};
    struct error unheard;
    while (slot_is_founded(slot) && slot->pid == 0 && slot->talk >= 0 &&
           message.news != SLOT_SILENCE && message_waits(slot->talk)) {
        if (!slot_hear(slot, &message, &unheard))
            return;
        fd_close_at(&message.fd);
    }
}

/* Dying takes time on a processor, too. A runtime that was to warm up when nobody else wants one
 * would die as slowly, with us waiting. */
static void kill_at_full_pace(struct slot *slot)
{
    struct error ignored; /* then it dies more slowly */
    if (slot->cgroup.host != NULL)
        (void)cgroup_set_idle(&slot->cgroup, false, &ignored);
    slot_kill(slot);
}

/* An occupant whose birth is still under way ends by itself when nobody is at the other end. */
void slot_evict(struct slot *slot)
{
    hear_of_birth(slot);
    fd_close_at(&slot->talk);
    if (slot->pid > 0)
        kill_at_full_pace(slot);
    await_end(&slot->pid);
    await_end(&slot->midwife);
    fd_close_at(&slot->pidfd);
    fd_close_at(&slot->mounts);
}

void slot_free(struct slot *slot)
{
    if (slot == NULL)
        return;
    slot_evict(slot);
    for (int i = 0; i < SLOT_SPACES; i++)
        fd_close_at(&slot->spaces[i]);
    for (int i = 0; i < LEDGERS; i++)
        fd_close_at(&slot->ledgers[i]);
    cgroup_remove(&slot->cgroup);
    ids_release(&slot->ids);
    free(slot);
}

/* ---- what it is for ------------------------------------------------------------------------- */

static bool send_spec(const struct slot *slot, const struct box_spec *spec, struct error *err)
{
    auto_buf struct buf payload;
    int fds[MESSAGE_FDS_MAX];
    buf_init(&payload, WIRE_PAYLOAD_MAX);
    struct box_spec sent = *spec;
    if (slot->occupant == WARM_READER)
        sent.input_count = 0; /* the folder of its program and rules: it has begun already */
    int count = wire_put_spec(&payload, &sent, fds);
    if (payload.over)
        return error_set(err, ERROR_LIMIT, "arguments and environment are too large");
    return wire_send(slot->talk, WIRE_BOX_PREPARE, 0, buf_str(&payload), fds, count, err);
}

static bool open_doors(const struct slot *slot, struct error *err)
{
    int fds[1 + CGROUP_TREES_MAX] = {slot->host->init, -1, -1, -1, -1};
    int count = slot->cgroup.host != NULL ? cgroup_open_doors(&slot->cgroup, fds + 1, err) : 0;
    if (count < 0)
        return false;
    bool no_group = cgroup_host_version(&slot->host->cgroups, CGROUP_CPU) == 0;
    struct talk doors = {.what = TALK_DOORS,
                         .count = (uint32_t)count,
                         .pin_processors = no_group,
                         .processes_are_counted =
                             cgroup_host_version(&slot->host->cgroups, CGROUP_PIDS) > 0};
    bool ok = talk_send(slot->talk, &doors, fds, count + 1, err);
    while (count > 0)
        fd_close_at(&fds[count--]);
    return ok;
}

/* init is counted too: the guest gets what it was promised. */
static bool set_limits(struct slot *slot, const struct limits *limits, struct error *err)
{
    struct cgroup_limits of_group = {
        .memory_bytes = layer_limit(LAYER_GROUP_MEMORY, limits->value[LIMIT_MEMORY], 1LL << 40),
        .processes = layer_limit(LAYER_GROUP_PROCESSES, limits->value[LIMIT_PROCESSES] + 1, 30000),
        .cpus_milli = layer_limit(LAYER_GROUP_CPUS, limits->value[LIMIT_CPUS], 1000000),
    };
    return slot->cgroup.host == NULL || (cgroup_set_idle(&slot->cgroup, false, err) &&
                                         cgroup_limit(&slot->cgroup, &of_group, err));
}

bool slot_say_lost(struct error *err)
{
    error_set(err, ERROR_INTERRUPTED, "the box was ended by somebody else");
    error_hint(err, "Testudo did not do it: was the host short of memory, or does somebody end "
                    "processes there?");
    return error_stage(err, "box");
}

/* A box that could not be made has said why before it went: that is the better answer. */
static bool hear_why(struct slot *slot, struct error *err)
{
    struct slot_message message;
    struct error unheard;
    if (err->number != EPIPE && err->number != ECONNRESET)
        return false;
    if (slot_hear(slot, &message, &unheard) && message.news == SLOT_FAILED)
        *err = message.failed;
    else
        slot_say_lost(err);
    fd_close_at(&message.fd);
    return false;
}

bool slot_furnish(struct slot *slot, const struct box_spec *spec, struct error *err)
{
    struct box_spec shown = *spec;
    if (!input_detach_all(slot, &shown, err))
        return error_stage(err, "files");
    bool ok = send_spec(slot, &shown, err);
    input_close_detached(spec, &shown);
    if (!ok)
        return hear_why(slot, err) || error_stage(err, "prepare");
    /* an occupant has joined its control groups at birth */
    return (set_limits(slot, &spec->limits, err) &&
            (slot_is_founded(slot) || open_doors(slot, err))) ||
           hear_why(slot, err) || error_stage(err, "cgroup");
}

bool slot_go(struct slot *slot, struct error *err)
{
    struct talk go = {.what = TALK_GO};
    return talk_send(slot->talk, &go, NULL, 0, err) || hear_why(slot, err);
}

/* ---- what it says --------------------------------------------------------------------------- */

static bool is_expected(const struct talk *talk, int fd_count)
{
    switch (talk->what) {
    case TALK_READY:
    case TALK_LISTENER:
    case TALK_TERMINAL:
        return fd_count == 1;
    case TALK_FOUNDED:
        return fd_count == SLOT_SPACES + LEDGERS;
    case TALK_BORN:
        return fd_count == 0 && talk->pid > 0 && talk->midwife > 0;
    case TALK_WAITING:
    case TALK_BEGUN:
    case TALK_FAILED:
        return fd_count == 0;
    default:
        return false;
    }
}

/* Undoing a mount namespace takes some 300 us, and whoever is the last in it spends them: pid 1,
 * before it counts as dead and the box's end can be told. Where /proc does not let us, it does. */
static int hold_mounts(pid_t pid)
{
    char path[32];
    snprintf(path, sizeof path, "/proc/%d/ns/mnt", (int)pid);
    return open(path, O_RDONLY | O_CLOEXEC);
}

static bool note_birth(struct slot *slot, const struct talk *talk, struct error *err)
{
    slot->pid = talk->pid;
    slot->midwife = talk->midwife;
    fd_replace(&slot->pidfd, call_pidfd_open(talk->pid));
    fd_replace(&slot->mounts, hold_mounts(talk->pid));
    return slot->pidfd >= 0 || error_sys(err, "hold a box's first process");
}

/* The fds are the message's, or the slot's from now on. */
static bool read_talk(struct slot *slot, const struct talk *talk, const int *fds,
                      struct slot_message *ret_message, struct error *err)
{
    switch (talk->what) {
    case TALK_READY:
    case TALK_LISTENER:
    case TALK_TERMINAL:
        ret_message->news = talk->what == TALK_READY      ? SLOT_READY
                            : talk->what == TALK_LISTENER ? SLOT_LISTENER
                                                          : SLOT_TERMINAL;
        ret_message->plain_bind = talk->plain_bind != 0 || slot->plain_bind;
        ret_message->spent_ns = talk->spent_ns > 0 ? talk->spent_ns : 0;
        ret_message->fd = fds[0];
        return true;
    case TALK_FOUNDED:
        ret_message->news = SLOT_FOUNDED;
        slot->plain_bind = talk->plain_bind != 0;
        memcpy(slot->spaces, fds, sizeof slot->spaces);
        memcpy(slot->ledgers, fds + SLOT_SPACES, sizeof slot->ledgers);
        return ledger_sum(slot->ledgers, &slot->ledger_sum, err);
    case TALK_BORN:
        ret_message->news = SLOT_BORN;
        return note_birth(slot, talk, err);
    case TALK_WAITING:
    case TALK_BEGUN:
        ret_message->news = talk->what == TALK_BEGUN ? SLOT_BEGUN : SLOT_WAITING;
        return true;
    default:
        ret_message->news = SLOT_FAILED;
        ret_message->failed = talk->error;
        if (slot_is_founded(slot) && slot->midwife == 0)
            slot->midwife = talk->midwife;
        error_sanitise(&ret_message->failed);
        return true;
    }
}

bool slot_hear(struct slot *slot, struct slot_message *ret_message, struct error *err)
{
    union {
        struct talk talk;
        struct init_report report;
    } message;

    int fds[SLOT_SPACES + LEDGERS], count = SLOT_SPACES + LEDGERS;
    long length = talk_receive(slot->talk, &message, sizeof message, fds, &count, err);
    *ret_message = (struct slot_message){.fd = -1, .news = SLOT_SILENCE};
    if (length <= 0)
        return length == 0;
    if (length == sizeof message.talk && is_expected(&message.talk, count))
        return read_talk(slot, &message.talk, fds, ret_message, err);
    while (count > 0)
        fd_close_at(&fds[--count]);
    if (length == sizeof message.report && message.report.magic == INIT_REPORT_MAGIC) {
        ret_message->news = SLOT_ENDED;
        ret_message->status = message.report.status;
        return true;
    }
    return error_set(err, ERROR_INTERNAL, "a box said something unheard of");
}
