#include "role/broker.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/clock.h"
#include "base/mem.h"
#include "role/broker_peer.h"
#include "sandbox/box.h"
#include "sandbox/host.h"
#include "sandbox/pool.h"
#include "sys/call.h"
#include "sys/fault.h"
#include "sys/fd.h"
#include "sys/loop.h"
#include "sys/spread.h"
#include "wire/box_wire.h"
#include "wire/wire.h"

enum { BOXES_MAX = 512, SPEC_BYTES_MAX = 4 << 20 };

static const int64_t sweep_every_ns = INT64_C(60000000000);

struct broker {
    struct peer *peer;
    struct loop *loop;
    struct sandbox_host host;
    struct pool *pool;
    struct tenant *tenants;
    int count;
    int64_t sweeps_at_ns;
    bool peer_gone;
    struct error error; /* why the loop was stopped, when it was not the peer's end */
};

/* One box and what belongs to it. */
struct tenant {
    struct broker *broker;
    struct tenant *next;
    uint32_t id;
    struct slot *slot;
    struct box *box;
    bool leaving; /* its end was told; it is freed outside of its own call */
    struct loop_timer farewell;
    /* for a second attempt, until the box is ready */
    struct wire_message request; /* kind NONE: not kept any more */
    struct arena arena;
    struct box_spec spec;
    bool lost, is_second, start_asked;
    enum box_cause cause; /* it was to be ended */
};

static struct tenant *find(struct broker *broker, uint32_t id)
{
    for (struct tenant *t = broker->tenants; t != NULL; t = t->next)
        if (t->id == id && !t->leaving)
            return t;
    return NULL;
}

static void say_failed(struct broker *broker, uint32_t id, const struct error *why)
{
    auto_buf struct buf payload;
    buf_init(&payload, sizeof *why);
    wire_put_error(&payload, why);
    peer_say(broker->peer, WIRE_BOX_FAILED, id, buf_str(&payload), NULL, 0);
}

/* It holds the program's pipes open. */
static void forget_request(struct tenant *tenant)
{
    wire_message_done(&tenant->request);
    tenant->request.kind = WIRE_NONE;
    arena_done(&tenant->arena);
}

static void free_tenant(struct tenant *tenant)
{
    box_free(tenant->box);
    pool_put(tenant->broker->pool, tenant->slot);
    forget_request(tenant);
    free(tenant);
}

static void remove_tenant(void *cookie)
{
    struct tenant *tenant = cookie;
    struct broker *broker = tenant->broker;
    for (struct tenant **at = &broker->tenants; *at != NULL; at = &(*at)->next) {
        if (*at == tenant) {
            *at = tenant->next;
            break;
        }
    }
    broker->count--;
    loop_clear_timer(broker->loop, &tenant->farewell);
    free_tenant(tenant);
}

/* The box is calling us: it must not be freed before it has returned. */
static void dismiss(struct tenant *tenant)
{
    tenant->leaving = true;
    loop_set_timer(tenant->broker->loop, &tenant->farewell, 0, remove_tenant, tenant);
}

static void on_ready(void *cookie, const struct isolation *isolation, int work)
{
    struct tenant *tenant = cookie;
    auto_buf struct buf payload;
    forget_request(tenant);
    buf_init(&payload, 4096);
    wire_put_isolation(&payload, isolation);
    peer_say(tenant->broker->peer, WIRE_BOX_READY, tenant->id, buf_str(&payload), &work, 1);
}

static void on_terminal(void *cookie, int far_end)
{
    struct tenant *tenant = cookie;
    peer_say(tenant->broker->peer, WIRE_BOX_TERMINAL, tenant->id, (struct str){}, &far_end, 1);
}

/* A refusal is a remark: where the asker is far behind, it is the one thing that can be left out.
 */
static void on_refused(void *cookie, const struct box_refusal *refusal)
{
    struct tenant *tenant = cookie;
    if (peer_is_behind(tenant->broker->peer))
        return;
    auto_buf struct buf payload;
    buf_init(&payload, 4096);
    wire_put_refusal(&payload, refusal);
    peer_say(tenant->broker->peer, WIRE_BOX_REFUSAL, tenant->id, buf_str(&payload), NULL, 0);
}

static void on_ended(void *cookie, const struct box_end *end)
{
    struct tenant *tenant = cookie;
    auto_buf struct buf payload;
    buf_init(&payload, 4096);
    wire_put_end(&payload, end);
    peer_say(tenant->broker->peer, WIRE_BOX_ENDED, tenant->id, buf_str(&payload), NULL, 0);
    dismiss(tenant);
}

/* Somebody ended it before it was ready: nothing has happened yet that could not happen again. */
static bool may_try_again(const struct tenant *tenant, const struct error *why)
{
    return why->kind == ERROR_INTERRUPTED && tenant->request.kind != WIRE_NONE &&
           !tenant->is_second;
}

static void try_again(void *cookie);

