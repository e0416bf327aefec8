/*
 * What compilers have made, kept for the next run of the same: a folder that only its user may
 * enter, in it a file for each, named by its key (store_key.h).
 *
 * An entry comes to its place whole or not at all (arrival.h). It holds only what was taken by fd
 * from the work folder of a box of ours, after its compiler had ended well and everything in it was
 * dead, and what that compiler said. It begins with a digest over all the rest, its key included.
 * store_find reads it into memory of ours and checks that digest over what was read: the bytes that
 * were checked are the bytes that go into the box, whatever happens to the file meanwhile, and no
 * box sees a file of the store, which it could lock or watch. What does not check is removed, and
 * made again.
 *
 * The folder is bounded in bytes; what was used least lately goes first. Small programs stay in
 * memory, too, for as long as the store is open.
 *
 * Who is about to make an entry takes its turn; others may wait for him. Turns are locks of the
 * kernel's, so a death gives them back.
 */
#pragma once

#include "base/arena.h"
#include "base/error.h"
#include "base/str.h"
#include "run/store_key.h"
#include <stdint.h>

enum {
    STORE_PROGRAM_MAX = 128 << 20, /* what is larger is not kept */
    STORE_SAID_MAX = 64 << 10,     /* nor is what a compiler says more about */
    STORE_NAME_MAX = SHA256_HEX,
};

#define STORE_BYTES_USUAL (INT64_C(1) << 30)

struct store;

/* The folder must be the caller's alone; it is taken, also if that fails. */
[[nodiscard]] struct store *store_open(int folder, int64_t bytes_max, struct error *err);
void store_close(struct store *store);

/* ---- entries -------------------------------------------------------------------------------- */

/* Lent by the store until it is let go. */
struct stored {
    struct str program, out, err; /* what was made, and what the compiler said */
};

/* NULL: it is not there. */
const struct stored *store_find(struct store *store, const struct store_key *key);
void store_let_go(const struct stored *stored);

/* What a compiler made and said, read from its start. An entry that is there already stays. */
[[nodiscard]] bool store_put(struct store *store, const struct store_key *key, const char *language,
                             int program, struct str out, struct str said, struct error *err);

/* ---- turns ---------------------------------------------------------------------------------- */

struct store_turn {
    struct store *store;
    int lock; /* -1: not asked for yet */
    char name[STORE_NAME_MAX + 8];
};

enum store_turn_is {
    STORE_TURN_MINE,
    STORE_TURN_OTHERS,
    STORE_TURN_OVER, /* somebody had it and has ended it: the entry is there, or could not be */
};

void store_turn_init(struct store_turn *turn, struct store *store, const struct store_key *key);

/* Never waits. Where there can be no lock it is ours. */
enum store_turn_is store_turn_ask(struct store_turn *turn);

/* Whoever waits hears that it is over. Also if it was never ours. */
void store_turn_end(struct store_turn *turn);

/* ---- looking at it -------------------------------------------------------------------------- */

struct store_note {
    char name[STORE_NAME_MAX];
    char language[16];
    int64_t bytes, used_s; /* seconds since 1970 */
};

/* The lately used first. Files that are no entries are left out. */
[[nodiscard]] bool store_list(struct store *store, struct arena *arena,
                              struct store_note **ret_notes, uint32_t *ret_count,
                              struct error *err);

/* All entries, or those whose name begins so; how many were removed. */
[[nodiscard]] bool store_remove(struct store *store, const char *beginning, uint32_t *ret_count,
                                struct error *err);
