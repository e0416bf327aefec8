#include "sandbox/zygote.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <inttypes.h>
#include <limits.h>
#include <linux/capability.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/arena.h"
#include "sandbox/devices.h"
#include "sandbox/inside.h"
#include "sys/call.h"
#include "sys/caps.h"
#include "sys/fault.h"
#include "sys/fd.h"
#include "sys/libexec.h"
#include "sys/mount.h"
#include "sys/signals.h"

extern const char zygote_python_module[], zygote_python_module_end[];
extern const char zygote_python_boot[], zygote_python_boot_end[];

/* A module for an interpreter, or the folder that holds the reader. */
enum { MODULE_FD = 3, SOCKET_FD = 4 };

#define READER "testudo-reader"

static const struct {
    const char *program, *flavour;
} rows[WARM_COUNT] = {
    [WARM_PYTHON] = {BOX_PYTHON, "plain"},
    [WARM_PYTEST] = {BOX_PYTHON, "pytest"},
};

struct breed {
    enum warm kind;
    struct hash_seed seed;
};

/* The folder that holds the reader, or -1; it is no part of the image. */
static int open_reader(struct error *err)
{
    enum { ARENA_BYTES = 64 << 10 };

    auto_arena struct arena arena;
    arena_init(&arena, ARENA_BYTES);
    const char *libexec = libexec_find(&arena, err);
    auto_close int folder =
        libexec != NULL ? fd_open(AT_FDCWD, libexec, O_PATH | O_DIRECTORY, 0, err) : -1;
    if (folder < 0 || faccessat(folder, READER, X_OK, 0) == 0)
        return fd_steal(&folder);
    return error_sys_fd(err, "find %s/%s", libexec, READER);
}

bool zygote_is_possible(enum warm kind)
{
    struct error unheard;
    if (kind != WARM_READER)
        return rows[kind].program != NULL && access(rows[kind].program, X_OK) == 0;
    auto_close int folder = open_reader(&unheard);
    return folder >= 0;
}

/* What warms up may write for a moment; its newborns have trees of their own and never see it. */
static bool attach_scratch(struct error *err)
{
    static const struct mount_option options[] = {
        {"size", "4M"}, {"nr_inodes", "256"}, {"mode", "0700"}, {}};
    auto_close int scratch = mount_new("tmpfs", options, MOUNT_NO_DEVICES | MOUNT_NO_EXEC, err);
    return scratch >= 0 && mount_attach(scratch, AT_FDCWD, "/tmp", err);
}

/* The mount namespace of a zygote is no user namespace's, so it cannot be mistaken for a box's. */
static bool raise_tree(const struct image *image, struct error *err)
{
    struct tree tree = {
        .mode = MODE_ROOT, .image = *image, .dev = -1, .root = -1, .work = -1, .in = -1};
    if (unshare(CLONE_NEWNS | CLONE_NEWNET | CLONE_NEWIPC) < 0)
        return error_sys(err, "make namespaces for a zygote");
    if (!inside_find_image_again(&tree.image, err))
        return false;
    tree.dev = devices_make(err);
    return tree.dev >= 0 && tree_found(&tree, err) && attach_scratch(err);
}

static bool give_up_rights(struct error *err)
{
    uint64_t keep = CAPS_BIT(CAP_SYS_ADMIN) | CAPS_BIT(CAP_DAC_OVERRIDE);
    if (setgroups(0, NULL) < 0)
        return error_sys(err, "leave all groups");
    return caps_keep_bounding(keep, err);
}

/* Standard streams lead nowhere; of all that is open only the module and the socket go on. */
static bool arrange_files(int module, int socket, struct error *err)
{
    int sources[] = {open("/dev/null", O_RDONLY | O_CLOEXEC), -1, -1, module, socket};
    sources[1] = sources[2] = open("/dev/null", O_WRONLY | O_CLOEXEC);
    for (int i = 0; i < 5; i++) {
        sources[i] = fcntl(sources[i], F_DUPFD_CLOEXEC, 16);
        if (sources[i] < 0)
            return error_sys(err, "arrange a zygote's files");
    }
    for (int i = 0; i < 5; i++)
        if (dup3(sources[i], i, 0) < 0)
            return error_sys(err, "arrange a zygote's files");
    return call_close_range(SOCKET_FD + 1, UINT_MAX, 0) == 0 ||
           error_sys(err, "close all other files");
}

