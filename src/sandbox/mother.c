#include "sandbox/mother.h"

#include <sys/prctl.h>
#include <unistd.h>

#include "sandbox/birth.h"
#include "sandbox/inside.h"
#include "sandbox/mother_private.h"
#include "sandbox/occupant.h"
#include "sys/fd.h"
#include "sys/message.h"

struct received {
    struct birth_order order;
    int fds[BIRTH_FDS_MAX];
    int count;
};

static void close_received(struct received *r)
{
    while (r->count > 0)
        fd_close_at(&r->fds[--r->count]);
}

/* False: no more will come, which is an error or not. */
static bool receive(int socket, struct received *r, struct error *err)
{
    r->count = BIRTH_FDS_MAX;
    long length = message_receive(socket, &r->order, sizeof r->order, r->fds, &r->count, err);
    if (length <= 0) {
        r->count = 0;
        return false;
    }
    uint32_t expected = BIRTH_FDS_FIXED + r->order.door_count + r->order.has_birthplace;
    if (length == sizeof r->order && expected == (uint32_t)r->count && r->order.mode <= MODE_ROOT &&
        r->order.has_birthplace <= 1 && r->order.kind < WARM_COUNT)
        return true;
    close_received(r);
    return error_set(err, ERROR_INTERNAL, "the broker's order cannot be understood");
}

static struct birth birth_of(const struct received *r)
{
    struct birth birth = {
        .mode = (enum privilege_mode)r->order.mode,
        .talk = r->fds[0],
        .init = r->fds[1],
        .cgroup = r->order.has_birthplace ? r->fds[r->count - 1] : -1,
        .door_count = (int)r->order.door_count,
    };
    for (int i = 0; i < SLOT_SPACES; i++)
        birth.spaces[i] = r->fds[2 + i];
    for (int i = 0; i < birth.door_count; i++)
        birth.doors[i] = r->fds[BIRTH_FDS_FIXED + i];
    return birth;
}

static void run_hook(void (*hook)(void))
{
    if (hook != NULL)
        hook();
}

/* In the newborn. Whatever fails is told over the talk, and is its end. */
static void move_in(const struct received *r, const struct sandbox_host *host,
                    const struct mother_hooks *hooks, struct occupant *occupant)
{
    struct error err = {};
    run_hook(hooks->after_fork_child);
    struct guest_plan plan = {
        .host = host,
        .pin_processors = r->order.pin_processors != 0,
        .processes_are_counted = r->order.processes_are_counted != 0,
    };
    *occupant = (struct occupant){.talk = r->fds[0]};
    enum warm kind = (enum warm)r->order.kind;
    bool ok = warm_is_parked(kind) && hooks->park != NULL ? hooks->park(&plan, kind, occupant, &err)
                                                          : occupant_move_in(&plan, occupant, &err);
    if (!ok)
        inside_give_up(occupant->talk, &err);
}

static void tell_failure(const struct birth *birth)
{
    struct talk failed = {.what = TALK_FAILED, .midwife = birth->midwife, .error = birth->error};
    struct error unheard; /* the broker is gone */
    (void)talk_send(birth->talk, &failed, NULL, 0, &unheard);
}

bool mother_serve(int socket, const struct sandbox_host *host, const struct mother_hooks *hooks,
                  struct occupant *ret_occupant, struct error *err)
{
    /* a newborn comes back into this frame, as it was when birth_give was called */
    static struct received received;
    static struct birth birth;
    while (receive(socket, &received, err)) {
        birth = birth_of(&received);
        run_hook(hooks->before_fork);
        enum birth_result result = birth_give(&birth);
        if (result == BIRTH_NEWBORN) {
            move_in(&received, host, hooks, ret_occupant);
            return true;
        }
        if (result == BIRTH_BEREFT)
            return birth_tell(&birth, err) &&
                   error_set(err, ERROR_INTERRUPTED, "a midwife was ended by somebody else");
        run_hook(hooks->after_fork_parent);
        if (result == BIRTH_FAILED)
            tell_failure(&birth);
        close_received(&received);
    }
    return false;
}

/* The occupant executes nothing, so nothing closes its socket, and a process that has dropped
 * its ids without an exec may not even look into its own /proc. */
static bool let_go(struct occupant *occupant, struct error *err)
{
    fd_close_at(&occupant->talk);
    return prctl(PR_SET_DUMPABLE, 1) == 0 || error_sys(err, "open the way to its own /proc");
}

bool mother_wait(int socket, const struct mother_hooks *hooks, struct newborn *ret_newborn,
                 struct error *err)
{
    static struct sandbox_host host;
    static struct occupant occupant; /* both for as long as the newborn lives */
    sandbox_host_open(&host);
    if (!mother_serve(socket, &host, hooks, &occupant, err))
        return false;
    if (!let_go(&occupant, err))
        _exit(1);
    *ret_newborn = (struct newborn){.argv = (const char *const *)occupant.spec.argv.list,
                                    .env = (const char *const *)occupant.spec.env.list,
                                    .cwd = occupant.spec.cwd};
    return true;
}
