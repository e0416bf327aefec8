/*
 * A call waits in the kernel until we answer it, so each path below ends in an answer. The answer
 * depends on the call's registers alone, which the kernel copied: what lies in the guest's memory,
 * where another of its threads may change it any time, only makes words.
 *
 * If the listener itself breaks we close it; from then on the kernel answers ENOSYS to whatever
 * would have come to us: strict, but nobody hangs.
 */
#include "sandbox/explain.h"

#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/ioctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/mem.h"
#include "sandbox/explain_private.h"
#include "sys/fd.h"
#include "sys/seccomp.h"

enum { TOLD_MAX = 10000, DESCRIBE_NS_MAX = 200000000 };

struct explain {
    struct loop *loop;
    int listener;
    uint32_t guest_uid, guest_gid;
    explain_tell *tell;
    void *cookie;
    int64_t spent_ns; /* on looking at files: the guest's calls must not become our work for ever */

    /* at least as large as this kernel's */
    struct seccomp_notif *call;
    struct seccomp_notif_resp *answer;
    size_t call_size, answer_size;

    int told;
    struct box_refusal last;
};

/* The arguments worth telling of calls that the filter refuses: a number, and a path. */
static const struct {
    const char *call;
    int number_at, path_at; /* -1: none */
} refused_calls[] = {
    {"ioctl", 1, -1},      {"prlimit64", 1, -1},    {"mknod", 1, 0},
    {"mknodat", 2, 1},     {"mount", 3, 1},         {"umount2", 1, 0},
    {"pivot_root", -1, 0}, {"chroot", -1, 0},       {"open_tree", 2, 1},
    {"move_mount", 4, 3},  {"mount_setattr", 2, 1}, {"fspick", 2, 1},
    {"fsopen", 1, 0},      {"setns", 1, -1},        {"name_to_handle_at", 4, 1},
};

static void stop_listening(struct explain *explain)
{
    loop_remove(explain->loop, explain->listener);
    fd_close_at(&explain->listener);
}

/* ---- what there is to tell ------------------------------------------------------------------ */

static void describe_refused(const struct caller *caller, const char *name,
                             const struct seccomp_data *call, struct box_refusal *refusal)
{
    refusal->argument = (int64_t)call->args[0];
    for (size_t i = 0; name != NULL && i < COUNT_OF(refused_calls); i++) {
        if (strcmp(refused_calls[i].call, name) != 0)
            continue;
        int number_at = refused_calls[i].number_at, path_at = refused_calls[i].path_at;
        refusal->argument = number_at >= 0 ? (int64_t)call->args[number_at] : 0;
        if (path_at >= 0 && caller != NULL &&
            !caller_read_path(caller, call->args[path_at], refusal->path))
            refusal->path[0] = '\0';
    }
}

static void describe(const struct explain *explain, struct seccomp_verdict verdict,
                     struct box_refusal *refusal)
{
    const struct seccomp_data *call = &explain->call->data;
    const char *name = seccomp_call_name(SECCOMP_NATIVE, call->nr);
    struct caller caller = {
        .uid = explain->guest_uid,
        .gid = explain->guest_gid,
        .is_our_user = explain->guest_uid == geteuid(),
    };
    bool is_open = caller_open(&caller, explain->call->pid);
    refusal->call = call->nr;
    refusal->number = verdict.number;
    if (verdict.answer == SECCOMP_REFUSED)
        describe_refused(is_open ? &caller : NULL, name, call, refusal);
    else if (verdict.answer == SECCOMP_WATCHED && is_open && name != NULL)
        refusal->number = foretell_call(&caller, name, call, refusal);
    if (is_open)
        caller_close(&caller);
}

/* A thread that is gone may have left its pid to another, whose memory and files we then saw. */
static bool still_waits(const struct explain *explain)
{
    return ioctl(explain->listener, SECCOMP_IOCTL_NOTIF_ID_VALID, &explain->call->id) == 0;
}

static bool is_same(const struct box_refusal *a, const struct box_refusal *b)
{
    return a->call == b->call && a->number == b->number && a->argument == b->argument &&
           strcmp(a->path, b->path) == 0;
}

