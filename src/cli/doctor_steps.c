/*
 * Each step's child is cloned with the namespaces that the step needs and waits until we have
 * written its id maps, as pid 1 of a box does. Then it acts, and writes one struct error into a
 * pipe: of kind NONE when all went well. A child that says nothing was killed for what it did.
 */
#include "cli/doctor_steps.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/mem.h"
#include "cli/doctor_steps_private.h"
#include "model/box.h"
#include "sandbox/ids.h"
#include "sys/call.h"
#include "sys/fd.h"
#include "sys/userns.h"

enum { PATIENCE_MS = 3000, GUEST_ID = BOX_GUEST_ID };

enum { USER = CLONE_NEWUSER, MOUNTS = CLONE_NEWUSER | CLONE_NEWNS | CLONE_NEWPID };

enum step_need { NEEDED, BETTER, ROOT_ONLY };

static const struct recipe {
    const char *name, *text;
    uint64_t namespaces;
    bool maps;
    enum step_need need;
    doctor_act *act;
    enum doctor_fix_kind fix;
    uint64_t refuses; /* namespaces that nobody needs to try again when this step fails */
} recipes[] = {
    {"user_namespace", "make a user namespace", USER, false, NEEDED, doctor_act_nothing,
     FIX_NAMESPACE, USER},
    {"id_maps", "map user ids in it", USER, true, NEEDED, doctor_act_ids, FIX_IDS, 0},
    {"pid_namespace", "make a pid namespace", USER | CLONE_NEWPID, true, NEEDED, doctor_act_nothing,
     FIX_NAMESPACE, CLONE_NEWPID},
    {"mount_namespace", "make a mount namespace", USER | CLONE_NEWNS, true, NEEDED,
     doctor_act_nothing, FIX_NAMESPACE, CLONE_NEWNS},
    {"network_namespace", "make a network namespace", USER, true, NEEDED, doctor_act_network,
     FIX_NAMESPACE, 0},
    {"ipc_namespace", "make an ipc namespace", USER, true, NEEDED, doctor_act_ipc, FIX_NAMESPACE,
     0},
    {"uts_namespace", "have a host name of its own", USER, true, NEEDED, doctor_act_host_name,
     FIX_NAMESPACE, 0},
    {"cgroup_namespace", "make a cgroup namespace", USER, true, NEEDED, doctor_act_cgroup_namespace,
     FIX_NAMESPACE, 0},
    {"private_mounts", "cut the mounts off from the host's", MOUNTS, true, NEEDED,
     doctor_act_private_mounts, FIX_MOUNT, 0},
    {"tmpfs", "mount a tmpfs", MOUNTS, true, NEEDED, doctor_act_tmpfs, FIX_MOUNT, 0},
    {"bind", "bind /usr read-only", MOUNTS, true, NEEDED, doctor_act_bind, FIX_MOUNT, 0},
    {"overlay", "mount an overlay", MOUNTS, true, BETTER, doctor_act_overlay, FIX_OVERLAY, 0},
    {"proc", "mount a proc of its own", MOUNTS, true, NEEDED, doctor_act_proc, FIX_PROC, 0},
    {"terminals", "mount terminals of its own", MOUNTS, true, NEEDED, doctor_act_terminals,
     FIX_MOUNT, 0},
    {"root", "change the root folder", MOUNTS, true, NEEDED, doctor_act_root, FIX_MOUNT, 0},
    {"landlock", "restrict itself by landlock", USER, true, BETTER, doctor_act_landlock,
     FIX_LANDLOCK, 0},
    {"seccomp", "install a system call filter", USER, true, NEEDED, doctor_act_seccomp, FIX_SECCOMP,
     0},
    {"devices", "make device files", CLONE_NEWNS, false, ROOT_ONLY, doctor_act_devices, FIX_DEVICE,
     0},
    {"cgroups", "make a control group", 0, false, BETTER, doctor_act_cgroups, FIX_CGROUP, 0},
};

_Static_assert(COUNT_OF(recipes) <= DOCTOR_STEPS_MAX, "all steps fit");

