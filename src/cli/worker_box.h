/*
 * One operation of the worker in a box of its own, which has no network and
 * nothing of the host but what it is given here, read-only. What it says comes as lines.
 *
 * Files and folders are given names in the box that no stranger chose: worker_box_add_… gives the
 * path that the operation's options then speak of.
 */
#pragma once

#include "base/arena.h"
#include "base/error.h"
#include "base/str.h"
#include "model/run_request.h"

/* Where our own rules lie in its box. */
#define WORKER_BOX_RULES BOX_IN "/.testudo/rules"

enum { WORKER_BOX_FILES_MAX = 1024, WORKER_BOX_FOLDERS_MAX = 16 };

struct worker_box {
    struct arena *arena;
    struct run_request request;
    int64_t bytes; /* of all files */
    void (*hear)(void *cookie, struct str line);
    void *cookie;
};

/* The lines come to `hear` while it works. */
[[nodiscard]] bool worker_box_init(struct worker_box *box, const char *operation,
                                   struct arena *arena, struct error *err);

/* Bytes are copied. More files or bytes than there may be are a LIMIT error. */
[[nodiscard]] bool worker_box_add_bytes(struct worker_box *box, struct str bytes,
                                        const char **ret_path, struct error *err);

/* What can be read from `from`; of what is longer than the reader takes one byte more than that is
 * read, so that it says so. `name` is for errors. */
[[nodiscard]] bool worker_box_add_input(struct worker_box *box, int from, const char *name,
                                        const char **ret_path, struct error *err);

/* The same of a regular file; never waits for a fifo's other end. */
[[nodiscard]] bool worker_box_add_file(struct worker_box *box, const char *path,
                                       const char **ret_path, struct error *err);
[[nodiscard]] bool worker_box_add_folder(struct worker_box *box, const char *path,
                                         const char **ret_path, struct error *err);

/* Is it a line that ends an operation which has failed? Then the error is what it says. */
bool worker_box_is_error(struct str line, struct error *ret);

/* A child a processor, as many as it gives; the limits of the box grow with them. */
uint32_t worker_box_add_children(struct worker_box *box);

/* Ends when the operation has ended; that it failed is an error in its own words. */
[[nodiscard]] bool worker_box_run(struct worker_box *box, struct str options, struct error *err);
