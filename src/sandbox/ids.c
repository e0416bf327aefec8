#include "sandbox/ids.h"

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

#include "sandbox/state.h"
#include "sys/fd.h"
#include "sys/userns.h"

enum privilege_mode ids_mode(void)
{
    return geteuid() == 0 && userns_has_ids(IDS_FIRST, IDS_RANGES_MAX * IDS_EACH) ? MODE_ROOT
                                                                                  : MODE_ROOTLESS;
}

/* A lock on one byte of the file. It belongs to the open file, not to the process, so it lasts as
 * long as `lock` is open somewhere; and every range has an open file of its own. */
static bool try_lock(int lock, int index)
{
    struct flock range = {.l_type = F_WRLCK, .l_whence = SEEK_SET, .l_start = index, .l_len = 1};
    return fcntl(lock, F_OFD_SETLK, &range) == 0;
}

bool ids_take(struct ids *ret_ids, enum privilege_mode mode, struct error *err)
{
    *ret_ids = (struct ids){.lock = -1};
    if (mode == MODE_ROOTLESS)
        return true;
    auto_close int state = state_open(STATE_LASTING, err);
    if (state < 0)
        return false;
    auto_close int lock = fd_open(state, "ids", O_RDWR | O_CREAT | O_NOFOLLOW, 0600, err);
    if (lock < 0)
        return false;
    for (int i = 0; i < IDS_RANGES_MAX; i++) {
        if (!try_lock(lock, i))
            continue;
        ret_ids->lock = fd_steal(&lock);
        ret_ids->first = IDS_FIRST + (uint32_t)i * IDS_EACH;
        return true;
    }
    error_set(err, ERROR_LIMIT, "all %d id ranges of this host are taken", IDS_RANGES_MAX);
    return error_hint(err, "wait until some boxes have ended");
}

void ids_release(struct ids *ids)
{
    fd_close_at(&ids->lock);
}

uint32_t ids_guest_uid(const struct ids *ids)
{
    return ids->lock >= 0 ? ids->first + 1 : geteuid();
}

uint32_t ids_guest_gid(const struct ids *ids)
{
    return ids->lock >= 0 ? ids->first + 1 : getegid();
}
