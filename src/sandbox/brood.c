#include "sandbox/brood.h"

#include <assert.h>
#include <stddef.h>

enum { REST_MS_MIN = 10, REST_MS_MAX = 10000, KEPT_MS = 2000 };

void broods_init(struct broods *broods)
{
    *broods = (struct broods){};
    for (int i = 0; i < BROOD_COUNT; i++)
        broods->list[i] = (struct brood){.kind = i < WARM_COUNT ? (enum warm)i : WARM_COMMAND,
                                         .mother.socket = -1};
}

static bool is_same(struct hash_seed a, struct hash_seed b)
{
    return a.state == b.state && a.value == b.value;
}

struct brood *brood_find(struct broods *broods, enum warm kind, struct hash_seed seed)
{
    if (seed.state == HASH_SEED_UNSET)
        return &broods->list[kind];
    for (int i = WARM_COUNT; i < BROOD_COUNT; i++)
        if (broods->list[i].kind == kind && is_same(broods->list[i].seed, seed))
            return &broods->list[i];
    return NULL;
}

/* Was it asked for before? From now on it was. */
static bool is_known(struct broods *broods, enum warm kind, struct hash_seed seed)
{
    for (int i = 0; i < BROOD_NOVICES; i++)
        if (broods->novices[i].kind == kind && is_same(broods->novices[i].seed, seed))
            return true;
    unsigned place = broods->novice_count++ % BROOD_NOVICES;
    broods->novices[place].kind = kind;
    broods->novices[place].seed = seed;
    return false;
}

/* One that is not in use has never been used. */
static struct brood *least_used(struct broods *broods)
{
    struct brood *least = &broods->list[WARM_COUNT];
    for (int i = WARM_COUNT; i < BROOD_COUNT; i++)
        if (broods->list[i].used_ns < least->used_ns)
            least = &broods->list[i];
    return least;
}

struct brood *brood_admit(struct broods *broods, enum warm kind, struct hash_seed seed,
                          int64_t now_ns)
{
    assert(seed.state == HASH_SEED_FIXED);
    if (!is_known(broods, kind, seed))
        return NULL;
    struct brood *least = least_used(broods);
    bool is_free = least->seed.state == HASH_SEED_UNSET;
    return is_free || now_ns - least->used_ns >= KEPT_MS * INT64_C(1000000) ? least : NULL;
}

void brood_become(struct brood *brood, enum warm kind, struct hash_seed seed)
{
    assert(brood->mother.pid <= 0);
    *brood = (struct brood){.kind = kind, .seed = seed, .mother.socket = -1};
}

void brood_rest(struct brood *brood, int64_t now_ns)
{
    brood->rest_ms = brood->rest_ms == 0 ? REST_MS_MIN : brood->rest_ms * 2;
    if (brood->rest_ms > REST_MS_MAX)
        brood->rest_ms = REST_MS_MAX;
    brood->rests_until_ns = now_ns + brood->rest_ms * INT64_C(1000000);
}
