#include "run/identity.h"

#include <assert.h>
#include <sys/fsuid.h>
#include <sys/stat.h>
#include <unistd.h>

#include "sys/layer.h"

bool identity_of_guest(int work, struct identity *ret_guest, struct error *err)
{
    struct stat about;
    if (fstat(work, &about) < 0)
        return error_sys(err, "look at the work folder");
    *ret_guest = (struct identity){about.st_uid, about.st_gid};
    return true;
}

/* The calls tell the old id and never fail aloud: asking again shows whether it is in force. To go
 * on as root would be the very mistake that this is against. */
static void take(uid_t uid, gid_t gid)
{
    setfsgid(gid);
    setfsuid(uid);
    assert((gid_t)setfsgid((gid_t)-1) == gid && (uid_t)setfsuid((uid_t)-1) == uid);
}

void identity_take(const struct identity *guest)
{
    if (!layer_is_off(LAYER_GUEST_RIGHTS))
        take(guest->uid, guest->gid);
}

void identity_give_back(void)
{
    take(geteuid(), getegid());
}