static void on_failed(void *cookie, const struct error *why)
{
    struct tenant *tenant = cookie;
    if (may_try_again(tenant, why)) {
        tenant->lost = true;
        loop_set_timer(tenant->broker->loop, &tenant->farewell, 0, try_again, tenant);
        return;
    }
    say_failed(tenant->broker, tenant->id, why);
    dismiss(tenant);
}

static const struct box_events events = {on_ready, on_terminal, on_refused, on_ended, on_failed};

static bool settle(struct tenant *tenant, struct error *err)
{
    struct broker *broker = tenant->broker;
    tenant->slot = pool_take(broker->pool, &tenant->spec, err);
    if (tenant->slot == NULL)
        return false;
    tenant->box = box_new(tenant->slot, broker->loop, &tenant->spec, &events, tenant, err);
    if (tenant->box != NULL)
        return true;
    pool_put(broker->pool, tenant->slot);
    tenant->slot = NULL;
    return false;
}

/* A slot that is made for it alone cannot have died while it waited. */
static bool settle_anew(struct tenant *tenant, struct error *err)
{
    tenant->is_second = true;
    tenant->spec.cold = true;
    return settle(tenant, err);
}

/* What was asked of the lost box is asked of this one. */
static bool go_on(struct tenant *tenant, struct error *err)
{
    if (tenant->cause != BOX_CAUSE_NONE) {
        box_kill(tenant->box, tenant->cause);
        return true;
    }
    return !tenant->start_asked || box_start(tenant->box, err);
}

static void try_again(void *cookie)
{
    struct tenant *tenant = cookie;
    struct error err = {};
    box_free(tenant->box);
    pool_put(tenant->broker->pool, tenant->slot);
    tenant->box = NULL;
    tenant->slot = NULL;
    tenant->lost = false;
    if (settle_anew(tenant, &err) && go_on(tenant, &err))
        return;
    say_failed(tenant->broker, tenant->id, &err);
    remove_tenant(tenant);
}

static bool admit(struct broker *broker, struct wire_message *message, struct error *err)
{
    if (find(broker, message->id) != NULL)
        return error_set(err, ERROR_INTERNAL, "a box with this number is there already");
    if (broker->count == BOXES_MAX)
        return error_set(err, ERROR_LIMIT, "there are %d boxes already", BOXES_MAX);
    struct tenant *tenant = mem_alloc(sizeof *tenant);
    *tenant = (struct tenant){.broker = broker, .id = message->id};
    tenant->request = wire_message_steal(message);
    arena_init(&tenant->arena, SPEC_BYTES_MAX);
    if (!wire_get_spec(&tenant->request, &tenant->arena, &tenant->spec, err) ||
        !(settle(tenant, err) || (may_try_again(tenant, err) && settle_anew(tenant, err)))) {
        free_tenant(tenant);
        return false;
    }
    tenant->next = broker->tenants;
    broker->tenants = tenant;
    broker->count++;
    return true;
}

static bool want(struct broker *broker, const struct wire_message *message, struct error *err)
{
    enum warm kind;
    int count;
    return wire_get_want(buf_str(&message->payload), &kind, &count, err) &&
           pool_want(broker->pool, kind, count, err);
}

/* One that died before it was ready is heard to have ended, and there is another one. */
static bool ask_start(struct tenant *tenant, struct error *err)
{
    tenant->start_asked = true;
    if (tenant->lost || box_start(tenant->box, err) || may_try_again(tenant, err))
        return true;
    forget_request(tenant); /* the asker is told now: nothing may begin later */
    return false;
}

/* What killed brokers left. A host with many boxes has many folders to look at: not at each start.
 */
static void sweep_now_and_then(struct broker *broker)
{
    int64_t now_ns = clock_now_ns();
    if (now_ns < broker->sweeps_at_ns)
        return;
    broker->sweeps_at_ns = now_ns + sweep_every_ns;
    cgroup_host_sweep(&broker->host.cgroups);
}

static bool start(struct tenant *tenant, struct error *err)
{
    bool started = ask_start(tenant, err);
    sweep_now_and_then(tenant->broker); /* the guest is at work, we are idle */
    return started;
}

/* A message about a box that has just ended is no mistake: the asker could not know. */
static bool act(struct broker *broker, struct wire_message *message, struct error *err)
{
    if (message->kind == WIRE_POOL_WANT)
        return want(broker, message, err);
    if (message->kind == WIRE_BOX_PREPARE)
        return admit(broker, message, err);
    if (message->kind == WIRE_BOX_RUN)
        return admit(broker, message, err) && start(find(broker, message->id), err);
    struct tenant *tenant = find(broker, message->id);
    if (tenant == NULL)
        return true;
    if (message->kind == WIRE_BOX_START)
        return start(tenant, err);
    enum box_cause cause;
    if (!wire_get_cause(buf_str(&message->payload), &cause, err))
        return false;
    tenant->cause = cause;
    box_kill(tenant->box, cause);
    return true;
}

