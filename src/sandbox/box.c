#include "sandbox/box.h"

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/vfs.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/mem.h"
#include "sandbox/explain.h"
#include "sys/fd.h"
#include "sys/layer.h"

enum { CPU_CHECK_NS_MIN = 5000000, PREPARE_SECONDS_MAX = 30 };

struct box {
    struct slot *slot;
    struct loop *loop;
    const struct box_events *events;
    void *cookie;

    struct limits limits;
    struct isolation isolation;
    int work;
    int memory_event;
    struct explain *explain;

    bool awaits_terminal;
    bool start_asked;
    int64_t started_ns; /* 0: not yet */
    struct loop_timer wall, cpu;
    enum box_cause cause;
    bool begun; /* a parked runtime has been told its program */
    bool leader_ended;
    int32_t status;
    int64_t spent_ns;          /* before the guest began; where groups count, they know */
    struct cgroup_usage usage; /* as the leader's end found it */
    struct error failure;      /* told by the box itself */
};

/* ---- limits that the broker keeps ----------------------------------------------------------- */

void box_kill(struct box *box, enum box_cause cause)
{
    if (box->cause == BOX_CAUSE_NONE && !box->leader_ended)
        box->cause = cause;
    slot_kill(box->slot);
}

static void on_wall(void *cookie)
{
    box_kill(cookie, BOX_CAUSE_WALL_TIME);
}

static void on_memory(void *cookie)
{
    struct box *box = cookie;
    uint64_t count;
    if (read(box->memory_event, &count, sizeof count) <= 0)
        return;
    /* the removal of a group looks the same */
    struct cgroup_usage usage;
    cgroup_measure(&box->slot->cgroup, &usage);
    if (usage.memory_peak_bytes >= 0) {
        box_kill(box, BOX_CAUSE_MEMORY);
        return;
    }
    error_set(&box->failure, ERROR_INTERRUPTED, "somebody else removed the box's control groups");
    error_stage(&box->failure, "cgroup");
    box_kill(box, BOX_CAUSE_CANCELED);
}

static void watch_cpu(void *cookie);

/* The box can use at most `cpus` seconds a second: looking again when it could have used up what is
 * left is soon enough. */
static void look_again(struct box *box, int64_t left_ns)
{
    int64_t wait_ns = left_ns * 1000 / box->limits.value[LIMIT_CPUS];
    loop_set_timer(box->loop, &box->cpu,
                   clock_now_ns() + (wait_ns > CPU_CHECK_NS_MIN ? wait_ns : CPU_CHECK_NS_MIN),
                   watch_cpu, box);
}

static void watch_cpu(void *cookie)
{
    struct box *box = cookie;
    int64_t used = cgroup_cpu_ns(&box->slot->cgroup);
    if (used < 0 || layer_is_off(LAYER_CPU_TIME))
        return;
    int64_t left = box->limits.value[LIMIT_CPU] * 1000000 - used;
    if (left > 0)
        look_again(box, left);
    else
        box_kill(box, BOX_CAUSE_CPU_TIME);
}

/* From now on the guest's time is counted. */
static void begin_time(struct box *box)
{
    box->started_ns = clock_now_ns();
    int64_t wall_ms = layer_limit(LAYER_WALL_TIME, box->limits.value[LIMIT_WALL], 86400000);
    loop_set_timer(box->loop, &box->wall, box->started_ns + wall_ms * 1000000, on_wall, box);
    /* who was born in its control groups has already spent time in them; others join in the end */
    struct cgroup *cgroup = &box->slot->cgroup;
    if (cgroup->host != NULL && (slot_is_founded(box->slot) || cgroup_birthplace(cgroup) >= 0))
        cgroup_begin(cgroup);
    look_again(box, box->limits.value[LIMIT_CPU] * 1000000);
}

/* ---- the end -------------------------------------------------------------------------------- */

static void let_go_of_watches(struct box *box)
{
    loop_clear_timer(box->loop, &box->wall);
    loop_clear_timer(box->loop, &box->cpu);
    loop_remove(box->loop, box->slot->talk);
    loop_remove(box->loop, box->slot->pidfd);
    loop_remove(box->loop, box->memory_event);
    explain_free(box->explain);
    box->explain = NULL;
}

static int64_t time_ns(struct timeval time)
{
    return (int64_t)time.tv_sec * 1000000000 + (int64_t)time.tv_usec * 1000;
}

/* What was spent in warming up is nearly all of the runtime's own, not of the kernel's. */
static void leave_out_warming(const struct box *box, int64_t *user_ns, int64_t *system_ns)
{
    int64_t rest = box->spent_ns - *user_ns;
    *user_ns = rest < 0 ? -rest : 0;
    if (rest > 0)
        *system_ns = rest < *system_ns ? *system_ns - rest : 0;
}

static bool disk_is_full(int work)
{
    struct statfs about;
    return work >= 0 && fstatfs(work, &about) == 0 &&
           (about.f_bfree == 0 || (about.f_files > 0 && about.f_ffree == 0));
}

