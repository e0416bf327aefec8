/*
 * Making one image: an unfinished folder that is ours alone, into which trees are copied, and which
 * in the end becomes the image or disappears.
 */
#pragma once

#include "sandbox/image_store.h"
#include "sys/tree.h"
#include <sys/types.h>

struct image_make {
    int store;
    int unfinished; /* the folder, locked */
    int root;       /* where the tree goes */
    char name[IMAGE_NAME_MAX];
    char unfinished_name[IMAGE_NAME_MAX + 32];
    bool finished;

    tree_visit *filter; /* PASS_OVER: leave it out; may be NULL */
    const struct image_watcher *watcher;
    struct image_progress progress;
    int64_t files, bytes, left_out; /* of what was copied */
    int64_t room_bytes;             /* what the counted files take on the disk, roughly */
    dev_t store_device;
    ino_t store_inode;
    mode_t umask; /* the caller's */
    struct error *err;
};

/* Refuses bad names and names that are there. Must be ended by image_make_end. */
[[nodiscard]] bool image_make_begin(struct image_make *make, const char *name,
                                    const struct image_watcher *watcher, struct error *err);

/* Adds a tree to what will be copied, and checks limits; nothing is copied yet. */
[[nodiscard]] bool image_make_count(struct image_make *make, int folder, struct error *err);

/* Is there room for all that was counted? */
[[nodiscard]] bool image_make_check_room(struct image_make *make, struct error *err);

/* Copies what lies in `folder` into root/NAME, which is made. */
[[nodiscard]] bool image_make_copy(struct image_make *make, int folder, const char *name,
                                   struct error *err);

/* It becomes the image, on the disk as a whole. Fills in all of the note but `from`. */
[[nodiscard]] bool image_make_finish(struct image_make *make, struct image_note *note,
                                     struct error *err);

/* Removes what did not become an image. */
void image_make_end(struct image_make *make);

/* A folder of the store, which no sweep takes while the fd is open; -1: not there, or another's. */
[[nodiscard]] int image_lock_folder(int store, const char *name);
