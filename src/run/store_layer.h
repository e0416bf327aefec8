/*
 * Folders of the store: what a toolchain makes once, from nothing but itself, and every compiler
 * that comes later can look up, such as Go's compiled standard library. KEY.layer is such a folder.
 *
 * It is made by a box that had no source of anybody's in it, brought out while it has a name that
 * tells its maker, and renamed when it is whole; makers that died are swept. Boxes see it
 * read-only, through an overlay, as any input.
 */
#pragma once

#include "run/store.h"

struct store_making {
    struct store *store;
    int folder; /* -1: none */
    char name[160];
};

/* -1: it is not there. The caller closes it. */
int store_layer_open(struct store *store, const struct store_key *key);

[[nodiscard]] bool store_layer_begin(struct store_making *ret_making, struct store *store,
                                     struct error *err);

/* It is whole. One that is there already stays. */
[[nodiscard]] bool store_layer_put(struct store_making *making, const struct store_key *key,
                                   struct error *err);

/* What was not put is gone. Also of a making that was never begun, but set to folder -1. */
void store_layer_drop(struct store_making *making);

/* Sweeps after the dead, and keeps the few that were used lately: or none at all. */
void store_layer_tidy(struct store *store, bool all);