static void sum_up(const struct box *box, const struct rusage *usage, struct box_end *end)
{
    const struct cgroup_usage group = box->usage;
    *end = (struct box_end){
        .cause = box->cause,
        .leader_ended = box->leader_ended,
        .status = box->status,
        .wall_ns = box->started_ns > 0 ? clock_now_ns() - box->started_ns : 0,
        .cpu_user_ns = group.cpu_user_ns >= 0 ? group.cpu_user_ns : time_ns(usage->ru_utime),
        .cpu_system_ns = group.cpu_system_ns >= 0 ? group.cpu_system_ns : time_ns(usage->ru_stime),
        .memory_peak_bytes = group.memory_peak_bytes,
        /* init counts in the group, and the guest's limit is one more for it */
        .processes_peak = group.processes_peak > 0 ? group.processes_peak - 1 : -1,
        .oom_kills = group.oom_kills > 0 ? group.oom_kills : 0,
        .forks_refused = group.forks_refused > 0 ? group.forks_refused : 0,
        .disk_full = disk_is_full(box->work),
    };
    if (group.cpu_user_ns < 0)
        leave_out_warming(box, &end->cpu_user_ns, &end->cpu_system_ns);
    if (end->cause == BOX_CAUSE_NONE && end->oom_kills > 0)
        end->cause = BOX_CAUSE_MEMORY;
}

static void tell_end(struct box *box, const struct rusage *usage)
{
    struct box_end end;
    sum_up(box, usage, &end);
    box->events->ended(box->cookie, &end);
}

static void hear_the_rest(struct box *box);

/* Nobody here ended it, it did not run out of memory, and its leader has not ended: then pid 1 was
 * killed from outside, perhaps before the program began. That is no verdict about the program. */
static void note_foreign_end(struct box *box)
{
    if (box->failure.kind != ERROR_NONE || box->leader_ended || box->cause != BOX_CAUSE_NONE ||
        box->usage.oom_kills > 0)
        return;
    slot_say_lost(&box->failure);
}

/* Pid 1 is dead, and so is everything that was in the box. */
static void on_death(void *cookie)
{
    struct box *box = cookie;
    struct rusage usage = {};
    hear_the_rest(box);
    let_go_of_watches(box);
    while (wait4(box->slot->pid, NULL, 0, &usage) < 0 && errno == EINTR)
        continue;
    box->slot->pid = 0;
    if (!box->leader_ended)
        cgroup_measure(&box->slot->cgroup, &box->usage);
    note_foreign_end(box);
    if (box->failure.kind != ERROR_NONE)
        box->events->failed(box->cookie, &box->failure);
    else
        tell_end(box, &usage);
}

/* ---- what the box says ---------------------------------------------------------------------- */

static void on_refusal(void *cookie, const struct box_refusal *refusal)
{
    struct box *box = cookie;
    box->events->refused(box->cookie, refusal);
}

static void begin_listening(struct box *box, int listener)
{
    auto_close int fd = listener;
    struct error err;
    if (box->explain != NULL)
        return;
    box->explain = explain_new(box->loop, fd_steal(&fd), ids_guest_uid(&box->slot->ids),
                               ids_guest_gid(&box->slot->ids), on_refusal, box, &err);
    if (box->explain == NULL) {
        box->failure = err;
        box_kill(box, BOX_CAUSE_CANCELED);
    }
}

/* A parked runtime whose steward was ended just ends: that is not the end of any program. */
static bool has_begun(const struct box *box)
{
    return box->begun || !warm_is_parked(box->slot->occupant);
}

/* An end that we brought about is not the leader's own, and who was not ready was not yet the
 * leader. */
static void note_end(struct box *box, int status)
{
    if (box->cause != BOX_CAUSE_NONE || box->work < 0)
        return;
    if (!has_begun(box)) {
        if (box->failure.kind == ERROR_NONE)
            slot_say_lost(&box->failure);
        return;
    }
    box->leader_ended = true;
    box->status = status;
    /* while the kernel clears away the rest of the box */
    cgroup_measure(&box->slot->cgroup, &box->usage);
}

static void become_ready(struct box *box, struct slot_message *message)
{
    if (box->work >= 0) {
        fd_close_at(&message->fd);
        return;
    }
    box->work = fd_steal(&message->fd);
    box->spent_ns = message->spent_ns;
    loop_clear_timer(box->loop, &box->wall);
    if (box->start_asked)
        begin_time(box);
    if (message->plain_bind)
        isolation_note(&box->isolation, GUARANTEE_IMAGE, GUARANTEE_WEAKER, MECHANISM_BIND,
                       GAP_NO_OVERLAY);
    box->events->ready(box->cookie, &box->isolation, box->work);
}

/* Told by who becomes the guest, before it is one. */
static void hand_out_terminal(struct box *box, struct slot_message *message)
{
    auto_close int far_end = fd_steal(&message->fd);
    if (box->work < 0 || !box->awaits_terminal)
        return;
    box->awaits_terminal = false;
    box->events->terminal(box->cookie, far_end);
}

