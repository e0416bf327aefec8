#include "sandbox/input.h"

#include <errno.h>
#include <sys/stat.h>

#include "sys/fd.h"
#include "sys/mount.h"
#include "sys/userns.h"

/* File systems that know no mapped ids are shown as they are: then what others may read can be
 * read. */
static bool map_owner(const struct slot *slot, int folder, int mount, struct error *err)
{
    struct stat about;
    if (fstat(folder, &about) < 0)
        return error_sys(err, "look at an input");
    uint32_t guest = ids_guest_uid(&slot->ids);
    auto_close int map = userns_make(&(struct userns_line){about.st_uid, guest, 1},
                                     &(struct userns_line){about.st_gid, guest, 1}, err);
    if (map < 0)
        return false;
    return mount_set_idmap(mount, map, err) || err->number == EINVAL || err->number == EPERM;
}

static int detach(const struct slot *slot, int folder, struct error *err)
{
    auto_close int mount = mount_copy(folder, "", false, MOUNT_READ_ONLY | MOUNT_NO_DEVICES, err);
    if (mount < 0 || !map_owner(slot, folder, mount, err))
        return -1;
    return fd_steal(&mount);
}

bool input_detach_all(const struct slot *slot, struct box_spec *spec, struct error *err)
{
    if (slot->host->mode != MODE_ROOT)
        return true;
    const struct box_spec before = *spec;
    for (uint32_t i = 0; i < spec->input_count; i++) {
        int mount = detach(slot, before.inputs[i].fd, err);
        if (mount < 0) {
            input_close_detached(&before, spec);
            return error_wrap(err, "copy the mount of the input %s", spec->inputs[i].target);
        }
        spec->inputs[i].fd = mount;
    }
    return true;
}

void input_close_detached(const struct box_spec *spec, struct box_spec *shown)
{
    for (uint32_t i = 0; i < shown->input_count; i++)
        if (shown->inputs[i].fd != spec->inputs[i].fd)
            fd_close_at(&shown->inputs[i].fd);
}
