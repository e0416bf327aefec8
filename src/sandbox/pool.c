#include "sandbox/pool.h"

#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/mem.h"
#include "sandbox/brood.h"
#include "sandbox/image.h"
#include "sandbox/maternity.h"
#include "sandbox/parked.h"
#include "sandbox/zygote.h"
#include "sys/fd.h"

/* A mother is renewed now and then: all whom she bears have the same layout of memory. */
enum {
    AHEAD = 2,
    BIRTHS_MAX = 2000, /* of one mother */
    SLOTS_MAX = 1024,
    SLOT_FILES = 24,
    BIRTH_MS = 30000
};

enum berth_state { BERTH_FOUNDING, BERTH_EMPTY, BERTH_COMING, BERTH_WAITING, BERTH_OUT };

/* One founded slot and what it is at. */
struct berth {
    struct pool *pool;
    struct berth *next;
    struct slot *slot;
    enum berth_state state;
    struct brood *brood; /* of the occupant, from COMING on; NULL: one that is no more */
    bool said_waiting;
    struct loop_timer patience; /* while it is FOUNDING or COMING */
    pid_t mother;               /* who was ordered to bear the occupant */
};

struct pool {
    struct sandbox_host *host;
    struct loop *loop;
    struct slot *spare;
    struct image image; /* of all founded slots */
    bool active;
    struct broods broods;
    struct berth *berths;
    int berth_count, berths_max;
    struct loop_timer work;
    int64_t birth_ms;
    unsigned births_max;
};

static const char *const pool_image = "host";

static void work(void *cookie);

static void work_soon(struct pool *pool)
{
    loop_set_timer(pool->loop, &pool->work, 0, work, pool);
}

static struct brood *brood_of(struct pool *pool, enum warm kind)
{
    return &pool->broods.list[kind];
}

static struct berth *find(struct pool *pool, enum berth_state state, const struct brood *brood)
{
    for (struct berth *b = pool->berths; b != NULL; b = b->next)
        if (b->state == state && (state < BERTH_COMING || b->brood == brood))
            return b;
    return NULL;
}

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

/* The launcher bears those, too, who then execute a runtime. */
static struct mother *mother_of(struct pool *pool, struct brood *brood)
{
    return warm_is_parked(brood->kind) ? &brood_of(pool, WARM_COMMAND)->mother : &brood->mother;
}

/* ---- berths --------------------------------------------------------------------------------- */

static void remove_berth(struct berth *berth)
{
    struct pool *pool = berth->pool;
    for (struct berth **at = &pool->berths; *at != NULL; at = &(*at)->next) {
        if (*at == berth) {
            *at = berth->next;
            break;
        }
    }
    pool->berth_count--;
    loop_clear_timer(pool->loop, &berth->patience);
    if (berth->state != BERTH_OUT)
        loop_remove(pool->loop, berth->slot->talk);
    slot_free(berth->slot);
    free(berth);
}

static void empty_berth(struct berth *berth)
{
    struct error err; /* a slot that cannot be cleaned is given up, and another one founded */
    if (slot_vacate(berth->slot, &err)) {
        berth->state = BERTH_EMPTY;
    } else {
        remove_berth(berth);
    }
}

static void fail_berth(struct berth *berth)
{
    struct pool *pool = berth->pool;
    brood_rest(berth->brood, clock_now_ns());
    loop_clear_timer(pool->loop, &berth->patience);
    loop_remove(pool->loop, berth->slot->talk);
    if (slot_is_founded(berth->slot))
        empty_berth(berth);
    else
        remove_berth(berth);
    work_soon(pool);
}

/* A runtime that was born and does not wait yet is slow by itself. */
static bool is_mothers_fault(const struct berth *berth, const struct mother *mother)
{
    return berth->state == BERTH_COMING && mother->pid == berth->mother &&
           !(warm_is_parked(berth->brood->kind) && berth->slot->pid > 0);
}

