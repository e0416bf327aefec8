/* How a pool comes to hold what is wanted of it: who is to wait, and the next step towards that. */
#include "base/clock.h"
#include "sandbox/pool_private.h"
#include "sandbox/zygote.h"

static const int64_t soon_ns =
    10000000; /* most boxes are over by then, and their end is an occasion, too */

static struct pool_state state_of(const struct pool *pool, const struct brood *brood)
{
    struct pool_state state = {.wanted = brood->wanted};
    for (const struct berth *b = pool->berths; b != NULL; b = b->next) {
        if (b->brood != brood || b->state < BERTH_COMING)
            continue;
        state.coming += b->state == BERTH_COMING;
        state.waiting += b->state == BERTH_WAITING;
        state.at_work += b->state == BERTH_OUT;
    }
    return state;
}

struct pool_state pool_state(const struct pool *pool, enum warm kind)
{
    return state_of(pool, &pool->broods.list[kind]);
}

static bool found_one(struct pool *pool, struct brood *brood, struct error *err)
{
    struct slot *slot = slot_found(pool->host, pool_image, err);
    return slot != NULL && berth_found(pool, slot, brood, err);
}

static bool start_mother(struct pool *pool, struct brood *brood, struct error *err)
{
    struct mother *mother = pool_mother(pool, brood);
    if (mother->births >= pool->births_max)
        maternity_end(mother);
    if (maternity_is_alive(mother))
        return true;
    return brood->kind == WARM_COMMAND || warm_is_parked(brood->kind)
               ? maternity_start_launcher(mother, pool->host, err)
               : zygote_start(mother, pool->host, brood->kind, brood->seed, err);
}

/* As many of one kind as are to be there or on their way. */
static int target_of(const struct pool *pool, const struct brood *brood,
                     const struct pool_state *now)
{
    int target =
        brood->wanted > now->at_work + POOL_AHEAD ? brood->wanted : now->at_work + POOL_AHEAD;
    if (!warm_is_parked(brood->kind))
        return target;
    int coming = 0;
    for (enum warm other = WARM_NODE; other < WARM_COUNT; other++)
        coming += pool_state(pool, other).coming;
    if (coming >= pool->warming_max)
        return 0;
    return target < pool->parked_max ? target : pool->parked_max;
}

/* One step towards what is wanted of this kind. False: there is nothing to do. */
static bool step(struct pool *pool, struct brood *brood)
{
    struct pool_state now = state_of(pool, brood);
    int target = target_of(pool, brood, &now);
    struct error err;
    if (brood->wanted == 0 || now.waiting + now.coming >= target ||
        clock_now_ns() < brood->rests_until_ns)
        return false;
    struct berth *empty = berth_find(pool, BERTH_EMPTY, brood);
    bool ok = true;
    if (empty != NULL)
        ok = start_mother(pool, brood, &err) && berth_populate(empty, brood, &err);
    else if (berth_find(pool, BERTH_FOUNDING, brood) != NULL ||
             pool->berth_count >= pool->berths_max)
        return false;
    else
        ok = found_one(pool, brood, &err);
    if (!ok)
        brood_rest(brood, clock_now_ns());
    return true;
}

static void work(void *cookie)
{
    struct pool *pool = cookie;
    int64_t next = INT64_MAX;
    for (int i = 0; i < BROOD_COUNT; i++) {
        struct brood *brood = &pool->broods.list[i];
        if (step(pool, brood))
            next = 0;
        else if (brood->rest_ms > 0 && brood->rests_until_ns < next)
            next = brood->rests_until_ns;
    }
    if (next < INT64_MAX)
        loop_set_timer(pool->loop, &pool->work, next, work, pool);
}

void pool_fill(struct pool *pool)
{
    loop_set_timer(pool->loop, &pool->work, 0, work, pool);
}

void pool_fill_soon(struct pool *pool)
{
    loop_advance_timer(pool->loop, &pool->work, clock_now_ns() + soon_ns, work, pool);
}
