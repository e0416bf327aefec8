/*
 * The guest's last steps before the command. It runs with pid 1's memory while pid 1 waits, so it
 * allocates nothing, takes no lock, and writes only to its own stack and the error.
 *
 * The order is part of the design: ids and capabilities, no_new_privs, rlimits, landlock, open
 * files, the filter last.
 */
#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <limits.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include "base/mem.h"
#include "sandbox/inside.h"
#include "sandbox/terminal.h"
#include "sys/call.h"
#include "sys/caps.h"
#include "sys/fd.h"
#include "sys/landlock.h"
#include "sys/layer.h"
#include "sys/seccomp.h"
#include "sys/signals.h"

static bool become_guest_user(enum privilege_mode mode, struct error *err)
{
    if (mode == MODE_ROOT && setgroups(0, NULL) < 0)
        return error_sys(err, "leave all groups");
    if (layer_is_off(LAYER_CAPABILITIES))
        layer_keep_capabilities(true);
    if (!layer_is_off(LAYER_GUEST_IDS) &&
        (setresgid(BOX_GUEST_ID, BOX_GUEST_ID, BOX_GUEST_ID) < 0 ||
         setresuid(BOX_GUEST_ID, BOX_GUEST_ID, BOX_GUEST_ID) < 0))
        return error_sys(err, "become the guest");
    if (layer_is_off(LAYER_CAPABILITIES))
        layer_keep_capabilities(false);
    else if (!caps_drop_all(err))
        return false;
    if (!layer_is_off(LAYER_NO_NEW_PRIVS) && prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0)
        return error_sys(err, "give up new privileges");
    return true;
}

/* Never above what we have ourselves: raising needs a right that we may lack. */
static bool limit_one(pid_t pid, int resource, rlim_t value, const char *name, struct error *err)
{
    struct rlimit limit = {value, value}, old;
    if (prlimit(pid, resource, &limit, NULL) == 0)
        return true;
    if (errno != EPERM || prlimit(pid, resource, NULL, &old) < 0 || old.rlim_max > value)
        return error_sys(err, "set the limit %s", name);
    limit = (struct rlimit){old.rlim_max, old.rlim_max};
    if (prlimit(pid, resource, &limit, NULL) < 0)
        return error_sys(err, "set the limit %s", name);
    return true;
}

/* Descriptors under way in sockets are counted for each user, and refused to whoever finds more of
 * them than he may have open. So that a plain user's box leaves him some, it may have less open
 * than he: its limit, and as many more as one message carries, stay below his. */
static rlim_t files_at_most(enum privilege_mode mode)
{
    enum { FILES_MAX = 4096, FILES_MIN = 256 };

    struct rlimit own;
    if (mode == MODE_ROOT || getrlimit(RLIMIT_NOFILE, &own) < 0 || own.rlim_cur / 4 * 3 > FILES_MAX)
        return FILES_MAX;
    return own.rlim_cur / 4 * 3 > FILES_MIN ? own.rlim_cur / 4 * 3 : FILES_MIN;
}

/* The kernel's own count of a user's processes. Where control groups count as well it is the second
 * line, and must be reached later: only they tell that they have refused. Theirs includes init, and
 * of a plain user's box init is a process of the guest's user, too. */
static rlim_t processes_of_user(const struct guest_plan *plan)
{
    rlim_t limit = (rlim_t)plan->spec->limits.value[LIMIT_PROCESSES] + 1;
    return plan->processes_are_counted && plan->host->mode == MODE_ROOTLESS ? limit + 1 : limit;
}

static bool is_of_spec(int resource)
{
    return resource == RLIMIT_CPU || resource == RLIMIT_FSIZE || resource == RLIMIT_NPROC;
}

/* Of ourselves: 0. Of another: what depends on the spec. */
static bool limit_resources(const struct guest_plan *plan, pid_t pid, struct error *err)
{
    const int64_t *limits = plan->spec->limits.value;
    const enum privilege_mode mode = plan->host->mode;
    const rlim_t queues = 819200;

    const struct {
        const char *name;
        int resource;
        rlim_t value;
        enum layer layer;
    } rows[] = {
        /* at exactly 1 the kernel writes no core and starts no core handler either */
        {"core", RLIMIT_CORE, 1, LAYER_LIMIT_CORE},
        {"cpu", RLIMIT_CPU, (rlim_t)(limits[LIMIT_CPU] + 999) / 1000 + 1, LAYER_LIMIT_CPU},
        {"fsize", RLIMIT_FSIZE, (rlim_t)limits[LIMIT_DISK], LAYER_LIMIT_FSIZE},
        {"nofile", RLIMIT_NOFILE, files_at_most(mode), LAYER_LIMIT_NOFILE},
        {"memlock", RLIMIT_MEMLOCK, 64 << 10, LAYER_LIMIT_MEMLOCK},
        {"msgqueue", RLIMIT_MSGQUEUE, mode == MODE_ROOT ? queues : queues / INSIDE_PARTS,
         LAYER_LIMIT_MSGQUEUE},
        {"sigpending", RLIMIT_SIGPENDING, 1024, LAYER_LIMIT_SIGPENDING},
        {"nice", RLIMIT_NICE, 0, LAYER_LIMIT_NICE},
        {"rtprio", RLIMIT_RTPRIO, 0, LAYER_LIMIT_RTPRIO},
        {"nproc", RLIMIT_NPROC, processes_of_user(plan), LAYER_LIMIT_NPROC},
    };

    for (size_t i = 0; i < COUNT_OF(rows); i++)
        if (!layer_is_off(rows[i].layer) && (pid == 0 || is_of_spec(rows[i].resource)) &&
            !limit_one(pid, rows[i].resource, rows[i].value, rows[i].name, err))
            return false;
    return true;
}

