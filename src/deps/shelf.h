/*
 * Installed packages, in our state folder. A *layer* is a folder of packages, read-only for whoever
 * uses it, named by what it holds: the digest of the resolved lock, the runtime, and every file. A
 * *wish* (wish.h) remembers by its key which layer it led to, and the lock, so that it can be had
 * again, and without the network while the layer is there.
 *
 *   lasting: deps/KEY.json      which layer, what was asked for, when
 *            deps/KEY.lock      as the installer of its kind writes it
 *   cache:   layers/ID/tree     the packages; beside it `packages`, a line each, and about.json
 *
 * A layer is made in an unfinished folder and moved to its place when it is whole. Who uses one
 * holds a shared lock on its folder; what nobody holds may be removed, the longest unused first,
 * when all of them together outgrow their bound.
 */
#pragma once

#include "base/arena.h"
#include "base/buf.h"
#include "base/error.h"
#include "base/sha256.h"
#include "deps/wish.h"

enum { SHELF_LOCK_BYTES_MAX = 16 << 20, SHELF_PACKAGES_BYTES_MAX = 1 << 20 };

struct shelf {
    int wishes, layers;
    const char *path; /* of the layers */
};

struct layer {
    char id[SHA256_HEX];
    const char *tree; /* a path; NULL: there is none */
    int hold;         /* a shared lock, until it is closed */
};

[[nodiscard]] bool shelf_open(struct shelf *shelf, struct arena *arena, struct error *err);
void shelf_close(struct shelf *shelf);

/* The layer that the wish has led to, if it is still there; held, and marked as used now. */
struct layer shelf_find(const struct shelf *shelf, const char *key, struct arena *arena);

/* Whoever is about to install waits here for others who install the same; the lock is the fd. */
[[nodiscard]] int shelf_lock_wish(const struct shelf *shelf, const char *key, bool *ret_waited,
                                  struct error *err);

/* What the wish was resolved to; false if it never was. */
bool shelf_read_lock(const struct shelf *shelf, const char *key, struct buf *out);

/* A layer in the making. */
struct nascent {
    char name[96]; /* of the unfinished folder; empty: none */
    int folder, tree;
    int64_t files, bytes;
};

[[nodiscard]] bool shelf_begin(const struct shelf *shelf, struct nascent *ret, struct error *err);

/* Makes it the layer of this wish, or takes the same that is there already, and holds it. */
[[nodiscard]] bool shelf_finish(const struct shelf *shelf, const struct wish *wish,
                                struct nascent *nascent, struct str lock, struct str packages,
                                struct arena *arena, struct layer *ret_layer, struct error *err);

/* Removes what was begun and not finished. */
void shelf_drop(const struct shelf *shelf, struct nascent *nascent);

/* ---- looking and removing -------------------------------------------------------------------- */

struct layer_note {
    char id[SHA256_HEX];
    const char *kind, *runtime, *digest, *packages;
    int64_t bytes, files, made_s, used_s;
    bool in_use;
};

[[nodiscard]] bool shelf_list(const struct shelf *shelf, struct arena *arena,
                              struct layer_note **ret_notes, int *ret_count, struct error *err);

/* False with ERROR_INPUT: somebody uses it. */
[[nodiscard]] bool shelf_remove(const struct shelf *shelf, const char *id, struct error *err);

/* Down to this many bytes, and what crashes have left; the number of removed layers comes back. */
[[nodiscard]] bool shelf_prune(const struct shelf *shelf, int64_t bytes_max, int *ret_removed,
                               struct error *err);

/* Is every file still what it was? */
[[nodiscard]] bool shelf_check(const struct shelf *shelf, const struct layer_note *note,
                               bool *ret_good, struct error *err);
