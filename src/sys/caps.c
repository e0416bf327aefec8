#include "sys/caps.h"

#include <errno.h>
#include <linux/capability.h>
#include <linux/securebits.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

bool caps_keep(uint64_t keep, struct error *err)
{
    struct __user_cap_header_struct header = {_LINUX_CAPABILITY_VERSION_3, 0};
    uint32_t low = (uint32_t)keep, high = (uint32_t)(keep >> 32);
    /* the ambient set never exceeds the inheritable one: the kernel empties it along */
    struct __user_cap_data_struct data[_LINUX_CAPABILITY_U32S_3] = {
        {.effective = low, .permitted = low},
        {.effective = high, .permitted = high},
    };
    if (syscall(SYS_capset, &header, data) < 0)
        return error_sys(err, "give up capabilities");
    return true;
}

/* Someone whose set is empty already needs no right to empty it. */
static bool drop_from_bounding(int capability)
{
    return prctl(PR_CAPBSET_DROP, capability, 0, 0, 0) == 0 ||
           (errno == EPERM && prctl(PR_CAPBSET_READ, capability, 0, 0, 0) == 0);
}

bool caps_keep_bounding(uint64_t keep, struct error *err)
{
    for (int capability = 0; capability < 64; capability++) {
        if ((keep & CAPS_BIT(capability)) != 0 || drop_from_bounding(capability))
            continue;
        if (errno == EINVAL)
            return true; /* past the last one that this kernel knows */
        return error_sys(err, "drop capability %d from the bounding set", capability);
    }
    return true;
}

bool caps_lock(struct error *err)
{
    unsigned long bits = SECBIT_NOROOT | SECBIT_NOROOT_LOCKED | SECBIT_NO_SETUID_FIXUP_LOCKED |
                         SECBIT_KEEP_CAPS_LOCKED | SECBIT_NO_CAP_AMBIENT_RAISE |
                         SECBIT_NO_CAP_AMBIENT_RAISE_LOCKED;
    if (prctl(PR_SET_SECUREBITS, bits, 0, 0, 0) < 0)
        return error_sys(err, "lock the rules of capabilities");
    return true;
}
