#include "sys/fd.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include "sys/call.h"
#include "sys/fault.h"
#include "sys/layer.h"

void fd_close_at(int *place)
{
    if (*place < 0)
        return;
    int saved = errno;
    close(*place);
    errno = saved;
    *place = -1;
}

int fd_open(int dir, const char *path, int flags, mode_t mode, struct error *err)
{
    int fd = fault_strikes() ? -1 : openat(dir, path, flags | O_CLOEXEC, mode);
    if (fd < 0)
        return error_sys_fd(err, "open %s", path);
    return fd;
}

int fd_open_beneath(int dir, const char *path, int flags, mode_t mode, struct error *err)
{
    struct open_how how = {
        .flags = (uint64_t)(flags | O_CLOEXEC),
        .mode = mode,
        .resolve = layer_flags(LAYER_BENEATH, RESOLVE_BENEATH | RESOLVE_NO_SYMLINKS |
                                                  RESOLVE_NO_MAGICLINKS | RESOLVE_NO_XDEV),
    };
    int fd = fault_strikes() ? -1 : call_openat2(dir, path, &how);
    if (fd < 0)
        return error_sys_fd(err, "open %s", path);
    return fd;
}

bool fd_pipe(int ret_ends[2], struct error *err)
{
    if (fault_strikes() || pipe2(ret_ends, O_CLOEXEC) < 0)
        return error_sys(err, "make a pipe");
    return true;
}

bool fd_pair(int type, int ret_ends[2], struct error *err)
{
    if (fault_strikes() || socketpair(AF_UNIX, type | SOCK_CLOEXEC, 0, ret_ends) < 0)
        return error_sys(err, "make a socket pair");
    return true;
}

int fd_duplicate(int fd, struct error *err)
{
    int copy = fault_strikes() ? -1 : fcntl(fd, F_DUPFD_CLOEXEC, 3);
    if (copy < 0)
        return error_sys_fd(err, "duplicate a file descriptor");
    return copy;
}

int fd_memory(const char *name, struct str content, struct error *err)
{
    auto_close int fd = fault_strikes() ? -1 : memfd_create(name, MFD_CLOEXEC | MFD_ALLOW_SEALING);
    if (fd < 0)
        return error_sys_fd(err, "make a file in memory");
    if (!fd_write_all(fd, content, err))
        return -1;
    int seals = F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_WRITE | F_SEAL_SEAL;
    if (lseek(fd, 0, SEEK_SET) < 0 || fcntl(fd, F_ADD_SEALS, seals) < 0)
        return error_sys_fd(err, "seal a file in memory");
    return fd_steal(&fd);
}

bool fd_write_all(int fd, struct str bytes, struct error *err)
{
    while (bytes.len > 0) {
        ssize_t written = write(fd, bytes.ptr, bytes.len);
        if (written < 0 && errno == EINTR)
            continue;
        if (written < 0)
            return error_sys(err, "write %zu bytes", bytes.len);
        bytes = str_of(bytes.ptr + written, bytes.len - (size_t)written);
    }
    return true;
}

bool fd_read_all(int fd, struct buf *out, struct error *err)
{
    for (;;) {
        char chunk[16384];
        ssize_t got = read(fd, chunk, sizeof chunk);
        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0)
            return error_sys(err, "read");
        if (got == 0)
            return true;
        if (!buf_add(out, chunk, (size_t)got))
            return error_set(err, ERROR_LIMIT, "there are more than %zu bytes", out->max);
    }
}

bool fd_read_file(int dir, const char *path, struct buf *out, struct error *err)
{
    auto_close int fd = fd_open(dir, path, O_RDONLY, 0, err);
    if (fd < 0)
        return false;
    if (!fd_read_all(fd, out, err))
        return error_wrap(err, "%s", path);
    return true;
}

bool fd_put_text(int dir, const char *name, const char *text, struct error *err)
{
    auto_close int fd = fd_open(dir, name, O_WRONLY, 0, err);
    if (fd < 0)
        return false;
    /* setting a limit of memory is interrupted by any signal, one of a debugger's too */
    while (write(fd, text, strlen(text)) < 0)
        if (errno != EINTR)
            return error_sys(err, "write %s to %s", text, name);
    return true;
}

bool fd_set_nonblocking(int fd, struct error *err)
{
    int flags = fcntl(fd, F_GETFL);
    if (flags < 0 || fcntl(fd, F_SETFL, flags | O_NONBLOCK) < 0)
        return error_sys(err, "make a file descriptor non-blocking");
    return true;
}

void fd_allow_many(void)
{
    struct rlimit limit;
    if (getrlimit(RLIMIT_NOFILE, &limit) < 0)
        return;
    limit.rlim_cur = limit.rlim_max;
    setrlimit(RLIMIT_NOFILE, &limit);
}