static bool is_news(struct explain *explain, const struct box_refusal *refusal)
{
    if (refusal->number == 0 || explain->told >= TOLD_MAX || is_same(&explain->last, refusal))
        return false;
    explain->told++;
    explain->last = *refusal;
    return true;
}

/* ---- receiving and answering ---------------------------------------------------------------- */

static bool receive(struct explain *explain)
{
    memset(explain->call, 0, explain->call_size); /* the kernel insists */
    if (ioctl(explain->listener, SECCOMP_IOCTL_NOTIF_RECV, explain->call) == 0)
        return true;
    if (errno != ENOENT && errno != EINTR) /* ENOENT: it was killed before we came */
        stop_listening(explain);
    return false;
}

/* Only what the strict filter would let pass is continued. */
static void answer(struct explain *explain, struct seccomp_verdict verdict)
{
    struct seccomp_notif_resp *answer = explain->answer;
    memset(answer, 0, explain->answer_size);
    answer->id = explain->call->id;
    if (verdict.answer == SECCOMP_ALLOWED || verdict.answer == SECCOMP_WATCHED)
        answer->flags = SECCOMP_USER_NOTIF_FLAG_CONTINUE;
    else
        answer->error = -(verdict.number != 0 ? verdict.number : ENOSYS);
    int result;
    do {
        result = ioctl(explain->listener, SECCOMP_IOCTL_NOTIF_SEND, answer);
    } while (result < 0 && errno == EINTR);
    if (result < 0 && errno != ENOENT)
        stop_listening(explain);
}

static void handle(struct explain *explain)
{
    struct box_refusal refusal = {};
    if (!receive(explain))
        return;
    struct seccomp_verdict verdict = seccomp_judge(SECCOMP_NATIVE, &explain->call->data);
    if (explain->told < TOLD_MAX && explain->spent_ns < DESCRIBE_NS_MAX) {
        int64_t begun = clock_now_ns();
        describe(explain, verdict, &refusal);
        explain->spent_ns += clock_now_ns() - begun;
    }
    bool is_news_now = still_waits(explain) && is_news(explain, &refusal);
    answer(explain, verdict);
    /* last of all: whoever is told may end the box, and us with it */
    if (is_news_now)
        explain->tell(explain->cookie, &refusal);
}

static void on_call(void *cookie)
{
    struct explain *explain = cookie;
    struct pollfd look = {.fd = explain->listener, .events = POLLIN};
    /* without a waiting call to receive, receiving would wait for one */
    if (poll(&look, 1, 0) <= 0)
        return;
    if ((look.revents & POLLIN) != 0)
        handle(explain);
    else
        stop_listening(explain); /* nobody is left in the box */
}

/* ---- life ----------------------------------------------------------------------------------- */

static size_t larger(size_t a, size_t b)
{
    return a > b ? a : b;
}

static bool make_room(struct explain *explain, struct error *err)
{
    struct seccomp_notif_sizes sizes;
    if (syscall(SYS_seccomp, SECCOMP_GET_NOTIF_SIZES, 0, &sizes) < 0)
        return error_sys(err, "ask how the kernel hands over calls");
    explain->call_size = larger(sizes.seccomp_notif, sizeof *explain->call);
    explain->answer_size = larger(sizes.seccomp_notif_resp, sizeof *explain->answer);
    explain->call = mem_alloc(explain->call_size);
    explain->answer = mem_alloc(explain->answer_size);
    return true;
}

struct explain *explain_new(struct loop *loop, int listener, uint32_t guest_uid, uint32_t guest_gid,
                            explain_tell *tell, void *cookie, struct error *err)
{
    struct explain *explain = mem_alloc(sizeof *explain);
    *explain = (struct explain){
        .loop = loop,
        .listener = listener,
        .guest_uid = guest_uid,
        .guest_gid = guest_gid,
        .tell = tell,
        .cookie = cookie,
    };
    if (!make_room(explain, err) || !loop_add(loop, listener, EPOLLIN, on_call, explain, err)) {
        explain_free(explain);
        return error_wrap_null(err, "listen to refused calls");
    }
    return explain;
}

void explain_free(struct explain *explain)
{
    if (explain == NULL)
        return;
    stop_listening(explain);
    free(explain->call);
    free(explain->answer);
    free(explain);
}
