/*
 * File descriptors: close-on-exec from birth, closed by scope, and every failure a sentence.
 *
 * In test builds each function that makes an fd is a place where a planned fault can strike
 * (sys/fault.h), so that every error path is walked.
 */
#pragma once

#include "base/buf.h"
#include "base/error.h"
#include <stdbool.h>
#include <sys/types.h>

void fd_close_at(int *place);
#define auto_close __attribute__((cleanup(fd_close_at)))

/* Hands an fd on: the variable forgets it. */
static inline int fd_steal(int *place)
{
    int fd = *place;
    *place = -1;
    return fd;
}

static inline void fd_replace(int *place, int fd)
{
    fd_close_at(place);
    *place = fd;
}

/* CLOEXEC is added; `dir` may be AT_FDCWD. -1 and an error that names the path. */
[[nodiscard]] int fd_open(int dir, const char *path, int flags, mode_t mode, struct error *err);

/* Below `dir` and never through a symbolic link or another mount's magic: for names that a
 * stranger chose. */
[[nodiscard]] int fd_open_beneath(int dir, const char *path, int flags, mode_t mode,
                                  struct error *err);

[[nodiscard]] bool fd_pipe(int ret_ends[2], struct error *err);
[[nodiscard]] bool fd_pair(int type, int ret_ends[2], struct error *err);
[[nodiscard]] int fd_duplicate(int fd, struct error *err);
[[nodiscard]] int fd_memory(const char *name, struct str content, struct error *err); /* sealed */

[[nodiscard]] bool fd_write_all(int fd, struct str bytes, struct error *err);

/* Appends all that is left to read; a full buf is a LIMIT error. */
[[nodiscard]] bool fd_read_all(int fd, struct buf *out, struct error *err);
[[nodiscard]] bool fd_read_file(int dir, const char *path, struct buf *out, struct error *err);

/* One line into a kernel file such as memory.max; `name` is for the error. */
[[nodiscard]] bool fd_put_text(int dir, const char *name, const char *text, struct error *err);

[[nodiscard]] bool fd_set_nonblocking(int fd, struct error *err);

/* As many open descriptors as this process may have: the usual limit is a small one. */
void fd_allow_many(void);
