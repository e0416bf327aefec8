#include "sandbox/slot.h"

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

#include "sandbox/state.h"
#include "sys/fd.h"

/* A lock on one byte of the file. It belongs to the open file, not to the process, so it lasts as
 * long as `lock` is open somewhere; and every slot has an open file of its own. */
static bool try_lock(int lock, int index)
{
    struct flock range = {
        .l_type = F_WRLCK, .l_whence = SEEK_SET, .l_start = index, .l_len = 1};
    return fcntl(lock, F_OFD_SETLK, &range) == 0;
}

bool slot_take(struct slot *ret_slot, enum privilege_mode mode, struct error *err)
{
    *ret_slot = (struct slot){.lock = -1};
    if (mode == MODE_ROOTLESS)
        return true;
    auto_close int state = state_open(STATE_LASTING, err);
    if (state < 0)
        return false;
    auto_close int lock = fd_open(state, "slots", O_RDWR | O_CREAT | O_NOFOLLOW, 0600, err);
    if (lock < 0)
        return false;
    for (int i = 0; i < SLOTS_MAX; i++) {
        if (!try_lock(lock, i))
            continue;
        ret_slot->lock = fd_steal(&lock);
        ret_slot->first_id = SLOT_FIRST_ID + (uint32_t)i * SLOT_IDS;
        return true;
    }
    error_set(err, ERROR_LIMIT, "all %d slots of this host are taken", SLOTS_MAX);
    return error_hint(err, "wait until some boxes have ended");
}

void slot_release(struct slot *slot)
{
    fd_close_at(&slot->lock);
}

uint32_t slot_guest_uid(const struct slot *slot)
{
    return slot->lock >= 0 ? slot->first_id + 1 : geteuid();
}

uint32_t slot_guest_gid(const struct slot *slot)
{
    return slot->lock >= 0 ? slot->first_id + 1 : getegid();
}
