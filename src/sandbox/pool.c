#include "sandbox/pool.h"

#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/mem.h"
#include "model/runtime.h"
#include "sandbox/parked.h"
#include "sandbox/pool_private.h"
#include "sandbox/zygote.h"

/* A mother is renewed now and then: all whom she bears have the same layout of memory. */
enum { BIRTHS_MAX = 2000, SLOTS_MAX = 1024, SLOT_FILES = 24, BIRTH_MS = 30000 };

const char pool_image[] = "host";

static bool is_possible(enum warm kind)
{
    return warm_is_parked(kind) ? parked_is_possible(kind) : zygote_is_possible(kind);
}

bool pool_want(struct pool *pool, enum warm kind, int count, struct error *err)
{
    if (!pool->active && !image_open(&pool->image, pool_image, err))
        return error_stage(err, "image");
    if (count < 0 || count > POOL_WANT_MAX)
        return error_set(err, ERROR_LIMIT, "at most %d boxes can wait", POOL_WANT_MAX);
    pool->active = true;
    if (kind != WARM_COMMAND && !is_possible(kind))
        return true; /* then a command in a pooled box is what there is */
    pool_brood(pool, kind)->wanted = count;
    pool_fill(pool);
    return true;
}

void pool_limit_births(struct pool *pool, int64_t ms)
{
    pool->birth_ms = ms;
}

void pool_renew_mothers(struct pool *pool, unsigned births)
{
    pool->births_max = births;
}

/* ---- taking and giving back ----------------------------------------------------------------- */

static bool may_wait(const struct pool *pool, const struct box_spec *spec)
{
    return pool->active && !spec->cold && !spec->explain && strcmp(spec->image, pool_image) == 0;
}

/* What a founded slot's tree cannot show: it has no more of the host than its image. */
static bool inputs_fit(const struct pool *pool, const struct box_spec *spec)
{
    for (uint32_t i = 0; i < spec->input_count; i++) {
        const struct box_input *input = &spec->inputs[i];
        if (!image_covers(&pool->image, input->target) &&
            (input->kind != BOX_INPUT_FOLDER || pool->host->mode != MODE_ROOT))
            return false;
    }
    return true;
}

/* The spare one when it fits; the first box of a broker finds it all but ready. */
static struct slot *take_cold(struct pool *pool, const char *image, struct error *err)
{
    struct slot *spare = pool->spare;
    pool->spare = NULL;
    if (spare != NULL && strcmp(spare->image, image) == 0)
        return spare;
    slot_free(spare);
    return slot_new(pool->host, image, err);
}

/* Nobody of it is left but those at work, who belong to nobody now. */
static void dissolve(struct pool *pool, struct brood *brood)
{
    maternity_end(&brood->mother); /* first, so that each slot has heard of its birth */
    for (struct berth *b = pool->berths, *next; b != NULL; b = next) {
        next = b->next;
        if (b->brood != brood)
            continue;
        bool is_here = b->state == BERTH_COMING || b->state == BERTH_WAITING;
        b->brood = b->state == BERTH_FOUNDING ? pool_brood(pool, WARM_COMMAND) : NULL;
        if (!is_here)
            continue;
        berth_ignore(b);
        berth_empty(b);
    }
}

static struct brood *brood_for(struct pool *pool, enum warm kind, struct hash_seed seed)
{
    struct brood *brood = brood_find(&pool->broods, kind, seed);
    if (brood != NULL)
        return brood;
    brood = brood_admit(&pool->broods, kind, seed, clock_now_ns());
    if (brood == NULL)
        return NULL;
    dissolve(pool, brood);
    brood_become(brood, kind, seed);
    return brood;
}