/* Where no control group limits processor time: as many whole processors as the limit allows. */
static bool pin_to_processors(int64_t cpus_milli, struct error *err)
{
    cpu_set_t have, use;
    if (sched_getaffinity(0, sizeof have, &have) < 0)
        return error_sys(err, "read the processors");
    int64_t wanted = (cpus_milli + 999) / 1000;
    CPU_ZERO(&use);
    for (int cpu = CPU_SETSIZE - 1; cpu >= 0 && wanted > 0; cpu--) {
        if (CPU_ISSET(cpu, &have)) {
            CPU_SET(cpu, &use);
            wanted--;
        }
    }
    if (sched_setaffinity(0, sizeof use, &use) < 0)
        return error_sys(err, "limit the processors");
    return true;
}

/* What was promised when the host was looked at must hold now. */
static bool restrict_files(int promised_abi, struct error *err)
{
    static const struct {
        const char *path;
        enum landlock_access access;
    } places[] = {
        {"/", LANDLOCK_READ},
        {BOX_WORK, LANDLOCK_WRITE},
        {"/tmp", LANDLOCK_WRITE},
        {"/dev", LANDLOCK_WRITE},
        {"/proc", LANDLOCK_WRITE},
        /* queues are opened by the namespace's own mount, which is not below /dev for the kernel */
        {"/dev/mqueue", LANDLOCK_WRITE},
    };
    struct landlock_rule rules[COUNT_OF(places)];
    int abi;
    for (size_t i = 0; i < COUNT_OF(places); i++) {
        rules[i].access = places[i].access;
        rules[i].fd = fd_open(AT_FDCWD, places[i].path, O_PATH | O_DIRECTORY, 0, err);
        if (rules[i].fd < 0)
            return false;
    }
    bool ok = landlock_restrict(rules, COUNT_OF(rules), &abi, err);
    for (size_t i = 0; i < COUNT_OF(places); i++)
        fd_close_at(&rules[i].fd);
    if (ok && abi < promised_abi)
        return error_set(err, ERROR_HOST, "the kernel has forgotten its Landlock");
    return ok;
}

/* Lent, or ours and closed with the rest. The host's null device is everybody's, to be watched and
 * locked; the box has one of its own. */
static int standard_file(int lent)
{
    struct stat about;
    if (fstat(lent, &about) < 0)
        return -1;
    bool is_null = S_ISCHR(about.st_mode) && about.st_rdev == makedev(1, 3);
    return is_null ? open("/dev/null", O_RDWR | O_CLOEXEC) : lent;
}

static bool error_arrange(struct error *err)
{
    error_sys(err, "arrange open files");
    if (err->number == EMFILE || err->number == EINVAL)
        error_hint(err, "a box needs a limit of 128 open files or more: ulimit -n");
    return false;
}

/* 0, 1, 2, then the channels; everything else closes at exec at the latest. Sources are first
 * brought above all targets, so none is overwritten before its turn. */
static bool arrange_files(const struct box_spec *spec, int *talk, struct error *err)
{
    int sources[3 + BOX_CHANNELS_MAX];
    int count = 3 + (int)spec->channel_count;
    int moved = fcntl(*talk, F_DUPFD_CLOEXEC, 64);
    if (moved < 0)
        return error_arrange(err); /* which is told by the old one */
    *talk = moved;
    auto_close int terminal = spec->terminal ? terminal_make(spec, *talk, err) : -1;
    if (spec->terminal && terminal < 0)
        return false;
    for (int i = 0; i < count; i++) {
        int from = i >= 3          ? spec->channels[i - 3]
                   : terminal >= 0 ? terminal
                                   : standard_file(spec->stdio[i]);
        sources[i] = fcntl(from, F_DUPFD_CLOEXEC, 64);
        if (sources[i] < 0)
            return error_arrange(err);
    }
    for (int i = 0; i < count; i++)
        if (dup3(sources[i], i, 0) < 0)
            return error_sys(err, "arrange open files");
    if (!layer_is_off(LAYER_CLOSE_FILES) &&
        (call_close_range((unsigned)count, (unsigned)*talk - 1, 0) < 0 ||
         call_close_range((unsigned)*talk + 1, UINT_MAX, 0) < 0))
        return error_sys(err, "close all other files");
    if (layer_is_off(LAYER_CLOEXEC))
        layer_keep_files_open();
    return true;
}

