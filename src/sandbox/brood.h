/*
 * A brood is all that a pool keeps of one kind: those who wait, those on their way, and the mother
 * who bears them. There is one for each kind. Interpreters whose caller sets the hash seed need
 * mothers of their own, because a seed is fixed when an interpreter starts: there is one brood for
 * each of the few seeds that were asked for again lately.
 *
 * A seed gets a brood when it is asked for a second time, since a seed that is never asked for
 * again would cost the start of an interpreter for nothing. When there is no room, the brood whose
 * last use is longest ago gives way, unless that was a moment ago: then too many seeds are in use,
 * and nobody would ever be warm.
 */
#pragma once

#include "model/box.h"
#include "model/runtime.h"
#include "sandbox/maternity.h"

struct brood {
    enum warm kind;
    struct hash_seed seed;
    struct mother mother;
    int wanted;
    int64_t used_ns;
    int rest_ms; /* after a failure: 0 when the last attempt went well */
    int64_t rests_until_ns;
};

enum { BROOD_SEEDS_MAX = 4, BROOD_COUNT = WARM_COUNT + BROOD_SEEDS_MAX, BROOD_NOVICES = 16 };

struct broods {
    struct brood list[BROOD_COUNT]; /* first that of each kind, by enum warm */

    /* what was asked for once, the oldest gives way */
    struct {
        enum warm kind;
        struct hash_seed seed;
    } novices[BROOD_NOVICES];

    unsigned novice_count;
};

void broods_init(struct broods *broods);

/* NULL: nobody of this kind was started with this seed. */
struct brood *brood_find(struct broods *broods, enum warm kind, struct hash_seed seed);

/* Somebody asks for a kind with a seed that has no brood. The brood that is to become it, so far
 * unused or another's; NULL: not yet. */
struct brood *brood_admit(struct broods *broods, enum warm kind, struct hash_seed seed,
                          int64_t now_ns);

/* Its mother must have ended, and nobody may belong to it any more. */
void brood_become(struct brood *brood, enum warm kind, struct hash_seed seed);

/* Longer and longer, so that what cannot be does not keep us busy. */
void brood_rest(struct brood *brood, int64_t now_ns);
