/*
 * Which programs were tried already, by a hash of 64 bits. It forgets all when it grows too large:
 * that costs repetitions, not more.
 */
#pragma once

#include "testgen/program.h"

struct seen {
    uint64_t *table; /* open addressing; 0: free */
    size_t count, room;
};

void seen_init(struct seen *seen);
void seen_done(struct seen *seen);

/* False if it was there. */
bool seen_add(struct seen *seen, const struct program *program);
