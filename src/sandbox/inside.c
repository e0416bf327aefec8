#include "sandbox/inside.h"

#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <limits.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include "sandbox/anonymous.h"
#include "sandbox/door.h"
#include "sys/call.h"
#include "sys/caps.h"
#include "sys/fd.h"
#include "sys/layer.h"
#include "sys/loopback.h"
#include "sys/mount.h"
#include "sys/userns.h"
#include "wire/box_wire.h"
#include "wire/wire.h"

enum { GUEST_STACK_BYTES = 128 * 1024 };

_Noreturn void inside_give_up(int talk, const struct error *err)
{
    struct talk message = {.what = TALK_FAILED, .error = *err};
    struct error unheard; /* the broker is gone: nobody is left to tell */
    (void)talk_send(talk, &message, NULL, 0, &unheard);
    _exit(1);
}

bool inside_await(int talk, uint32_t what, struct talk *ret_message, int *ret_fds, int *ret_count,
                  struct error *err)
{
    long length = talk_receive(talk, ret_message, sizeof *ret_message, ret_fds, ret_count, err);
    if (length < 0)
        return false;
    if (length != sizeof *ret_message || ret_message->what != what)
        return error_set(err, ERROR_INTERRUPTED, "the broker is gone");
    return true;
}

/* Namespaces that need no map, made while the broker writes the maps and the control groups. */
static bool leave_host(struct error *err)
{
    uint64_t flags = layer_flags(LAYER_NETWORK_NAMESPACE, CLONE_NEWNET) |
                     layer_flags(LAYER_IPC_NAMESPACE, CLONE_NEWIPC) |
                     layer_flags(LAYER_UTS_NAMESPACE, CLONE_NEWUTS);
    if (unshare((int)flags) < 0)
        return error_sys(err, "make network, ipc and host name of its own");
    if (!layer_is_off(LAYER_UTS_NAMESPACE) &&
        (sethostname("box", 3) < 0 || setdomainname("", 0) < 0))
        return error_sys(err, "name the host");
    return true;
}

bool inside_take_ids(enum privilege_mode mode, struct error *err)
{
    uid_t id = mode == MODE_ROOT ? 0 : BOX_GUEST_ID;
    if (mode == MODE_ROOT && setgroups(0, NULL) < 0)
        return error_sys(err, "leave all groups");
    if (setresgid(id, id, id) < 0 || setresuid(id, id, id) < 0)
        return error_sys(err, "take the box's ids");
    return true;
}

/* A change of ids clears the death signal, so it is asked for afterwards; and the broker may have
 * died before that. Its pid cannot be seen in here, but that it was gone can: by the socket. */
bool inside_die_with_broker(struct error *err)
{
    if ((!layer_is_off(LAYER_PARENT_DEATH) && prctl(PR_SET_PDEATHSIG, SIGKILL) < 0) ||
        (!layer_is_off(LAYER_DUMPABLE) && prctl(PR_SET_DUMPABLE, 0) < 0))
        return error_sys(err, "tie the box's life to the broker's");
    return true;
}

/* What comes with the doors: init first, then a `tasks` file for each control group. */
static bool join_control_groups(int talk, int *ret_init, struct guest_plan *plan, struct error *err)
{
    struct talk doors;
    int fds[1 + CGROUP_TREES_MAX];
    int count = 1 + CGROUP_TREES_MAX;
    if (!inside_await(talk, TALK_DOORS, &doors, fds, &count, err))
        return false;
    if (count != 1 + (int)doors.count)
        return error_set(err, ERROR_INTERNAL, "some control groups' doors are missing");
    for (int i = 1; i < count; i++) {
        if (write(fds[i], "0", 1) != 1)
            return error_sys(err, "join a control group");
        close(fds[i]);
    }
    if (unshare((int)layer_flags(LAYER_CGROUP_NAMESPACE, CLONE_NEWCGROUP)) < 0)
        return error_sys(err, "hide the control groups");
    *ret_init = fds[0];
    plan->pin_processors = doors.pin_processors != 0;
    plan->processes_are_counted = doors.processes_are_counted != 0;
    return true;
}

struct guest {
    struct guest_plan plan;
    int talk;
    struct error error;
};

static int guest_main(void *cookie)
{
    struct guest *guest = cookie;
    if (inside_become_guest(&guest->plan, &guest->talk, &guest->error))
        inside_execute(guest->plan.spec, &guest->error);
    inside_give_up(guest->talk, &guest->error);
}

/* The guest is made as vfork makes one: it shares our memory, and we stand still until it has
 * executed the command, so nothing is copied. Its stack is its own. */
static pid_t bear_guest(const struct guest_plan *plan, int talk, struct error *err)
{
    static char stack[GUEST_STACK_BYTES] __attribute__((aligned(64)));
    static struct guest guest;
    guest = (struct guest){.plan = *plan, .talk = talk};
    pid_t pid = clone(guest_main, stack + sizeof stack, CLONE_VM | CLONE_VFORK | SIGCHLD, &guest);
    if (pid < 0)
        error_sys(err, "make the guest's process");
    return pid;
}

