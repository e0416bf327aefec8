/*
 * The mount tree of a box, built by its pid 1 in the box's own namespaces.
 *
 *   /            a small tmpfs, read-only in the end, holding only names for what follows
 *   /usr, …      the image
 *   /work /tmp   /dev/shm too: parts of one tmpfs, which is the box's disk; its size and its number
 *                of inodes are the limits
 *   /in/NAME     inputs
 *   /proc        of the box's own pid namespace, without what tells about the host
 *   /dev         the handful of devices that programs need, and terminals of its own
 *
 * Everything is nosuid. The host's tree stays reachable for us until mount_enter_root lets go of
 * it; all places are named relative to the new root's fd.
 */
#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/fsuid.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/mem.h"
#include "sandbox/devices.h"
#include "sandbox/tree_private.h"
#include "sys/fd.h"
#include "sys/layer.h"
#include "sys/mount.h"
#include "sys/tree.h"

enum { READ_ONLY = MOUNT_READ_ONLY | MOUNT_NO_DEVICES };

static bool make_folder(int root, const char *name, mode_t mode, struct error *err)
{
    if (mkdirat(root, name, mode) < 0 && errno != EEXIST)
        return error_sys(err, "make the folder /%s", name);
    return true;
}

/* "opt/a/b": all folders on the way. */
static bool make_path(int root, const char *path, struct error *err)
{
    char part[BOX_PATH_MAX];
    for (size_t i = 0;; i++) {
        if (path[i] != '/' && path[i] != '\0')
            continue;
        snprintf(part, sizeof part, "%.*s", (int)i, path);
        if (!make_folder(root, part, 0755, err))
            return false;
        if (path[i] == '\0')
            return true;
    }
}

int tree_make_root(struct error *err)
{
    static const char *const folders[] = {"proc", "dev", "work", "tmp", "in", "run", "var"};
    static const struct mount_option options[] = {
        {"size", "1M"}, {"nr_inodes", "1024"}, {"mode", "0755"}, {}};
    auto_close int root = mount_new("tmpfs", options, MOUNT_NO_DEVICES, err);
    if (root < 0)
        return -1;
    /* a mount can only take others once it is attached somewhere: /sys is there on every host, and
     * nothing below it is needed any more */
    if (!mount_attach(root, AT_FDCWD, "/sys", err))
        return -1;
    for (size_t i = 0; i < COUNT_OF(folders); i++)
        if (!make_folder(root, folders[i], 0755, err))
            return -1;
    if (symlinkat("../tmp", root, "var/tmp") < 0)
        return error_sys_fd(err, "make /var/tmp");
    return fd_steal(&root);
}

/* An overlay of two folders given by fd, the first over the second. Its inodes are its own: a
 * socket or fifo seen through it leads nowhere, and no lock, lease or inotify watch of one box is
 * met by another (attack: two boxes that lock the same file of /usr). */
static int overlay(int over, int under, struct error *err)
{
    char lower[80];
    snprintf(lower, sizeof lower, "/proc/self/fd/%d:/proc/self/fd/%d", over, under);
    struct mount_option options[] = {{"lowerdir", lower}, {}};
    return mount_new("overlay", options, READ_ONLY, err);
}

/* A folder nobody has put anything into: the upper half where nothing is to be hidden. */
static int open_empty(int root, struct error *err)
{
    return fd_open(root, "run", O_PATH | O_DIRECTORY, 0, err);
}

static int mount_of_entry(const struct tree *tree, const struct image_entry *entry,
                          struct error *err)
{
    auto_close int empty = entry->hide < 0 ? open_empty(tree->root, err) : -1;
    if (entry->hide < 0 && empty < 0)
        return -1;
    return overlay(entry->hide < 0 ? empty : entry->hide, entry->folder, err);
}

/* Not every kernel lets a user namespace mount an overlay; then the tree itself is shown, and the
 * result says so. */
static int mount_of_entry_or_bind(struct tree *tree, const struct image_entry *entry,
                                  struct error *err)
{
    struct error refused;
    if (layer_is_off(LAYER_HIDING))
        return mount_copy(entry->folder, "", true, READ_ONLY, err);
    int mount = mount_of_entry(tree, entry, &refused);
    if (mount >= 0)
        return mount;
    tree->plain_bind = true;
    return mount_copy(entry->folder, "", true, READ_ONLY, err);
}

