#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

#include "sandbox/explain_private.h"
#include "sys/fd.h"

enum { PAGE_LEAST = 4096 };

bool caller_open(struct caller *caller, uint32_t thread)
{
    char path[32];
    snprintf(path, sizeof path, "/proc/%u", thread);
    caller->thread = (pid_t)thread;
    caller->root = -1;
    caller->proc = open(path, O_PATH | O_DIRECTORY | O_CLOEXEC);
    if (caller->proc < 0)
        return false;
    caller->root = openat(caller->proc, "root", O_PATH | O_DIRECTORY | O_CLOEXEC);
    if (caller->root >= 0)
        return true;
    caller_close(caller);
    return false;
}

void caller_close(struct caller *caller)
{
    fd_close_at(&caller->proc);
    fd_close_at(&caller->root);
}

/* Not by /proc/PID/mem, which also gives what the guest itself may not read, and so the kernel
 * cannot read for it either. */
bool caller_read(const struct caller *caller, uint64_t from, void *to, size_t size)
{
    struct iovec ours = {to, size};
    struct iovec theirs = {(void *)(uintptr_t)from, size};
    return process_vm_readv(caller->thread, &ours, 1, &theirs, 1, 0) == (ssize_t)size;
}

/* Page by page: what follows the text may not be mapped. */
bool caller_read_path(const struct caller *caller, uint64_t from, char ret_path[BOX_PATH_MAX])
{
    size_t have = 0;
    while (have < BOX_PATH_MAX) {
        size_t piece = PAGE_LEAST - (from + have) % PAGE_LEAST;
        if (piece > BOX_PATH_MAX - have)
            piece = BOX_PATH_MAX - have;
        if (!caller_read(caller, from + have, ret_path + have, piece))
            return false;
        if (memchr(ret_path + have, '\0', piece) != NULL)
            return true;
        have += piece;
    }
    return false;
}

int caller_open_start(const struct caller *caller, int dir)
{
    char name[32] = "cwd";
    if (dir != AT_FDCWD)
        snprintf(name, sizeof name, "fd/%d", dir);
    return openat(caller->proc, name, O_PATH | O_CLOEXEC);
}

bool caller_read_proc(const struct caller *caller, const char *name, char *ret_text, size_t size)
{
    auto_close int file = openat(caller->proc, name, O_RDONLY | O_CLOEXEC);
    if (file < 0)
        return false;
    size_t have = 0;
    while (have < size - 1) {
        ssize_t got = read(file, ret_text + have, size - 1 - have);
        if (got < 0)
            return false;
        if (got == 0) {
            ret_text[have] = '\0';
            return true;
        }
        have += (size_t)got;
    }
    return false;
}

/* An older kernel's ENOSYS counts as yes: better nothing foretold than a wrong thing. */
static bool kernel_grants(int file, int mode)
{
    return syscall(439 /* SYS_faccessat2 */, file, "", mode, AT_EMPTY_PATH | AT_EACCESS) == 0 ||
           errno != EACCES;
}

bool caller_may(const struct caller *caller, int file, const struct stat *about, int mode)
{
    if (caller->is_our_user)
        return kernel_grants(file, mode);
    unsigned granted = about->st_mode;
    if (about->st_uid == caller->uid)
        granted >>= 6;
    else if (about->st_gid == caller->gid)
        granted >>= 3;
    return (granted & (unsigned)mode) == (unsigned)mode;
}