bool inside_become_init(int init, int held, pid_t guest, int talk, struct error *err)
{
    char leader[16], socket[16];
    snprintf(leader, sizeof leader, "%d", guest);
    snprintf(socket, sizeof socket, "%d", talk);
    char *looked_into = layer_is_off(LAYER_DUMPABLE) ? (char[]){"looked-into"} : NULL;
    char *argv[] = {(char[]){"init"}, leader, socket, looked_into, NULL};
    char *env[] = {NULL};
    if (!caps_drop_all(err))
        return false;
    /* standard streams included: of all that is open only the socket goes on, and what is held */
    if (call_close_range(0, UINT_MAX, 4 /* CLOSE_RANGE_CLOEXEC */) < 0 ||
        fcntl(talk, F_SETFD, 0) < 0 || fcntl(held, F_SETFD, 0) < 0)
        return error_sys(err, "close all but the socket");
    call_execveat(init, "", argv, env, AT_EMPTY_PATH);
    return error_sys(err, "execute init");
}

/* While the ids are still the broker's: folders may lie where only he may go. */
bool inside_find_image_again(struct image *image, struct error *err)
{
    for (int i = 0; i < image->count; i++) {
        struct image_entry *entry = &image->entries[i];
        if (entry->folder >= 0 && !mount_find_again(&entry->folder, err))
            return false;
        if (entry->hide >= 0 && !mount_find_again(&entry->hide, err))
            return false;
    }
    return true;
}

bool inside_begin(int talk, struct tree *tree, struct error *err)
{
    struct talk mapped;
    int count = 1;
    if (!leave_host(err))
        return error_stage(err, "namespaces");
    if (!inside_find_image_again(&tree->image, err))
        return error_stage(err, "image");
    if (!inside_await(talk, TALK_MAPPED, &mapped, &tree->dev, &count, err) ||
        !inside_take_ids(tree->mode, err) || !inside_die_with_broker(err))
        return error_stage(err, "namespaces");
    if (tree->mode == MODE_ROOTLESS)
        userns_bound_inotify(INSIDE_PARTS);
    return true;
}

/* Everything that can be done before anybody knows what the box is for. */
static bool prepare(int talk, struct tree *tree, int *ret_held, struct error *err)
{
    if (!inside_begin(talk, tree, err))
        return false;
    if (!tree_begin(tree, err))
        return error_stage(err, "mount");
    *ret_held = anonymous_hold(err);
    if (*ret_held < 0 || (!layer_is_off(LAYER_CAPABILITIES) && !caps_lock(err)) ||
        (!layer_is_off(LAYER_BOUNDING_SET) && !caps_drop_bounding(err)))
        return error_stage(err, "lock_down");
    return true;
}

/* A copy of what the asker sent and the broker checked. */
bool inside_await_spec(int talk, struct arena *arena, struct wire_message *message,
                       struct box_spec *spec, struct error *err)
{
    if (!wire_receive(talk, TO_BROKER, message, err))
        return false;
    if (message->kind != WIRE_BOX_PREPARE)
        return error_set(err, ERROR_INTERRUPTED, "the broker is gone");
    return wire_get_spec(message, arena, spec, err);
}

/* What the last steps need to know. */
struct ending {
    struct guest_plan plan;
    int init;
    int held; /* by anonymous_hold */
};

static bool finish(struct tree *tree, struct box_spec *spec, int talk, struct ending *ending,
                   struct error *err)
{
    if (!tree_finish(tree, spec, err))
        return error_stage(err, "mount");
    if ((spec->network != NETWORK_NONE && !loopback_up(err)) ||
        (spec->network == NETWORK_GATE && !door_open(spec, err)))
        return error_stage(err, "network");
    if (!join_control_groups(talk, &ending->init, &ending->plan, err))
        return error_stage(err, "cgroup");
    if (!layer_is_off(LAYER_SESSION) && setsid() < 0)
        return error_sys(err, "begin a session");
    struct talk ready = {.what = TALK_READY, .count = 1, .plain_bind = tree->plain_bind};
    struct talk go;
    int count = 0;
    return talk_send(talk, &ready, &tree->work, 1, err) &&
           inside_await(talk, TALK_GO, &go, NULL, &count, err);
}

/* Nothing that is taken here is ever given back: exec or the end does that. */
void inside_live(const struct sandbox_host *host, const struct image *image, int talk)
{
    struct error err = {};
    struct tree tree = {.mode = host->mode, .image = *image, .dev = -1, .root = -1, .work = -1};
    struct arena arena;
    struct wire_message message;
    struct box_spec spec;
    struct ending ending = {.plan = {.host = host, .spec = &spec}, .init = -1, .held = -1};
    arena_init(&arena, INSIDE_SPEC_BYTES_MAX);
    if (!prepare(talk, &tree, &ending.held, &err) ||
        !inside_await_spec(talk, &arena, &message, &spec, &err) ||
        !finish(&tree, &spec, talk, &ending, &err))
        inside_give_up(talk, &err);
    pid_t guest = bear_guest(&ending.plan, talk, &err);
    if (guest < 0 || !inside_become_init(ending.init, ending.held, guest, talk, &err))
        inside_give_up(talk, &err);
    _exit(1);
}
