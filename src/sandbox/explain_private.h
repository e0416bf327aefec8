/*
 * Foretelling what the kernel is about to answer to a call that names a file or an address: private
 * to the explain files.
 *
 * All of it only looks: files are opened as places (O_PATH), which reads nothing, wakes no driver
 * and waits for no fifo. It takes a bounded number of steps over a bounded amount of what the guest
 * wrote; only a file system that is slow itself, such as an input on a network disk, makes it wait.
 * It may give up at any point; then nothing is foretold and the call happens all the same.
 *
 * A notification's id must be valid after all this, or what was seen may be another process's.
 */
#pragma once

#include <linux/seccomp.h>
#include <sys/stat.h>
#include <sys/types.h>

#include "model/box.h"

/* The thread that made the call and waits for our answer. */
struct caller {
    uint32_t uid, gid;
    bool is_our_user; /* then the kernel can tell us its rights, groups and ACLs included */
    pid_t thread;
    int proc; /* its folder in /proc */
    int root; /* the / of its box */
};

[[nodiscard]] bool caller_open(struct caller *caller, uint32_t thread);
void caller_close(struct caller *caller);

/* All of it or nothing. */
[[nodiscard]] bool caller_read(const struct caller *caller, uint64_t from, void *to, size_t size);
[[nodiscard]] bool caller_read_path(const struct caller *caller, uint64_t from,
                                    char ret_path[BOX_PATH_MAX]);

/* The folder that a relative path begins in: `dir` as the guest names it, AT_FDCWD included. */
[[nodiscard]] int caller_open_start(const struct caller *caller, int dir);

/* The beginning of one of its /proc files; false if it cannot be read or fills the room. */
[[nodiscard]] bool caller_read_proc(const struct caller *caller, const char *name, char *ret_text,
                                    size_t size);

/* R_OK, W_OK, X_OK, by mode bits. */
bool caller_may(const struct caller *caller, int file, const struct stat *about, int mode);

/* Where a path leads. */
struct place {
    int number; /* errno of the way there; ENOENT with a parent: only the last name is missing */
    int parent; /* the folder that holds the last name; -1: none, or it is "." or ".." */
    int node;   /* what is there; -1: nothing */
    struct stat about; /* of the node */
};

/* False: cannot be known from outside. */
[[nodiscard]] bool place_find(const struct caller *caller, int start, const char *path, bool follow,
                              struct place *ret_place);
void place_close(struct place *place);

enum wish {
    WISH_FIND,  /* that it is there */
    WISH_OPEN,  /* with the flags of open */
    WISH_WRITE, /* its content, by name */
    WISH_MAKE,  /* where nothing is yet */
    WISH_PUT,   /* in place of what may be there */
    WISH_REMOVE,
    WISH_CHANGE, /* its mode or owner */
    WISH_EXECUTE,
    WISH_CONNECT, /* to a socket's name */
};

/* The errno that the wish ends in, 0 if none that is ours to foretell. */
int wish_judge(const struct caller *caller, enum wish wish, int open_flags,
               const struct place *place);

/* The errno of a watched call, or 0; fills in path and argument. */
int foretell_call(const struct caller *caller, const char *name, const struct seccomp_data *call,
                  struct box_refusal *refusal);

/* The same for the address of a connect or bind. */
int foretell_address(const struct caller *caller, bool is_bind, const struct seccomp_data *call,
                     struct box_refusal *refusal);

/* One path wished for; `dir` as the guest names it. */
int foretell_path(const struct caller *caller, int dir, const char *path, enum wish wish,
                  struct box_refusal *refusal);
