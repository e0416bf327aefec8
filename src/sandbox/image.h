/*
 * An image is what a box sees as its root file system, read-only: `host` (a view of the host's own
 * programs) or a tree of its own below our state. Opened, it is a list of top-level names: links,
 * and folders that are held by fd.
 */
#pragma once

#include "base/error.h"
#include <stdbool.h>

enum { IMAGE_ENTRIES_MAX = 40, IMAGE_NAME_MAX = 64 };

struct image_entry {
    char name[64];
    char link[128]; /* the text of a symbolic link; empty for a folder */
    int folder;
    int hide; /* laid over `folder`: what must not be seen in it; -1: nothing to hide */
};

struct image {
    int count;
    struct image_entry entries[IMAGE_ENTRIES_MAX];
};

/* The name "host" means the host's view, which is made when it is missing or out of date. */
[[nodiscard]] bool image_open(struct image *ret_image, const char *name, struct error *err);
void image_close(struct image *image);

/* Is there a folder entry that this absolute path lies in? */
bool image_covers(const struct image *image, const char *path);

bool image_name_is_good(const char *name);

/* Does it share files, and so the kernel's page cache, with the host? */
bool image_shares_host_files(const char *name);