/* The variables that all boxes begin with, and the seed of hashes, if it is set. */
static char *const *make_environment(struct hash_seed seed)
{
    enum { VARIABLES_MAX = 30 };

    static const char *env[VARIABLES_MAX + 2];
    static char entry[40];
    size_t count = 0;
    for (; box_clean_env[count] != NULL; count++) {
        assert(count < VARIABLES_MAX);
        env[count] = box_clean_env[count];
    }
    snprintf(entry, sizeof entry, RUNTIME_HASH_SEED "=%" PRIu32, seed.value);
    env[count] = seed.state == HASH_SEED_FIXED ? entry : NULL;
    return (char *const *)(uintptr_t)env;
}

static char module_word[8], socket_word[8];

static void execute_interpreter(enum warm kind, struct hash_seed seed)
{
    static char boot[8192];
    size_t length = (size_t)(zygote_python_boot_end - zygote_python_boot);
    if (length >= sizeof boot)
        return;
    memcpy(boot, zygote_python_boot, length);
    const char *argv[] = {rows[kind].program, "-c", boot, module_word, socket_word,
                          rows[kind].flavour, NULL};
    execve(rows[kind].program, (char *const *)(uintptr_t)argv, make_environment(seed));
}

static void execute(enum warm kind, struct hash_seed seed)
{
    const char *argv[] = {READER, "warm", module_word, socket_word, NULL};
    snprintf(module_word, sizeof module_word, "%d", MODULE_FD);
    snprintf(socket_word, sizeof socket_word, "%d", SOCKET_FD);
    if (kind != WARM_READER)
        execute_interpreter(kind, seed);
    else
        call_execveat(MODULE_FD, READER, (char *const *)(uintptr_t)argv, make_environment(seed), 0);
}

/* What goes wrong here is seen by the broker as a mother that has ended. */
_Noreturn static void live(const struct sandbox_host *host, const struct breed *breed,
                           const struct image *image, int module, int socket)
{
    struct error err = {};
    bool root = host->mode == MODE_ROOT;
    umask(022);
    if ((!root || (raise_tree(image, &err) && give_up_rights(&err))) &&
        arrange_files(module, socket, &err)) {
        signals_reset();
        execute(breed->kind, breed->seed);
    }
    _exit(1);
}

static int make_module(enum warm kind, struct error *err)
{
    if (kind == WARM_READER)
        return open_reader(err);
    size_t length = (size_t)(zygote_python_module_end - zygote_python_module);
    return fd_memory("testudo-zygote", str_of(zygote_python_module, length), err);
}

static bool start(struct mother *ret_mother, const struct sandbox_host *host,
                  const struct breed *breed, const struct image *image, struct error *err)
{
    int ends[2];
    auto_close int module = make_module(breed->kind, err);
    if (module < 0 || !fd_pair(SOCK_SEQPACKET, ends, err))
        return false;
    pid_t broker = getpid(), pid = fault_strikes() ? -1 : fork();
    if (pid == 0) {
        close(ends[0]);
        if (prctl(PR_SET_PDEATHSIG, SIGKILL) == 0 && getppid() == broker)
            live(host, breed, image, module, ends[1]);
        _exit(1);
    }
    close(ends[1]);
    if (pid < 0) {
        close(ends[0]);
        return error_sys(err, "make a zygote's process");
    }
    *ret_mother = (struct mother){.pid = pid, .socket = ends[0]};
    return true;
}

bool zygote_start(struct mother *ret_mother, const struct sandbox_host *host, enum warm kind,
                  struct hash_seed seed, struct error *err)
{
    const struct breed breed = {kind, seed};
    struct image image;
    if (!image_open(&image, "host", err))
        return error_stage(err, "image");
    bool ok = start(ret_mother, host, &breed, &image, err);
    image_close(&image);
    return ok || error_stage(err, "prepare");
}