bool tree_attach_image(struct tree *tree, struct error *err)
{
    int root = tree->root;
    for (int i = 0; i < tree->image.count; i++) {
        const struct image_entry *entry = &tree->image.entries[i];
        if (entry->folder < 0) {
            /* a name of the box's own, such as /var, stays what it is */
            if (symlinkat(entry->link, root, entry->name) < 0 && errno != EEXIST)
                return error_sys(err, "make the link /%s", entry->name);
            continue;
        }
        auto_close int mount = mount_of_entry_or_bind(tree, entry, err);
        if (mount < 0 || !make_folder(root, entry->name, 0755, err) ||
            !mount_attach(mount, root, entry->name, err))
            return error_wrap(err, "show the image's /%s", entry->name);
    }
    return true;
}

/* One part of the disk at its place. */
static bool attach_part(int root, int disk, const char *part, const char *place, unsigned flags,
                        struct error *err)
{
    auto_close int mount = mount_copy(disk, part, false, flags | MOUNT_NO_DEVICES, err);
    return mount >= 0 && mount_attach(mount, root, place, err);
}

bool tree_attach_disk(struct tree *tree, const struct limits *limits, bool noexec,
                      struct error *err)
{
    static const struct {
        const char *name;
        mode_t mode;
    } parts[] = {{"work", 0755}, {"tmp", 01777}, {"shm", 01777}};

    char size[32], inodes[32];
    int root = tree->root;
    int64_t bytes = layer_limit(LAYER_DISK_SIZE, limits->value[LIMIT_DISK], 0);
    int64_t files = layer_limit(LAYER_DISK_INODES, limits->value[LIMIT_INODES], 0);
    snprintf(size, sizeof size, "%lld", (long long)bytes);
    snprintf(inodes, sizeof inodes, "%lld", (long long)files);
    struct mount_option options[] = {{"size", size}, {"nr_inodes", inodes}, {"mode", "0755"}, {}};
    auto_close int disk = mount_new("tmpfs", options, MOUNT_NO_DEVICES, err);
    /* attached before it can be copied in parts; the copy of its work folder covers it */
    if (disk < 0 || !mount_attach(disk, root, "work", err))
        return false;
    for (size_t i = 0; i < COUNT_OF(parts); i++) {
        if (!make_folder(disk, parts[i].name, 0755, err))
            return false;
        if (fchownat(disk, parts[i].name, BOX_GUEST_ID, BOX_GUEST_ID, 0) < 0 ||
            fchmodat(disk, parts[i].name, parts[i].mode, 0) < 0)
            return error_sys(err, "give /%s to the guest", parts[i].name);
    }
    tree->work = fd_open(disk, "work", O_RDONLY | O_DIRECTORY | O_NOFOLLOW, 0, err);
    return tree->work >= 0 && attach_part(root, disk, "tmp", "tmp", MOUNT_NO_EXEC, err) &&
           attach_part(root, disk, "shm", "dev/shm", MOUNT_NO_EXEC, err) &&
           attach_part(root, disk, "work", "work", noexec ? MOUNT_NO_EXEC : 0, err);
}

bool tree_attach_devices(const struct tree *tree, struct error *err)
{
    if (layer_is_off(LAYER_DEVICES)) {
        auto_close int host = mount_copy(AT_FDCWD, "/dev", true, 0, err);
        return host >= 0 && mount_attach(host, tree->root, "dev", err);
    }
    return tree->dev >= 0 ? mount_attach(tree->dev, tree->root, "dev", err)
                          : devices_bind(tree->root, err);
}

bool tree_attach_proc(int root, struct error *err)
{
    auto_close int proc =
        layer_is_off(LAYER_PID_NAMESPACE)
            ? mount_copy(AT_FDCWD, "/proc", true, MOUNT_NO_EXEC | MOUNT_NO_DEVICES, err)
            : mount_new("proc", NULL, MOUNT_NO_EXEC | MOUNT_NO_DEVICES, err);
    if (proc < 0) {
        error_hint(err,
                   "inside a container, run it with its /proc unmasked (docker: --security-opt "
                   "systempaths=unconfined), or run testudo on the host");
        return false;
    }
    return mount_attach(proc, root, "proc", err);
}

bool tree_make_links(const struct tree *tree, const struct box_spec *spec, struct error *err)
{
    for (uint32_t i = 0; i < spec->link_count; i++) {
        const char *name = spec->links[i].name;
        if (symlinkat(spec->links[i].text, tree->work, name) < 0 ||
            fchownat(tree->work, name, BOX_GUEST_ID, BOX_GUEST_ID, AT_SYMLINK_NOFOLLOW) < 0)
            return error_sys(err, "make the link " BOX_WORK "/%s", name);
    }
    return true;
}

static void act_as(const struct tree *tree, uid_t id)
{
    if (tree->mode == MODE_ROOT) {
        setfsgid(id);
        setfsuid(id);
    }
}

