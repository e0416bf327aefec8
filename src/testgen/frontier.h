/*
 * The frontier: compares that were seen to come out one way only. With each goes the goal that is
 * open and candidates that reach the compare.
 */
#pragma once

#include "testgen/search_private.h"

enum { FRONTIER_MAX = 96, FRONTIER_BASES = 4 };

struct frontier_part {
    uint32_t compare, goal; /* the open one */
    bool wanted;            /* how the compare would have to come out */
    const struct candidate *bases[FRONTIER_BASES];
    uint32_t base_count;
};

struct frontier {
    struct frontier_part parts[FRONTIER_MAX];
    uint32_t count;
};

/* Of one callable; different bases in each turn. */
void frontier_find(const struct search *search, uint32_t callable, uint32_t turn,
                   struct frontier *ret);

/* The bitmap for guest_run that watches one compare, or all of the frontier. */
struct str frontier_watch(struct arena *arena, const struct subject *subject,
                          const struct frontier_part *parts, uint32_t count);
