/*
 * The mount tree of a slot that outlives its boxes. Its founder builds what all of them share,
 * read-only: the root, the image, /dev. Each occupant gets a copy of that mount namespace and lays
 * his own over it: /proc, terminals, the disk, the folder of inputs. What an occupant mounts ends
 * with him, and nothing that he can write to is the slot's.
 */
#include <fcntl.h>
#include <stdio.h>
#include <string.h>

#include "sandbox/devices.h"
#include "sandbox/tree_private.h"
#include "sys/fd.h"
#include "sys/mount.h"

static bool enter(struct tree *tree, struct error *err)
{
    return mount_set_flags(tree->root, false, MOUNT_READ_ONLY | MOUNT_NO_DEVICES, err) &&
           mount_enter_root(tree->root, err);
}

/* Devices take bytes all the same; their times stay as they are, for the next occupant. */
static bool freeze_devices(const struct tree *tree, struct error *err)
{
    return tree->dev < 0 || mount_set_flags(tree->dev, false, MOUNT_READ_ONLY | MOUNT_NO_EXEC, err);
}

/* Its /proc is of a pid namespace that nobody lives in; the kernel lets an occupant mount one of
 * his own only where there is one already, without masks. */
bool tree_found(struct tree *tree, struct error *err)
{
    if (!mount_cut_propagation(err))
        return false;
    tree->root = tree_make_root(err);
    return tree->root >= 0 && tree_attach_image(tree, err) && tree_attach_devices(tree, err) &&
           freeze_devices(tree, err) && tree_attach_proc(tree->root, err) && enter(tree, err);
}

static bool attach_input_folder(struct tree *tree, struct error *err)
{
    static const struct mount_option options[] = {
        {"size", "64k"}, {"nr_inodes", "128"}, {"mode", "0755"}, {}};
    tree->in = mount_new("tmpfs", options, MOUNT_NO_DEVICES, err);
    return tree->in >= 0 && mount_attach(tree->in, tree->root, "in", err);
}

bool tree_settle(struct tree *tree, const struct limits *expected, struct error *err)
{
    tree->expected = *expected;
    tree->root = fd_open(AT_FDCWD, "/", O_PATH | O_DIRECTORY, 0, err);
    return tree->root >= 0 && tree_attach_proc(tree->root, err) &&
           devices_attach_terminals(tree->root, err) && devices_attach_queues(tree->root, err) &&
           tree_attach_disk(tree, expected, false, err) && attach_input_folder(tree, err) &&
           tree_mask_proc(tree->root, tree->in, err);
}

static bool resize_disk(const struct tree *tree, const struct limits *limits, struct error *err)
{
    const int64_t *now = tree->expected.value, *then = limits->value;
    if (now[LIMIT_DISK] == then[LIMIT_DISK] && now[LIMIT_INODES] == then[LIMIT_INODES])
        return true;
    char size[32], inodes[32];
    snprintf(size, sizeof size, "%lld", (long long)then[LIMIT_DISK]);
    snprintf(inodes, sizeof inodes, "%lld", (long long)then[LIMIT_INODES]);
    struct mount_option options[] = {{"size", size}, {"nr_inodes", inodes}, {}};
    auto_close int work = fd_open(tree->root, "work", O_PATH | O_DIRECTORY, 0, err);
    return work >= 0 && mount_change(work, options, err);
}

static bool forbid_execution(const struct tree *tree, const struct box_spec *spec,
                             struct error *err)
{
    if (!spec->noexec)
        return true;
    auto_close int work = fd_open(tree->root, "work", O_PATH | O_DIRECTORY, 0, err);
    return work >= 0 && mount_set_flags(work, false, MOUNT_NO_EXEC | MOUNT_NO_DEVICES, err);
}

bool tree_furnish(struct tree *tree, struct box_spec *spec, struct error *err)
{
    bool ok = resize_disk(tree, &spec->limits, err) && forbid_execution(tree, spec, err) &&
              tree_make_links(tree, spec, err) && tree_attach_inputs(tree, spec, err) &&
              mount_set_flags(tree->in, false, MOUNT_READ_ONLY | MOUNT_NO_DEVICES, err);
    fd_close_at(&tree->in);
    tree_close_all(tree, spec);
    return ok;
}
