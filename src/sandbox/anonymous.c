#include "sandbox/anonymous.h"

#include <fcntl.h>
#include <sys/eventfd.h>
#include <sys/file.h>
#include <unistd.h>

#include "sys/fault.h"
#include "sys/fd.h"

int anonymous_hold(struct error *err)
{
    auto_close int fd = fault_strikes() ? -1 : eventfd(0, EFD_CLOEXEC);
    if (fd < 0)
        return error_sys_fd(err, "make an event descriptor");
    struct flock whole = {.l_type = F_RDLCK, .l_whence = SEEK_SET};
    if (flock(fd, LOCK_SH | LOCK_NB) < 0 || fcntl(fd, F_OFD_SETLK, &whole) < 0)
        return error_sys_fd(err, "lock what all event descriptors share");
    return fd_steal(&fd);
}