/* After all other files are closed, and through no link of /proc: /proc/self/fd/N could lead into a
 * folder of the host that was open a moment ago (CVE-2024-21626). */
static bool enter_cwd(const char *path, struct error *err)
{
    struct open_how how = {.flags = O_PATH | O_DIRECTORY | O_CLOEXEC,
                           .resolve = layer_flags(LAYER_CWD, RESOLVE_NO_MAGICLINKS)};
    auto_close int folder = call_openat2(AT_FDCWD, path, &how);
    if (folder >= 0 && fchdir(folder) == 0)
        return true;
    error_sys(err, "enter the working folder %s", path);
    err->kind = ERROR_INPUT;
    return false;
}

static bool install_filter(const struct sandbox_host *host, bool explain, int talk,
                           struct error *err)
{
    if (layer_is_off(LAYER_SECCOMP))
        return true;
    if (!explain)
        return seccomp_install(&host->strict, NULL, err);
    struct seccomp_program explaining;
    int listener;
    seccomp_build(&explaining, SECCOMP_NATIVE, SECCOMP_EXPLAIN);
    if (!seccomp_install(&explaining, &listener, err))
        return false;
    struct talk message = {.what = TALK_LISTENER, .count = 1};
    return talk_send(talk, &message, &listener, 1, err);
}

/* PATH is the guest's own. Like a shell: what is found but cannot be executed is remembered. */
static bool execute(const struct box_spec *spec, struct error *err)
{
    char *const *argv = (char *const *)(uintptr_t)spec->argv.list;
    char *const *env = (char *const *)(uintptr_t)spec->env.list;
    const char *name = argv[0];
    if (strchr(name, '/') != NULL) {
        execve(name, argv, env);
        return error_sys(err, "execute %s", name);
    }
    const char *path = "/usr/bin:/bin";
    for (uint32_t i = 0; i < spec->env.count; i++)
        if (strncmp(env[i], "PATH=", 5) == 0)
            path = env[i] + 5;
    int remembered = ENOENT;
    while (*path != '\0') {
        char full[PATH_MAX];
        int length = (int)strcspn(path, ":");
        if (snprintf(full, sizeof full, "%.*s/%s", length, path, name) < (int)sizeof full) {
            execve(full, argv, env);
            if (errno != ENOENT && errno != ENOTDIR)
                remembered = errno;
        }
        path += length;
        path += *path == ':';
    }
    errno = remembered;
    return error_sys(err, "execute %s", name);
}

static bool explain_exec(const struct box_spec *spec, struct error *err)
{
    if (err->number == ENOENT || err->number == EACCES || err->number == ENOEXEC) {
        err->kind = ERROR_INPUT;
        error_hint(err,
                   "a command must be a program of the image '%s' or lie below /work or an input; "
                   "its interpreter (#!) and libraries must be there too",
                   spec->image);
    }
    return error_stage(err, "exec");
}

bool inside_limit_again(const struct guest_plan *plan, pid_t pid, struct error *err)
{
    return limit_resources(plan, pid, err) || error_stage(err, "lock_down");
}

bool inside_become_guest(const struct guest_plan *plan, int *talk, struct error *err)
{
    const struct box_spec *spec = plan->spec;
    const int64_t *limits = spec->limits.value;
    if (!layer_is_off(LAYER_SESSION) && setsid() < 0)
        return error_sys(err, "begin a session");
    if (!become_guest_user(plan->host->mode, err) || !limit_resources(plan, 0, err) ||
        (plan->pin_processors && !pin_to_processors(limits[LIMIT_CPUS], err)))
        return error_stage(err, "lock_down");
    umask(022);
    if ((!layer_is_off(LAYER_LANDLOCK) && !restrict_files(plan->host->landlock_abi, err)) ||
        !arrange_files(spec, talk, err))
        return error_stage(err, "lock_down");
    if (!enter_cwd(spec->cwd, err))
        return error_stage(err, "exec");
    return install_filter(plan->host, spec->explain, *talk, err) || error_stage(err, "lock_down");
}

bool inside_execute(const struct box_spec *spec, struct error *err)
{
    signals_reset(); /* the broker's were ours until here */
    execute(spec, err);
    return explain_exec(spec, err);
}