/* Whoever could tell of it has been ended, or stopped, by somebody else. */
static void on_overdue(void *cookie)
{
    struct berth *berth = cookie;
    struct mother *mother = mother_of(berth->pool, berth->brood);
    if (is_mothers_fault(berth, mother))
        maternity_kill(mother);
    fail_berth(berth);
}

static void be_patient(struct berth *berth)
{
    struct pool *pool = berth->pool;
    int64_t until_ns = clock_now_ns() + pool->birth_ms * INT64_C(1000000);
    loop_set_timer(pool->loop, &berth->patience, until_ns, on_overdue, berth);
}

void pool_limit_births(struct pool *pool, int64_t ms)
{
    pool->birth_ms = ms;
}

void pool_renew_mothers(struct pool *pool, unsigned births)
{
    pool->births_max = births;
}

static void become_waiting(struct berth *berth)
{
    if (!berth->said_waiting || berth->slot->pid == 0)
        return;
    berth->state = BERTH_WAITING;
    loop_clear_timer(berth->pool->loop, &berth->patience);
    berth->brood->rest_ms = 0;
}

static void become_founded(struct berth *berth)
{
    loop_remove(berth->pool->loop, berth->slot->talk);
    loop_clear_timer(berth->pool->loop, &berth->patience);
    empty_berth(berth); /* of its founder */
}

static void on_talk(void *cookie)
{
    struct berth *berth = cookie;
    struct slot_message message;
    struct error err;
    /* who waits has nothing to say: it has died */
    if (berth->state == BERTH_WAITING || !slot_hear(berth->slot, &message, &err)) {
        fail_berth(berth);
        return;
    }
    fd_close_at(&message.fd);
    switch (message.news) {
    case SLOT_FOUNDED:
        become_founded(berth);
        break;
    case SLOT_WAITING:
        berth->said_waiting = true;
        become_waiting(berth);
        break;
    case SLOT_BORN:
        become_waiting(berth);
        break;
    case SLOT_READY:
    case SLOT_BEGUN:
    case SLOT_FAILED:
    case SLOT_LISTENER:
    case SLOT_ENDED:
    case SLOT_SILENCE:
        fail_berth(berth);
        return;
    }
    work_soon(berth->pool);
}

/* ---- filling -------------------------------------------------------------------------------- */

static bool found_one(struct pool *pool, struct brood *brood, struct error *err)
{
    struct slot *slot = slot_found(pool->host, pool_image, err);
    if (slot == NULL)
        return false;
    struct berth *berth = mem_alloc(sizeof *berth);
    *berth = (struct berth){.pool = pool, .next = pool->berths, .slot = slot, .brood = brood};
    pool->berths = berth;
    pool->berth_count++;
    be_patient(berth);
    if (loop_add(pool->loop, slot->talk, EPOLLIN, on_talk, berth, err))
        return true;
    remove_berth(berth);
    return false;
}

static bool start_mother(struct pool *pool, struct brood *brood, struct error *err)
{
    struct mother *mother = mother_of(pool, brood);
    if (mother->births >= pool->births_max)
        maternity_end(mother);
    if (maternity_is_alive(mother))
        return true;
    return brood->kind == WARM_COMMAND || warm_is_parked(brood->kind)
               ? maternity_start_launcher(mother, pool->host, err)
               : zygote_start(mother, pool->host, brood->kind, brood->seed, err);
}

static bool populate(struct berth *berth, struct brood *brood, struct error *err)
{
    struct pool *pool = berth->pool;
    if (!start_mother(pool, brood, err))
        return false;
    struct mother *mother = mother_of(pool, brood);
    berth->brood = brood;
    berth->said_waiting = false;
    if (!slot_populate(berth->slot, mother, brood->kind, err)) {
        maternity_end(mother);
        return false;
    }
    berth->state = BERTH_COMING;
    berth->mother = mother->pid;
    be_patient(berth);
    return loop_add(pool->loop, berth->slot->talk, EPOLLIN, on_talk, berth, err);
}