static void on_message(void *cookie, struct wire_message *message)
{
    struct broker *broker = cookie;
    struct error err = {};
    if (!act(broker, message, &err))
        say_failed(broker, message->id, &err);
}

static void on_gone(void *cookie, const struct error *why)
{
    struct broker *broker = cookie;
    broker->peer_gone = why == NULL;
    if (why != NULL && broker->error.kind == ERROR_NONE)
        broker->error = *why;
    loop_stop(broker->loop);
}

static const struct peer_events peer_events = {on_message, on_gone};

static void broker_done(struct broker *broker)
{
    while (broker->tenants != NULL)
        remove_tenant(broker->tenants);
    pool_free(broker->pool);
    peer_free(broker->peer);
    sandbox_host_close(&broker->host);
    loop_free(broker->loop);
}

/* The first slot may need an image that has to be made, which takes a second in which nobody hears
 * the asker go. From then on his end is heard, and everything is cleared away. */
static void die_with(pid_t asker)
{
    if (prctl(PR_SET_PDEATHSIG, SIGKILL) < 0 || getppid() != asker)
        _exit(1);
}

/* Were we stopped just then, nobody would be left to continue us: the kernel does. */
static void outlive_asker(void)
{
    prctl(PR_SET_PDEATHSIG, SIGCONT);
}

bool broker_serve(int socket, struct error *err)
{
    __attribute__((cleanup(broker_done))) struct broker broker = {.host.init = -1};
    broker.loop = loop_new(err);
    sandbox_host_open(&broker.host);
    if (broker.loop == NULL)
        return false;
    broker.peer = peer_new(broker.loop, socket, &peer_events, &broker, err);
    if (broker.peer == NULL)
        return false;
    broker.pool = pool_new(&broker.host, broker.loop, err);
    outlive_asker();
    if (broker.pool == NULL || !loop_run(broker.loop, err))
        return false;
    if (broker.peer_gone)
        return true;
    *err = broker.error;
    return false;
}

/* Each box that waits takes a dozen and a half. A plain user's processes stay with what they have:
 * descriptors on their way are counted for all of them together, against the limit of each. */
static void have_room_for_files(void)
{
    struct rlimit limit;
    if (geteuid() != 0 || getrlimit(RLIMIT_NOFILE, &limit) < 0)
        return;
    limit.rlim_cur = limit.rlim_max;
    setrlimit(RLIMIT_NOFILE, &limit);
}

/* The asker learns of our end by its closed socket; why, it can only be told here. */
_Noreturn static void live(int socket, pid_t asker)
{
    struct error err = {};
    die_with(asker);
    have_room_for_files();
    umask(0);                /* modes are given where files are made */
    signal(SIGINT, SIG_IGN); /* the terminal's Ctrl-C is the asker's to answer */
    signal(SIGQUIT, SIG_IGN);
    signal(SIGTERM, SIG_IGN);
    signal(SIGHUP, SIG_IGN);
    signal(SIGPIPE, SIG_IGN);
    prctl(PR_SET_NAME, "testudo-broker");
    if (broker_serve(socket, &err))
        _exit(0);
    auto_buf struct buf payload;
    buf_init(&payload, sizeof err);
    wire_put_error(&payload, &err);
    struct error unheard; /* he is gone as well */
    (void)wire_send(socket, WIRE_BOX_FAILED, 0, buf_str(&payload), NULL, 0, &unheard);
    _exit(1);
}

bool broker_start_private(struct private_broker *ret_broker, struct error *err)
{
    int ends[2];
    if (!fd_pair(SOCK_SEQPACKET, ends, err))
        return error_stage(err, "broker");
    struct spread spread = spread_begin();
    pid_t asker = getpid();
    pid_t pid = fault_strikes() ? -1 : fork();
    if (pid == 0) {
        spread_arrive(&spread);
        close(ends[0]);
        live(ends[1], asker);
    }
    if (pid > 0)
        spread_push(&spread, pid);
    close(ends[1]);
    if (pid < 0) {
        close(ends[0]);
        error_sys(err, "make the broker's process");
        return error_stage(err, "broker");
    }
    *ret_broker = (struct private_broker){ends[0], pid};
    return true;
}

/* Its boxes die with it, and what it leaves the next start sweeps. */
static void end_if_stuck(pid_t pid)
{
    enum { PATIENCE_MS = 3000 };

    auto_close int pidfd = call_pidfd_open(pid);
    struct pollfd wait = {.fd = pidfd, .events = POLLIN};
    while (pidfd >= 0 && poll(&wait, 1, PATIENCE_MS) < 0 && errno == EINTR)
        continue;
    if (pidfd >= 0 && wait.revents == 0)
        kill(pid, SIGKILL);
}

void broker_end(struct private_broker *broker)
{
    fd_close_at(&broker->socket);
    if (broker->pid <= 0)
        return;
    end_if_stuck(broker->pid);
    while (waitpid(broker->pid, NULL, 0) < 0 && errno == EINTR)
        continue;
    broker->pid = 0;
}
