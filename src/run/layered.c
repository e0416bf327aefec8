#include "run/layered.h"

#include <stdio.h>

#include "base/clock.h"
#include "run/asker.h"
#include "sys/fd.h"

enum { LOOK_MS = 20 };

void layered_init(struct layered *layered)
{
    layered->folder = layered->making.folder = layered->turn.lock = -1;
}

static struct loop *loop_of(const struct layered *l)
{
    return asker_loop(l->asker);
}

/* Nothing of the request comes along: what is made is for everybody's programs. */
static void make_plan(struct layered *l)
{
    const struct plan *plan = l->plan;
    l->make = (struct plan){
        .language = plan->language,
        .version = plan->version,
        .artifact = plan->layer->folder,
        .compile = plan->layer->make,
        .run = plan->layer->make,
        .folders = l->folders,
        .image = plan->image,
        .accept_missing = plan->accept_missing,
    };
    for (uint32_t i = 0; i < plan->folder_count; i++)
        if (plan->folders[i].kind == BOX_INPUT_PREFIX)
            l->folders[l->make.folder_count++] = plan->folders[i];
}

static bool find(struct layered *l)
{
    l->folder = store_layer_open(l->store, &l->key);
    return l->folder >= 0;
}

static void decide(struct layered *l)
{
    store_turn_end(&l->turn);
    l->decided(l->cookie);
}

/* ---- making --------------------------------------------------------------------------------- */

static bool is_whole(const struct run_result *result)
{
    for (uint32_t i = 0; i < result->file_count; i++)
        if (result->files[i].left_out != NULL)
            return false;
    return result->run.verdict == VERDICT_OK && result->file_count > 0;
}

static void on_made(void *cookie, struct run *run)
{
    struct layered *l = cookie;
    struct error unheard; /* then the compiler does it all by itself */
    __attribute__((cleanup(run_result_done))) struct run_result result;
    run_result_init(&result);
    if (run_take(run, &result, &unheard) && is_whole(&result) &&
        store_layer_put(&l->making, &l->key, &unheard))
        (void)find(l);
    store_layer_drop(&l->making);
    run_free(run);
    l->run = NULL;
    decide(l);
}

static bool make(struct layered *l)
{
    struct error unheard;
    const struct run_io io = {
        .stdin_fd = -1, .cancel_fd = -1, .collect_seconds = 60, .prepares = l->io->prepares};
    if (!store_layer_begin(&l->making, l->store, &unheard))
        return false;
    snprintf(l->out_folder, sizeof l->out_folder, "/proc/self/fd/%d", l->making.folder);
    l->out = (struct request_out){.glob = l->plan->layer->glob, .folder = l->out_folder};
    l->make.outs = &l->out;
    l->make.out_count = 1;
    if (l->io->prepares != NULL)
        l->io->prepares(l->plan->layer->title);
    l->run = run_start(l->asker, &l->make, &io, on_made, l, &unheard);
    return l->run != NULL;
}

/* ---- waiting -------------------------------------------------------------------------------- */

static bool go_on(struct layered *l);

static void look_again(void *cookie)
{
    struct layered *l = cookie;
    if (go_on(l))
        decide(l);
}

/* True: it is decided. */
static bool go_on(struct layered *l)
{
    int64_t patience_ns = l->plan->layer->make.limits.value[LIMIT_WALL] * INT64_C(1000000);
    if (l->canceled || clock_now_ns() - l->asked_ns > patience_ns)
        return true;
    switch (store_turn_ask(&l->turn)) {
    case STORE_TURN_OTHERS:
        loop_set_timer(loop_of(l), &l->timer, clock_now_ns() + LOOK_MS * INT64_C(1000000),
                       look_again, l);
        return false;
    case STORE_TURN_MINE:
        return find(l) || !make(l);
    case STORE_TURN_OVER:
        break;
    }
    (void)find(l);
    return true;
}

bool layered_begin(struct layered *layered, struct asker *asker, const struct plan *plan,
                   const struct run_io *io, struct store *store, void (*decided)(void *cookie),
                   void *cookie)
{
    struct error unheard;
    layered->asker = asker;
    layered->plan = plan;
    layered->io = io;
    layered->store = store;
    layered->decided = decided;
    layered->cookie = cookie;
    layered->asked_ns = clock_now_ns();
    make_plan(layered);
    if (!store_key_of(&layered->make, &layered->key, &unheard) || find(layered))
        return true;
    store_turn_init(&layered->turn, store, &layered->key);
    bool is_decided = go_on(layered);
    if (is_decided)
        store_turn_end(&layered->turn);
    return is_decided;
}

void layered_cancel(struct layered *layered)
{
    if (layered->asker == NULL)
        return;
    layered->canceled = true;
    if (layered->run != NULL)
        run_cancel(layered->run);
    else if (layered->timer.call != NULL)
        loop_set_timer(loop_of(layered), &layered->timer, clock_now_ns(), look_again, layered);
}

void layered_done(struct layered *layered)
{
    if (layered->asker != NULL)
        loop_clear_timer(loop_of(layered), &layered->timer);
    run_free(layered->run);
    layered->run = NULL;
    store_turn_end(&layered->turn);
    store_layer_drop(&layered->making);
    fd_close_at(&layered->folder);
}