/* Where a file system takes no overlay: a copy, without sockets, fifos and devices, as large as the
 * box's disk at most. It is made as the guest: what he may not read is not there. */
static int copy_of_input(const struct tree *tree, int source, const struct limits *limits,
                         struct error *err)
{
    char size[32], inodes[32];
    snprintf(size, sizeof size, "%lld", (long long)limits->value[LIMIT_DISK]);
    snprintf(inodes, sizeof inodes, "%lld", (long long)limits->value[LIMIT_INODES]);
    const struct mount_option options[] = {{"size", size},  {"nr_inodes", inodes}, {"mode", "0755"},
                                           {"uid", "1000"}, {"gid", "1000"},       {}};
    static_assert(BOX_GUEST_ID == 1000, "the options name the guest");
    auto_close int mount = mount_new("tmpfs", options, MOUNT_NO_DEVICES, err);
    auto_close int from = fd_open(source, ".", O_RDONLY | O_DIRECTORY, 0, err);
    if (mount < 0 || from < 0)
        return -1;
    struct tree_copy_limits most = {.files = limits->value[LIMIT_INODES],
                                    .bytes = limits->value[LIMIT_DISK]};
    struct tree_copy_report report;
    act_as(tree, BOX_GUEST_ID);
    bool ok = tree_copy(from, mount, &most, &report, err);
    act_as(tree, 0);
    if (!ok) {
        error_hint(err, "its file system allows no overlay, so the folder is copied, and must fit "
                        "into --disk and --inodes");
        return -1;
    }
    return mount_set_flags(mount, false, READ_ONLY, err) ? fd_steal(&mount) : -1;
}

static int mount_of_input(const struct tree *tree, int source, const struct limits *limits,
                          struct error *err)
{
    struct error refused;
    if (layer_is_off(LAYER_INPUT_OVERLAY))
        return mount_copy(source, "", false, READ_ONLY, err);
    auto_close int empty = open_empty(tree->root, err);
    if (empty < 0)
        return -1;
    int mount = overlay(empty, source, &refused);
    return mount >= 0 ? mount : copy_of_input(tree, source, limits, err);
}

/* An input is seen through an overlay, so that sockets and fifos in it are dead. A detached copy of
 * it, made by the broker, must be attached for that: at its own place, which the overlay covers. */
static bool attach_input(const struct tree *tree, struct box_input *input,
                         const struct limits *limits, struct error *err)
{
    const char *place = input->target + 1;
    if (!make_path(tree->root, place, err))
        return false;
    if (tree->mode == MODE_ROOT) {
        if (!mount_attach(input->fd, tree->root, place, err))
            return false;
        fd_replace(&input->fd, fd_open(tree->root, place, O_PATH | O_DIRECTORY, 0, err));
        if (input->fd < 0)
            return false;
    } else if (!mount_find_again(&input->fd, err)) {
        return false;
    }
    auto_close int mount = mount_of_input(tree, input->fd, limits, err);
    return mount >= 0 && mount_attach(mount, tree->root, place, err);
}

bool tree_attach_inputs(const struct tree *tree, struct box_spec *spec, struct error *err)
{
    for (uint32_t i = 0; i < spec->input_count; i++) {
        struct box_input *input = &spec->inputs[i];
        if (!image_covers(&tree->image, input->target) &&
            !attach_input(tree, input, &spec->limits, err))
            return error_wrap(err, "show the input %s", input->target);
    }
    return true;
}

bool tree_begin(struct tree *tree, struct error *err)
{
    if (!mount_cut_propagation(err))
        return false;
    tree->root = tree_make_root(err);
    return tree->root >= 0 && tree_attach_image(tree, err) && tree_attach_devices(tree, err) &&
           devices_attach_terminals(tree->root, err) && devices_attach_queues(tree->root, err) &&
           tree_attach_proc(tree->root, err) && tree_mask_proc(tree->root, tree->root, err);
}

void tree_close_all(struct tree *tree, struct box_spec *spec)
{
    image_close(&tree->image);
    fd_close_at(&tree->dev);
    fd_close_at(&tree->root);
    for (uint32_t i = 0; i < spec->input_count; i++)
        fd_close_at(&spec->inputs[i].fd);
}

bool tree_finish(struct tree *tree, struct box_spec *spec, struct error *err)
{
    bool ok = tree_attach_disk(tree, &spec->limits, spec->noexec, err) &&
              tree_make_links(tree, spec, err) && tree_attach_inputs(tree, spec, err) &&
              mount_set_flags(tree->root, false, READ_ONLY, err) &&
              mount_enter_root(tree->root, err);
    tree_close_all(tree, spec);
    return ok;
}
