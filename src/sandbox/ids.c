#include "sandbox/ids.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/random.h>
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

/* Anywhere: then a range rests before it serves again, and containers seldom meet, whose locks are
 * not ours because their /run is their own. */
static int first_to_try(void)
{
    uint32_t any = 0;
    if (getrandom(&any, sizeof any, 0) != sizeof any)
        any = (uint32_t)getpid();
    return (int)(any % IDS_RANGES_MAX);
}

bool ids_take_of(struct ids *ret_ids, int folder, struct error *err)
{
    auto_close int lock = fd_open(folder, "ids", O_RDWR | O_CREAT | O_NOFOLLOW, 0600, err);
    if (lock < 0)
        return false;
    int first = first_to_try();
    for (int i = 0; i < IDS_RANGES_MAX; i++) {
        int range = (first + i) % IDS_RANGES_MAX;
        if (!try_lock(lock, range))
            continue;
        ret_ids->lock = fd_steal(&lock);
        ret_ids->first = IDS_FIRST + (uint32_t)range * IDS_EACH;
        return true;
    }
    error_set(err, ERROR_LIMIT, "all %d id ranges of this host are taken", IDS_RANGES_MAX);
    return error_hint(err, "wait until some boxes have ended");
}

/* In a container /run may be read-only, or the folder there that of the host's root, who is nobody
 * inside; then those who share their state agree by that. */
static int open_folder(struct error *err)
{
    int folder = state_open(STATE_OF_HOST, err);
    if (folder >= 0 || err->number == EMFILE || err->number == ENFILE || err->number == ENOMEM)
        return folder;
    return state_open(STATE_LASTING, err);
}

bool ids_take(struct ids *ret_ids, enum privilege_mode mode, struct error *err)
{
    *ret_ids = (struct ids){.lock = -1};
    if (mode == MODE_ROOTLESS)
        return true;
    auto_close int folder = open_folder(err);
    return folder >= 0 && ids_take_of(ret_ids, folder, err);
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
