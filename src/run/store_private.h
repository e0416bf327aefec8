/* What the parts of the store share: store.c its entries, store_tidy.c the folder as a whole. */
#pragma once

#include "run/store.h"

struct store {
    int folder;
    int64_t bytes_max;
    struct held *first; /* what is in memory, the lately used first */
    size_t held_bytes;
    unsigned arrivals;
};

#define STORE_LOCK_ENDING ".lock"

/* 64 small hexadecimal digits. */
bool store_name_is_entry(const char *name);

/* Removes what is too much, and locks that nobody holds. What cannot be removed stays. */
void store_tidy(struct store *store);

/* The lock of one who died; one that somebody holds stays. */
void store_remove_dead_lock(const struct store *store, const char *name);

/* What an entry says about itself, unchecked, as a text; false: it is none. */
bool store_read_language(struct store *store, const char *name, char ret_language[16]);