/* What was asked for will be again. NULL: what was asked for does not wait here. */
static struct brood *note_demand(struct pool *pool, const struct box_spec *spec)
{
    enum warm kind = spec->warm;
    struct hash_seed seed = {};
    if (kind == WARM_PYTHON || kind == WARM_PYTEST)
        seed = runtime_hash_seed(&spec->env);
    if (seed.state == HASH_SEED_OTHER || !(kind == WARM_COMMAND || is_possible(kind)))
        return NULL;
    struct brood *brood = brood_for(pool, kind, seed);
    if (brood == NULL)
        return NULL;
    brood->used_ns = clock_now_ns();
    if (brood->wanted == 0)
        brood->wanted = POOL_AHEAD;
    return brood;
}

struct slot *pool_take(struct pool *pool, const struct box_spec *spec, struct error *err)
{
    struct berth *berth = NULL;
    bool fits = may_wait(pool, spec) && inputs_fit(pool, spec);
    if (fits || (may_wait(pool, spec) && spec->warm == WARM_READER)) {
        const struct brood *brood = note_demand(pool, spec);
        if (brood != NULL && (!warm_is_parked(spec->warm) || parked_fits(spec)))
            berth = berth_find(pool, BERTH_WAITING, brood);
        if (berth == NULL && fits)
            berth = berth_find(pool, BERTH_WAITING, pool_brood(pool, WARM_COMMAND));
    }
    if (berth == NULL) {
        pool_fill(pool);
        return take_cold(pool, spec->image, err);
    }
    berth_ignore(berth);
    berth->state = BERTH_OUT;
    berth->slot->occupant = berth->brood->kind;
    if (berth_find(pool, BERTH_WAITING, berth->brood) != NULL)
        pool_fill_soon(pool);
    else
        pool_fill(pool);
    return berth->slot;
}

void pool_put(struct pool *pool, struct slot *slot)
{
    struct berth *berth = berth_of(pool, slot);
    if (berth == NULL) {
        slot_free(slot);
        return;
    }
    berth_empty(berth);
    pool_fill(pool);
}

/* ---- the whole ------------------------------------------------------------------------------ */

/* So that there are descriptors left for boxes at work. */
static int count_berths(void)
{
    struct rlimit files;
    if (getrlimit(RLIMIT_NOFILE, &files) < 0 || files.rlim_cur / SLOT_FILES > SLOTS_MAX)
        return SLOTS_MAX;
    return files.rlim_cur > SLOT_FILES ? (int)(files.rlim_cur / SLOT_FILES) : 1;
}

/* A runtime that waits has some 50 MiB; and who warms up takes processor time. */
static int parked_at_most(void)
{
    enum { EACH_MIB = 64, PART = 16, PARKED_MAX = 16 };

    int64_t mib = (int64_t)sysconf(_SC_PHYS_PAGES) * sysconf(_SC_PAGESIZE) >> 20;
    int64_t fit = mib / PART / EACH_MIB;
    return fit < 1 ? 1 : fit > PARKED_MAX ? PARKED_MAX : (int)fit;
}

struct pool *pool_new(struct sandbox_host *host, struct loop *loop, struct error *err)
{
    struct pool *pool = mem_alloc(sizeof *pool);
    *pool = (struct pool){
        .host = host,
        .loop = loop,
        .birth_ms = BIRTH_MS,
        .births_max = BIRTHS_MAX,
        .berths_max = count_berths(),
        .parked_max = parked_at_most(),
        .warming_max = (int)sysconf(_SC_NPROCESSORS_ONLN),
    };
    broods_init(&pool->broods);
    pool->spare = slot_new(host, pool_image, err);
    if (pool->spare != NULL)
        return pool;
    free(pool);
    return NULL;
}

void pool_free(struct pool *pool)
{
    if (pool == NULL)
        return;
    loop_clear_timer(pool->loop, &pool->work);
    /* first, so that no birth is under way any more and each slot hears of its own */
    for (int i = 0; i < BROOD_COUNT; i++)
        maternity_end(&pool->broods.list[i].mother);
    while (pool->berths != NULL)
        berth_remove(pool->berths);
    if (pool->active)
        image_close(&pool->image);
    slot_free(pool->spare);
    free(pool);
}
