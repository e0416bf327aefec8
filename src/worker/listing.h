/*
 * The files of a tree, in the order of their names: what .gitignore files say is honoured, links
 * are not followed, folders of tools and of others' code are passed over. What was left out is
 * counted.
 */
#pragma once

#include "base/arena.h"
#include "base/error.h"
#include "base/str.h"
#include "model/left_out.h"
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
    struct left_out left_out; /* cut: there were more than LISTING_FILES_MAX */
    struct arena *arena;
};

/* NAME, word: what of a tree is listed */
#define LISTING_REACHES(X)                                                                         \
    X(OWN, "own")     /* the project's own files */                                                \
    X(ALL, "all")     /* vendored and ignored ones, too */                                         \
    X(EVERY, "every") /* and what version control keeps for itself */

enum listing_reach {

#define X(name, word) LISTING_##name,
    LISTING_REACHES(X)
#undef X
};

bool listing_read_reach(struct str word, enum listing_reach *ret);

[[nodiscard]] bool listing_make(struct listing *ret, int tree, enum listing_reach reach,
                                struct arena *arena, struct error *err);
void listing_done(struct listing *listing);