_Noreturn static void live(const struct recipe *recipe, int talk)
{
    struct error err = {}, unheard;
    char go;
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (read(talk, &go, 1) != 1)
        _exit(1);
    if (recipe->maps && recipe->act != doctor_act_ids && !doctor_act_ids(&err))
        error_wrap(&err, "become somebody");
    else if (recipe->act(&err))
        err = (struct error){};
    (void)fd_write_all(talk, str_of(&err, sizeof err), &unheard);
    _exit(0);
}

/* The range of a box that will hardly ever be needed: the step lives for a moment only. */
static bool write_maps(enum privilege_mode mode, pid_t pid, struct error *err)
{
    uint32_t first = IDS_FIRST + (IDS_RANGES_MAX - 1) * IDS_EACH;
    struct userns_line both[] = {{0, first, 1}, {GUEST_ID, first + 1, 1}};
    if (mode == MODE_ROOT)
        return userns_write_maps(pid, both, both, 2, false, err);
    struct userns_line uid = {GUEST_ID, geteuid(), 1}, gid = {GUEST_ID, getegid(), 1};
    return userns_write_maps(pid, &uid, &gid, 1, true, err);
}

static bool hear(int talk, struct error *err)
{
    struct error theirs;
    struct pollfd wait = {.fd = talk, .events = POLLIN};
    if (poll(&wait, 1, PATIENCE_MS) != 1)
        return error_set(err, ERROR_HOST, "no answer within %d ms", PATIENCE_MS);
    if (recv(talk, &theirs, sizeof theirs, MSG_WAITALL) != sizeof theirs)
        return error_set(err, ERROR_HOST, "killed for trying");
    if (theirs.kind == ERROR_NONE)
        return true;
    error_sanitise(&theirs);
    *err = theirs;
    return false;
}

static bool accompany(const struct recipe *recipe, enum privilege_mode mode, pid_t pid, int talk,
                      struct error *err)
{
    if (recipe->maps && !write_maps(mode, pid, err))
        return false;
    return fd_write_all(talk, STR("g"), err) && hear(talk, err);
}

static bool try_step(const struct recipe *recipe, enum privilege_mode mode, struct error *err)
{
    int ends[2];
    if (!fd_pair(SOCK_STREAM, ends, err))
        return false;
    auto_close int ours = ends[0], theirs = ends[1];
    struct clone_args args = {.flags = recipe->namespaces, .exit_signal = SIGCHLD};
    pid_t pid = call_clone3(&args);
    if (pid == 0) {
        close(ours);
        live(recipe, theirs);
    }
    if (pid < 0)
        return error_sys(err, "clone");
    fd_close_at(&theirs);
    bool ok = accompany(recipe, mode, pid, ours, err);
    kill(pid, SIGKILL);
    while (waitpid(pid, NULL, 0) < 0 && errno == EINTR)
        continue;
    return ok;
}

/* What earlier steps were refused that this one builds on: trying it would only say the same. */
static bool is_out_of_reach(const struct recipe *recipe, uint64_t refused, bool maps_refused)
{
    return (recipe->namespaces & refused) != 0 || (recipe->maps && maps_refused);
}

int doctor_try_steps(const struct doctor_host *host, struct doctor_step ret_steps[DOCTOR_STEPS_MAX])
{
    int count = 0;
    uint64_t refused = 0;
    bool maps_refused = false;
    fflush(NULL);
    for (size_t i = 0; i < COUNT_OF(recipes); i++) {
        const struct recipe *recipe = &recipes[i];
        if (recipe->need == ROOT_ONLY && host->mode != MODE_ROOT)
            continue;
        struct doctor_step *step = &ret_steps[count++];
        *step = (struct doctor_step){
            .name = recipe->name, .text = recipe->text, .needed = recipe->need != BETTER};
        if (is_out_of_reach(recipe, refused, maps_refused))
            continue;
        step->tried = true;
        step->ok = try_step(recipe, host->mode, &step->error);
        if (step->ok)
            continue;
        step->fix = doctor_fix_for(recipe->fix, host, &step->error);
        refused |= recipe->refuses;
        maps_refused = maps_refused || recipe->act == doctor_act_ids;
    }
    return count;
}