/* One message. False when no more will come. */
static bool hear_one(struct box *box)
{
    struct slot_message message;
    if (!slot_hear(box->slot, &message, &box->failure)) {
        box_kill(box, BOX_CAUSE_CANCELED);
        return false;
    }
    switch (message.news) {
    case SLOT_READY:
        become_ready(box, &message);
        return true;
    case SLOT_LISTENER:
        begin_listening(box, message.fd);
        return true;
    case SLOT_TERMINAL:
        hand_out_terminal(box, &message);
        return true;
    case SLOT_FAILED:
        box->failure = message.failed;
        return true;
    case SLOT_BEGUN:
        box->begun = true;
        return true;
    case SLOT_ENDED:
        note_end(box, message.status);
        return true;
    case SLOT_FOUNDED:
    case SLOT_BORN:
    case SLOT_WAITING:
        error_set(&box->failure, ERROR_INTERNAL, "a box said again that it is there");
        box_kill(box, BOX_CAUSE_CANCELED);
        return false;
    case SLOT_SILENCE:
        break;
    }
    return false;
}

static void on_talk(void *cookie)
{
    struct box *box = cookie;
    if (hear_one(box))
        return;
    loop_remove(box->loop, box->slot->talk);
    fd_close_at(&box->slot->talk);
}

/* What it said last may still wait to be heard; it is dead, so there is an end to it. */
static void hear_the_rest(struct box *box)
{
    while (box->slot->talk >= 0 && hear_one(box))
        continue;
}

/* ---- the beginning -------------------------------------------------------------------------- */

static bool watch_memory(struct box *box, struct error *err)
{
    const struct cgroup *cgroup = &box->slot->cgroup;
    if (cgroup->host == NULL)
        return true;
    if (!cgroup_watch_memory(cgroup, &box->memory_event, err))
        return error_stage(err, "cgroup");
    return box->memory_event < 0 ||
           loop_add(box->loop, box->memory_event, EPOLLIN, on_memory, box, err);
}

/* An input on a dead network file system, say: nobody waits for it for ever. */
static void on_stuck(void *cookie)
{
    struct box *box = cookie;
    error_set(&box->failure, ERROR_HOST, "the box was not ready after %d s", PREPARE_SECONDS_MAX);
    error_hint(&box->failure, "is one of its inputs on a file system that does not answer?");
    error_stage(&box->failure, "prepare");
    box_kill(box, BOX_CAUSE_CANCELED);
}

static bool begin(struct box *box, const struct box_spec *spec, struct error *err)
{
    if (!box_spec_check(spec, err) ||
        !isolation_check_named(&box->isolation, &spec->limits, spec->accept_missing, err))
        return false;
    return slot_furnish(box->slot, spec, err) && watch_memory(box, err) &&
           loop_add(box->loop, box->slot->talk, EPOLLIN, on_talk, box, err) &&
           loop_add(box->loop, box->slot->pidfd, EPOLLIN, on_death, box, err);
}

static void promise(struct box *box)
{
    sandbox_host_promise(box->slot->host, &box->isolation);
    if (slot_is_founded(box->slot))
        box->isolation.made = (uint8_t)(BOX_MADE_POOLED + box->slot->occupant);
    box->isolation.shared_page_cache = image_shares_host_files(box->slot->image);
    if (!box->isolation.shared_page_cache)
        isolation_note(&box->isolation, GUARANTEE_IMAGE, GUARANTEE_ENFORCED,
                       MECHANISM_PRIVATE_IMAGE, GAP_NONE);
}

struct box *box_new(struct slot *slot, struct loop *loop, const struct box_spec *spec,
                    const struct box_events *events, void *cookie, struct error *err)
{
    struct box *box = mem_alloc(sizeof *box);
    *box = (struct box){
        .slot = slot,
        .loop = loop,
        .events = events,
        .cookie = cookie,
        .limits = spec->limits,
        .awaits_terminal = spec->terminal,
        .work = -1,
        .memory_event = -1,
    };
    loop_set_timer(loop, &box->wall, clock_now_ns() + PREPARE_SECONDS_MAX * INT64_C(1000000000),
                   on_stuck, box);
    promise(box);
    if (spec->network == NETWORK_GATE)
        isolation_note(&box->isolation, GUARANTEE_NETWORK, GUARANTEE_ENFORCED, MECHANISM_GATE,
                       GAP_NONE);
    if (!begin(box, spec, err)) {
        box_free(box);
        return NULL;
    }
    return box;
}

bool box_start(struct box *box, struct error *err)
{
    if (box->start_asked)
        return error_set(err, ERROR_INTERNAL, "a box can be started once");
    box->start_asked = true;
    if (!slot_go(box->slot, err))
        return false;
    if (box->work >= 0)
        begin_time(box);
    return true;
}

void box_free(struct box *box)
{
    if (box == NULL)
        return;
    let_go_of_watches(box);
    fd_close_at(&box->memory_event);
    fd_close_at(&box->work);
    free(box);
}
