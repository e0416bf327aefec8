#include "proof/blame.h"

#include <stdlib.h>

#include "base/mem.h"
#include "proof/suite_text.h"

/* name, what reports call it, is it in this perturbation, how the one change is made */
#define CAUSES(X)                                                                                  \
    X(NOTHING, "no change at all", true, (void)to)                                                 \
    X(HASH, "another hash seed", true, to->hash_seed = check_hash_seed(blame->job, from, arena))   \
    X(ZONE, "another time zone", true, to->zone = from->zone)                                      \
    X(LOCALE, "another locale", true, to->locale = from->locale)                                   \
    X(ORDER, "another order", from->order != 0, to->order = from->order)                           \
    X(SEED, "another random seed", from->seed != 0, to->seed = from->seed)                         \
    X(CLOCK, "another time of day", from->clock != 0, to->clock = from->clock)                     \
    X(CPUS, "a slow machine", from->cpus != 0, to->cpus = from->cpus)                              \
    X(FOLDER, "another folder", from->elsewhere, to->elsewhere = from->elsewhere)

enum cause {

#define X(name, word, is_there, change) CAUSE_##name,
    CAUSES(X)
#undef X
        CAUSE_COUNT
};

static const char *const words[CAUSE_COUNT] = {
#define X(name, word, is_there, change) [CAUSE_##name] = word,
    CAUSES(X)
#undef X
};

enum { TEXT_MAX = 64 << 20, RUNS_MAX = 20, REASON_MAX = 600 };

struct blame {
    const struct proof_job *job;
    const char *scratch;
    struct check *check;
    struct perturb single;
    int under; /* the perturbation that is looked at */
    enum cause cause;
    int runs;
    bool canceled;
    struct buf text;
    void (*done)(void *cookie, struct blame *blame);
    void *cookie;
};

/* ---- which tests ----------------------------------------------------------------------------- */

static bool is_flipped(const struct test_case *one, const void *cookie)
{
    const struct blame *blame = cookie;
    return one->fate == CASE_FLAKY && one->under == perturbs[blame->under].name;
}

static bool any_flipped(const struct blame *blame)
{
    const struct test_suite *suite = &blame->job->module->suite;
    for (uint32_t b = 0; b < suite->block_count; b++)
        for (uint32_t c = 0; c < suite->blocks[b].case_count; c++)
            if (is_flipped(&suite->blocks[b].cases[c], blame))
                return true;
    return false;
}

/* ---- what is said of them -------------------------------------------------------------------- */

static void add_causes(struct buf *out, const struct test_case *one)
{
    const char *comma = "";
    if (one->causes == 0) {
        buf_add_text(out, "; alone it holds under each of its changes: it leans on other tests, "
                          "or on several changes at once");
        return;
    }
    buf_add_text(out, "; alone it fails with ");
    for (enum cause cause = 0; cause < CAUSE_COUNT; cause++) {
        if ((one->causes & 1u << cause) == 0)
            continue;
        buf_printf(out, "%s%s", comma, words[cause]);
        comma = ", ";
        if (cause == CAUSE_NOTHING)
            break;
    }
}

static void conclude(struct blame *blame)
{
    struct test_suite *suite = &blame->job->module->suite;
    for (uint32_t b = 0; b < suite->block_count; b++)
        for (uint32_t c = 0; c < suite->blocks[b].case_count; c++) {
            struct test_case *one = &suite->blocks[b].cases[c];
            auto_buf struct buf reason;
            buf_init(&reason, REASON_MAX);
            if (!is_flipped(one, blame))
                continue;
            buf_add_str(&reason, one->reason);
            add_causes(&reason, one);
            one->reason = str_from(arena_string(&blame->job->module->arena, buf_str(&reason)));
        }
}

/* ---- the runs -------------------------------------------------------------------------------- */

/* False where the perturbation does not have it. */
static bool single_out(struct blame *blame, struct perturb *to)
{
    const struct perturb *from = &perturbs[blame->under];
    struct arena *arena = &blame->job->module->arena;
    *to = (struct perturb){.name = from->name};
    switch (blame->cause) {
#define X(name, word, is_there, change)                                                            \
    case CAUSE_##name:                                                                             \
        change;                                                                                    \
        return is_there;
        CAUSES(X)
#undef X
    case CAUSE_COUNT:
        break;
    }
    return false;
}

static bool begin(struct blame *blame);

/* The next change, or that of the next perturbation, or the end. */
static void go_on(struct blame *blame)
{
    for (;;) {
        bool over = blame->canceled || blame->runs >= RUNS_MAX;
        if (!over && blame->cause < CAUSE_COUNT) {
            if (single_out(blame, &blame->single) && begin(blame))
                return;
            blame->cause++;
            continue;
        }
        if (any_flipped(blame) && !blame->canceled && blame->cause == CAUSE_COUNT)
            conclude(blame);
        if (over || blame->under + 1 == perturb_count)
            break;
        blame->under++;
        blame->cause = any_flipped(blame) ? 0 : CAUSE_COUNT;
    }
    blame->done(blame->cookie, blame);
}

static void on_check(void *cookie, struct check *check)
{
    struct blame *blame = cookie;
    struct witness witness;
    (void)check_judge(check, &witness);
    blame->job->module->runs++;
    check_free(check);
    blame->check = NULL;
    blame->cause++;
    go_on(blame);
}

static bool begin(struct blame *blame)
{
    struct error unheard; /* then this change is not looked at */
    buf_clear(&blame->text);
    suite_text_write(&blame->text, blame->job->module, is_flipped, blame);
    blame->runs++;
    blame->check = check_start_alone(blame->job, blame->scratch, buf_str(&blame->text),
                                     &blame->single, 1u << blame->cause, on_check, blame, &unheard);
    return blame->check != NULL;
}

static bool find_first(struct blame *blame)
{
    for (blame->under = 0; blame->under < perturb_count; blame->under++)
        if (any_flipped(blame))
            return true;
    return false;
}

/* The first run is always there: to change nothing. */
struct blame *blame_start(const struct proof_job *job, const char *scratch,
                          void (*done)(void *cookie, struct blame *blame), void *cookie,
                          struct error *err)
{
    struct blame *blame = mem_alloc(sizeof *blame);
    *blame = (struct blame){.job = job, .scratch = scratch, .done = done, .cookie = cookie};
    buf_init(&blame->text, TEXT_MAX);
    if (find_first(blame) && single_out(blame, &blame->single)) {
        if (begin(blame))
            return blame;
        error_set(err, ERROR_INTERNAL, "a box for tests that flipped cannot be had");
    }
    blame_free(blame);
    return NULL;
}

void blame_cancel(struct blame *blame)
{
    if (blame == NULL)
        return;
    blame->canceled = true;
    check_cancel(blame->check);
}

void blame_free(struct blame *blame)
{
    if (blame == NULL)
        return;
    check_free(blame->check);
    buf_done(&blame->text);
    free(blame);
}
