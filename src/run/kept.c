#include "run/kept.h"

#include "base/clock.h"
#include "run/store_key.h"

/* So often a run looks whether the other has done: little against any compiler. */
enum { LOOK_MS = 4, PATIENCE_MS = 5000 };

/* A program that this request's limits would not have let the compiler make is not for it. */
static bool fits(const struct plan *plan, const struct stored *stored)
{
    const int64_t *limits = plan->compile.limits.value;
    return (int64_t)stored->program.len <= limits[LIMIT_DISK] &&
           (int64_t)stored->out.len <= limits[LIMIT_OUTPUT] &&
           (int64_t)stored->err.len <= limits[LIMIT_OUTPUT];
}

static bool find(struct kept *kept)
{
    const struct stored *stored = store_find(kept->store, &kept->key);
    if (stored != NULL && !fits(kept->plan, stored)) {
        store_let_go(stored);
        stored = NULL;
    }
    kept->stored = stored;
    return stored != NULL;
}

/* Between the look before and our turn another may have ended his. */
static enum kept_answer ask(struct kept *kept)
{
    switch (store_turn_ask(&kept->turn)) {
    case STORE_TURN_OTHERS:
        return KEPT_WAITS;
    case STORE_TURN_MINE:
    case STORE_TURN_OVER:
        break;
    }
    return find(kept) ? KEPT_FOUND : KEPT_MAKE;
}

static bool is_patient(const struct kept *kept)
{
    int64_t ms = kept->plan->compile.limits.value[LIMIT_WALL] + PATIENCE_MS;
    return clock_now_ns() - kept->asked_ns < ms * 1000000;
}

static void look_again(void *cookie);

static void wait(struct kept *kept)
{
    loop_set_timer(kept->loop, &kept->timer, clock_now_ns() + LOOK_MS * INT64_C(1000000),
                   look_again, kept);
}

static void look_again(void *cookie)
{
    struct kept *kept = cookie;
    kept->answer = ask(kept);
    if (kept->answer == KEPT_WAITS && is_patient(kept)) {
        wait(kept);
        return;
    }
    if (kept->answer == KEPT_WAITS)
        kept->answer = KEPT_MAKE;
    kept->decided(kept->cookie);
}

enum kept_answer kept_begin(struct kept *kept, struct store *store, const struct plan *plan,
                            struct loop *loop, void (*decided)(void *cookie), void *cookie)
{
    *kept = (struct kept){.store = store,
                          .plan = plan,
                          .loop = loop,
                          .turn.lock = -1,
                          .asked_ns = clock_now_ns(),
                          .decided = decided,
                          .cookie = cookie};
    if (plan->no_store)
        kept->store = NULL;
    if (kept->store != NULL && !store_key_of(plan, &kept->key, &kept->why_not))
        kept->store = NULL;
    if (kept->store == NULL)
        return kept->answer = KEPT_MAKE;
    store_turn_init(&kept->turn, store, &kept->key);
    kept->answer = find(kept) ? KEPT_FOUND : ask(kept);
    if (kept->answer == KEPT_WAITS)
        wait(kept);
    return kept->answer;
}

int64_t kept_waited_ns(const struct kept *kept)
{
    return clock_now_ns() - kept->asked_ns;
}

static bool is_whole(const struct run_output *output)
{
    return output->total_bytes == (int64_t)output->head.len;
}

static bool put(struct kept *kept, int program, const struct run_stage *compile, struct error *err)
{
    struct store_key now;
    if (!is_whole(&compile->out) || !is_whole(&compile->err))
        return error_set(err, ERROR_LIMIT, "the compiler said too much");
    /* what was written between our look and the compiler's would be kept under a wrong name */
    if (!store_key_of(kept->plan, &now, err))
        return false;
    if (!store_key_is(&kept->key, &now))
        return error_set(err, ERROR_INPUT, "its files were changed meanwhile");
    return store_put(kept->store, &kept->key, kept->plan->language, program, compile->out.head,
                     compile->err.head, err);
}

void kept_put(struct kept *kept, int program, const struct run_stage *compile)
{
    if (kept->store == NULL)
        return;
    if (!put(kept, program, compile, &kept->why_not))
        kept->store = NULL;
    store_turn_end(&kept->turn);
}

static void say_decided(void *cookie)
{
    struct kept *kept = cookie;
    kept->answer = KEPT_MAKE;
    kept->decided(kept->cookie);
}

void kept_hurry(struct kept *kept)
{
    if (kept->answer == KEPT_WAITS)
        loop_set_timer(kept->loop, &kept->timer, clock_now_ns(), say_decided, kept);
}

void kept_done(struct kept *kept)
{
    if (kept->loop == NULL)
        return;
    loop_clear_timer(kept->loop, &kept->timer);
    store_turn_end(&kept->turn);
    store_let_go(kept->stored);
    kept->stored = NULL;
}
