/*
 * The files of a tree, in the order of their names: what .gitignore files say is honoured, links
 * are not followed, folders of tools and of others' code are passed over. What was left out is
 * counted.
 */
#pragma once

#include "base/arena.h"
#include "base/error.h"
#include <stdint.h>

enum { LISTING_FILES_MAX = 200000, LISTING_PATH_MAX = 4096, LISTING_BYTES_MAX = 192 << 20 };

struct listed {
    const char *path; /* below the tree */
    int64_t bytes, changed_ns;
    bool executable;
};

struct listing {
    struct listed *files;
    uint32_t count, room;
    uint32_t ignored, vendored, links, special; /* names that were left out */
    bool cut;                                   /* there were more than LISTING_FILES_MAX */
    bool deep;                                  /* or names that are too long or too deep */
    struct arena *arena;
};

/* `all`: vendored and ignored files, too, but never what version control keeps for itself. */
[[nodiscard]] bool listing_make(struct listing *ret, int tree, bool all, struct arena *arena,
                                struct error *err);
void listing_done(struct listing *listing);
