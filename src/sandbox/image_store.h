/*
 * The images of our own: trees below the state folder, images/NAME/root, each with a note of where
 * it came from (image.json).
 *
 * An image is made in an unfinished folder (".NAME.…") and moved to its place when it is whole; a
 * maker holds a lock on its unfinished folder, so image_store_sweep can tell what a crash has left
 * from what is still being made. What is removed is moved aside first, for the same reason.
 *
 * Copied are regular files, folders and symbolic links as they are, never followed, without
 * setuid, setgid and sticky bits; devices, sockets, fifos and unreadable files are left out. So
 * are the top-level names that a box makes itself (image_is_made_by_box).
 */
#pragma once

#include "base/arena.h"
#include "base/error.h"
#include "sandbox/image.h"
#include <stdint.h>

enum { IMAGE_FILES_MAX = 2000000 };

#define IMAGE_BYTES_MAX (INT64_C(50) << 30)

/* -1 and NULL where the note is missing or cannot be read. */
struct image_note {
    char name[IMAGE_NAME_MAX];
    int64_t files, bytes, left_out;
    int64_t made_s; /* seconds since 1970 */
    const char *from;
};

struct image_progress {
    int64_t files, bytes, files_total, bytes_total; /* the totals are 0 while they are counted */
};

/* Asked again and again while a tree is copied. False stops the work, which then fails with an
 * ERROR_INTERRUPTED and leaves nothing behind. */
typedef bool image_watch(const struct image_progress *progress, void *cookie);

struct image_watcher {
    image_watch *watch; /* may be NULL */
    void *cookie;
};

/* The strings of a note live in the arena. */
[[nodiscard]] bool image_store_import(const char *name, const char *folder,
                                      const struct image_watcher *watcher, struct arena *arena,
                                      struct image_note *ret_note, struct error *err);

/* What the image `host` shows, as a copy that shares nothing with the host. */
[[nodiscard]] bool image_store_copy_host(const char *name, const struct image_watcher *watcher,
                                         struct arena *arena, struct image_note *ret_note,
                                         struct error *err);

/* Sorted by name. */
[[nodiscard]] bool image_store_list(struct arena *arena, struct image_note **ret_notes,
                                    int *ret_count, struct error *err);

[[nodiscard]] bool image_store_remove(const char *name, struct error *err);

/* Removes what makers that are no more have left. */
void image_store_sweep(void);
