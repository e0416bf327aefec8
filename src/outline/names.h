/*
 * A table from names to numbers, of which one name may have several: they come back in the order in
 * which they were added. Names are lent. Hashes are seeded, so that no stranger can choose names
 * that all meet in one slot.
 */
#pragma once

#include "base/str.h"
#include <stdint.h>

struct names_item {
    struct str name;
    uint32_t number, next;
};

struct names {
    struct names_item *items; /* from 1 */
    uint32_t *slots, *lasts;
    uint32_t count, room, slot_count;
    uint64_t seed;
};

/* For no more than so many. */
void names_init(struct names *names, uint32_t room);
void names_done(struct names *names);
void names_add(struct names *names, struct str name, uint32_t number);

/* The first item of that name, or NULL; then the next of the same. */
const struct names_item *names_find(const struct names *names, struct str name);
const struct names_item *names_next(const struct names *names, const struct names_item *item);