/* A runtime that waits has some 50 MiB; and who warms up takes processor time. */
static int parked_at_most(void)
{
    enum { EACH_MIB = 64, PART = 16, PARKED_MAX = 16 };

    int64_t mib = (int64_t)sysconf(_SC_PHYS_PAGES) * sysconf(_SC_PAGESIZE) >> 20;
    int64_t fit = mib / PART / EACH_MIB;
    return fit < 1 ? 1 : fit > PARKED_MAX ? PARKED_MAX : (int)fit;
}

/* As many of one kind as are to be there or on their way. */
static int target_of(const struct pool *pool, const struct brood *brood,
                     const struct pool_state *now)
{
    int target = brood->wanted > now->at_work + AHEAD ? brood->wanted : now->at_work + AHEAD;
    if (!warm_is_parked(brood->kind))
        return target;
    int most = parked_at_most(), coming = 0;
    for (enum warm other = WARM_NODE; other < WARM_COUNT; other++)
        coming += pool_state(pool, other).coming;
    if (coming >= (int)sysconf(_SC_NPROCESSORS_ONLN))
        return 0;
    return target < most ? target : most;
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
    struct berth *empty = find(pool, BERTH_EMPTY, brood);
    bool ok = true;
    if (empty != NULL)
        ok = populate(empty, brood, &err);
    else if (find(pool, BERTH_FOUNDING, brood) != NULL || pool->berth_count >= pool->berths_max)
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
    brood_of(pool, kind)->wanted = count;
    work_soon(pool);
    return true;
}

/* ---- taking and giving back ----------------------------------------------------------------- */

/* What a founded slot's tree cannot show: it has no more of the host than its image. */
static bool fits(const struct pool *pool, const struct box_spec *spec)
{
    if (!pool->active || spec->cold || spec->explain || strcmp(spec->image, pool_image) != 0)
        return false;
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
        b->brood = b->state == BERTH_FOUNDING ? brood_of(pool, WARM_COMMAND) : NULL;
        if (!is_here)
            continue;
        loop_clear_timer(pool->loop, &b->patience);
        loop_remove(pool->loop, b->slot->talk);
        empty_berth(b);
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
        brood->wanted = AHEAD;
    return brood;
}

struct slot *pool_take(struct pool *pool, const struct box_spec *spec, struct error *err)
{
    struct berth *berth = NULL;
    if (fits(pool, spec)) {
        const struct brood *brood = note_demand(pool, spec);
        if (brood != NULL && (!warm_is_parked(spec->warm) || parked_fits(spec)))
            berth = find(pool, BERTH_WAITING, brood);
        if (berth == NULL)
            berth = find(pool, BERTH_WAITING, brood_of(pool, WARM_COMMAND));
    }
    work_soon(pool);
    if (berth == NULL)
        return take_cold(pool, spec->image, err);
    loop_remove(pool->loop, berth->slot->talk);
    berth->state = BERTH_OUT;
    berth->slot->occupant = berth->brood->kind;
    return berth->slot;
}

static struct berth *berth_of(struct pool *pool, const struct slot *slot)
{
    for (struct berth *b = pool->berths; b != NULL; b = b->next)
        if (b->slot == slot)
            return b;
    return NULL;
}

void pool_put(struct pool *pool, struct slot *slot)
{
    struct berth *berth = berth_of(pool, slot);
    if (berth == NULL) {
        slot_free(slot);
        return;
    }
    empty_berth(berth);
    work_soon(pool);
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

struct pool *pool_new(struct sandbox_host *host, struct loop *loop, struct error *err)
{
    struct pool *pool = mem_alloc(sizeof *pool);
    *pool = (struct pool){
        .host = host,
        .loop = loop,
        .birth_ms = BIRTH_MS,
        .births_max = BIRTHS_MAX,
        .berths_max = count_berths(),
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
        remove_berth(pool->berths);
    if (pool->active)
        image_close(&pool->image);
    slot_free(pool->spare);
    free(pool);
}
