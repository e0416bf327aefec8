/* A berth: a founded slot of the pool, from its founding until it is given up. */
#include <stdlib.h>
#include <sys/epoll.h>

#include "base/clock.h"
#include "base/mem.h"
#include "sandbox/pool_private.h"
#include "sys/fd.h"

struct berth *berth_find(struct pool *pool, enum berth_state state, const struct brood *brood)
{
    for (struct berth *b = pool->berths; b != NULL; b = b->next)
        if (b->state == state && (state < BERTH_COMING || b->brood == brood))
            return b;
    return NULL;
}

struct berth *berth_of(struct pool *pool, const struct slot *slot)
{
    for (struct berth *b = pool->berths; b != NULL; b = b->next)
        if (b->slot == slot)
            return b;
    return NULL;
}

void berth_remove(struct berth *berth)
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

void berth_empty(struct berth *berth)
{
    struct error err;
    if (slot_vacate(berth->slot, &err)) {
        berth->state = BERTH_EMPTY;
    } else {
        berth_remove(berth);
    }
}

void berth_ignore(struct berth *berth)
{
    loop_clear_timer(berth->pool->loop, &berth->patience);
    loop_remove(berth->pool->loop, berth->slot->talk);
}

static void fail_berth(struct berth *berth)
{
    struct pool *pool = berth->pool;
    brood_rest(berth->brood, clock_now_ns());
    berth_ignore(berth);
    if (slot_is_founded(berth->slot))
        berth_empty(berth);
    else
        berth_remove(berth);
    pool_fill(pool);
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
    struct mother *mother = pool_mother(berth->pool, berth->brood);
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
    berth_ignore(berth);
    berth_empty(berth); /* of its founder */
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
    case SLOT_TERMINAL:
    case SLOT_ENDED:
    case SLOT_SILENCE:
        fail_berth(berth);
        return;
    }
    pool_fill(berth->pool);
}

bool berth_found(struct pool *pool, struct slot *slot, struct brood *brood, struct error *err)
{
    struct berth *berth = mem_alloc(sizeof *berth);
    *berth = (struct berth){.pool = pool, .next = pool->berths, .slot = slot, .brood = brood};
    pool->berths = berth;
    pool->berth_count++;
    be_patient(berth);
    if (loop_add(pool->loop, slot->talk, EPOLLIN, on_talk, berth, err))
        return true;
    berth_remove(berth);
    return false;
}

bool berth_populate(struct berth *berth, struct brood *brood, struct error *err)
{
    struct pool *pool = berth->pool;
    struct mother *mother = pool_mother(pool, brood);
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
