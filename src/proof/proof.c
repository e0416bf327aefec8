#include "proof/proof.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/json_read.h"
#include "base/mem.h"
#include "base/text.h"
#include "proof/blame.h"
#include "proof/check.h"
#include "proof/pair.h"
#include "proof/sift.h"
#include "proof/suite_read.h"
#include "proof/suite_text.h"

enum { PLAIN_ROUNDS_MAX = 12, TEXT_MAX = 64 << 20, CHECKS_MAX = 16 };

const char *const proof_stage_words[] = {"search", "plain runs", "perturbed runs", "coverage",
                                         "done"};

struct proof {
    struct proof_job job;
    struct proof_state state;
    char *scratch;
    struct pair *pair;
    struct blame *blame;
    struct check *checks[CHECKS_MAX]; /* those that run */
    int running, next_perturb, rounds;
    bool perturbed, blamed, stopped, dropped_since;
    struct buf text;
    int64_t begun_ns;
};

static void go_on(struct proof *proof);

static void set_stage(struct proof *proof, enum proof_stage stage)
{
    proof->state.stage = stage;
    proof->job.moved(proof->job.cookie, proof);
}

static void finish(struct proof *proof)
{
    struct tested_module *module = proof->job.module;
    int64_t now = clock_now_ns();
    test_suite_credit(&module->suite);
    if (proof->state.stage == PROOF_SEARCH)
        module->search_ns = now - proof->begun_ns;
    else
        module->proof_ns = now - proof->begun_ns - module->search_ns;
    set_stage(proof, PROOF_DONE);
    proof->job.done(proof->job.cookie, proof);
}

static void set_trouble(struct proof *proof, const char *why)
{
    struct tested_module *module = proof->job.module;
    auto_buf struct buf shown;
    buf_init(&shown, 2048);
    text_escape(&shown, str_from(why), false);
    if (module->trouble == NULL)
        module->trouble = arena_string(&module->arena, buf_str(&shown));
}

static void drop(struct proof *proof, bool passing_too, const char *why)
{
    struct test_suite *suite = &proof->job.module->suite;
    for (uint32_t b = 0; b < suite->block_count; b++)
        for (uint32_t c = 0; c < suite->blocks[b].case_count; c++) {
            struct test_case *one = &suite->blocks[b].cases[c];
            if (one->fate != CASE_KEPT || (one->passes && !passing_too))
                continue;
            one->fate = CASE_LOST;
            one->reason = str_from(why);
        }
}

/* What cannot be proven is not handed out. */
static void drop_all(struct proof *proof, const char *why)
{
    set_trouble(proof, why);
    drop(proof, true, proof->job.module->trouble);
}

/* What has passed a plain run is worth handing out, though not all of its proof is there. */
static void end_stopped(struct proof *proof)
{
    struct tested_module *module = proof->job.module;
    drop(proof, false,
         arena_text(&module->arena, "%s before it had passed a plain run",
                    module->cut ? "cut off by time" : "canceled"));
    finish(proof);
}

static void fail(struct proof *proof, const struct error *err)
{
    drop_all(proof, err->text);
    finish(proof);
}

/* ---- runs of pytest -------------------------------------------------------------------------- */

static bool write_text(struct proof *proof, struct error *err)
{
    buf_clear(&proof->text);
    suite_text_write_kept(&proof->text, proof->job.module);
    return !proof->text.over || error_set(err, ERROR_LIMIT, "the suite is larger than 64 MiB");
}

static void forget_check(struct proof *proof, struct check *check)
{
    for (int i = 0; i < CHECKS_MAX; i++)
        if (proof->checks[i] == check)
            proof->checks[i] = NULL;
    check_free(check);
    proof->running--;
}

static void keep_check(struct proof *proof, struct check *check)
{
    int place = 0;
    while (proof->checks[place] != NULL)
        place++;
    proof->checks[place] = check;
    proof->running++;
}

static bool any_kept(const struct proof *proof)
{
    return test_suite_cases(&proof->job.module->suite, CASE_KEPT) > 0;
}

/* ---- plain ----------------------------------------------------------------------------------- */

static void begin_plain(struct proof *proof);

static void note_passing(struct test_suite *suite)
{
    for (uint32_t b = 0; b < suite->block_count; b++)
        for (uint32_t c = 0; c < suite->blocks[b].case_count; c++) {
            struct test_case *one = &suite->blocks[b].cases[c];
            one->passes = one->passes || (one->seen && one->fate == CASE_KEPT);
        }
}

/* A run that broke off did so in the first test that was not told. */
static void drop_unseen(struct proof *proof, const char *why)
{
    struct tested_module *module = proof->job.module;
    struct test_case *one = witness_first_unseen(&module->suite);
    if (one == NULL || one->fate != CASE_KEPT) {
        drop_all(proof, why);
        return;
    }
    one->fate = CASE_LOST;
    one->reason = str_from(arena_string(&module->arena, str_from(why)));
}

static void end_plain(struct proof *proof, bool clean)
{
    if (proof->stopped) {
        end_stopped(proof);
    } else if (!any_kept(proof)) {
        finish(proof);
    } else if (!clean && proof->rounds >= PLAIN_ROUNDS_MAX) {
        drop_all(proof, "the suite still fails after many rounds of dropping what failed");
        finish(proof);
    } else if (!clean) {
        begin_plain(proof);
    } else {
        go_on(proof);
    }
}

static void on_plain(void *cookie, struct check *check)
{
    struct proof *proof = cookie;
    struct witness witness;
    const char *why = check_judge(check, &witness);
    proof->job.module->runs++;
    bool lost = why != NULL && witness.began && witness.collected && !witness.ended;
    if (why == NULL)
        note_passing(&proof->job.module->suite);
    else if (lost && !proof->stopped)
        drop_unseen(proof, why);
    else if (!proof->stopped)
        drop_all(proof, why);
    forget_check(proof, check);
    end_plain(proof, why == NULL && witness.dropped == 0);
}

static void begin_plain(struct proof *proof)
{
    struct error err = {};
    proof->rounds++;
    struct check *check = NULL;
    if (write_text(proof, &err))
        check = check_start(&proof->job, proof->scratch, buf_str(&proof->text), NULL, on_plain,
                            proof, &err);
    if (check == NULL)
        fail(proof, &err);
    else
        keep_check(proof, check);
}

/* ---- perturbed ------------------------------------------------------------------------------- */

static void begin_perturbed(struct proof *proof);

static void on_blame(void *cookie, struct blame *blame);

/* Tests that flipped are told why before it goes on. */
static void end_perturbed(struct proof *proof)
{
    struct error unheard; /* then they have to do without */
    if (!proof->stopped && !proof->blamed) {
        proof->blamed = true;
        proof->blame = blame_start(&proof->job, proof->scratch, on_blame, proof, &unheard);
        if (proof->blame != NULL)
            return;
    }
    proof->perturbed = true;
    if (proof->stopped) {
        end_stopped(proof);
    } else if (!any_kept(proof)) {
        finish(proof);
    } else if (proof->dropped_since) { /* what is left may have leant on what is not */
        proof->rounds = 0;
        set_stage(proof, PROOF_PLAIN);
        begin_plain(proof);
    } else {
        go_on(proof);
    }
}

static void on_blame(void *cookie, struct blame *blame)
{
    struct proof *proof = cookie;
    proof->blame = NULL;
    blame_free(blame);
    end_perturbed(proof);
}

static void on_perturbed(void *cookie, struct check *check)
{
    struct proof *proof = cookie;
    struct witness witness;
    const char *why = check_judge(check, &witness);
    proof->job.module->runs++;
    forget_check(proof, check);
    if (why != NULL && !proof->stopped)
        drop_all(proof, why);
    proof->dropped_since = proof->dropped_since || witness.dropped > 0;
    if (proof->next_perturb < perturb_count && any_kept(proof))
        begin_perturbed(proof);
    else if (proof->running == 0)
        end_perturbed(proof);
}

static int count_busy(const struct proof *proof)
{
    int busy = 0;
    for (int i = 0; i < CHECKS_MAX; i++)
        busy += proof->checks[i] != NULL && !check_is_slowed(proof->checks[i]);
    return busy;
}

static void begin_perturbed(struct proof *proof)
{
    struct error err = {};
    while (count_busy(proof) < proof->job.options->width && proof->next_perturb < perturb_count) {
        struct check *check =
            check_start(&proof->job, proof->scratch, buf_str(&proof->text),
                        &perturbs[proof->next_perturb++], on_perturbed, proof, &err);
        if (check == NULL && proof->running == 0) {
            fail(proof, &err);
            return;
        }
        if (check == NULL) { /* the last of those that run ends it */
            proof->next_perturb = perturb_count;
            drop_all(proof, err.text);
            return;
        }
        keep_check(proof, check);
    }
}

/* ---- coverage -------------------------------------------------------------------------------- */

static void on_coverage(void *cookie, struct check *check)
{
    struct proof *proof = cookie;
    check_take_coverage(check);
    forget_check(proof, check);
    finish(proof);
}

static void begin_coverage(struct proof *proof)
{
    struct error err = {};
    struct check *check = check_start_coverage(&proof->job, proof->scratch, buf_str(&proof->text),
                                               on_coverage, proof, &err);
    if (check == NULL)
        fail(proof, &err);
    else
        keep_check(proof, check);
}

/* The suite has just passed as it stands. */
static void go_on(struct proof *proof)
{
    if (!proof->perturbed) {
        set_stage(proof, PROOF_PERTURB);
        proof->dropped_since = false;
        begin_perturbed(proof);
        return;
    }
    proof->job.module->proven = true;
    set_stage(proof, PROOF_COVER);
    begin_coverage(proof);
}

/* ---- the search ------------------------------------------------------------------------------ */

static void note(const struct json_value *json, const char *key, int64_t *number)
{
    const struct json_value *value = json_get(json, key);
    if (value != NULL && value->is_integer && value->integer >= 0)
        *number = value->integer;
}

static void on_progress(void *cookie, struct str line)
{
    struct proof *proof = cookie;
    struct error unheard;
    auto_arena struct arena arena;
    arena_init(&arena, 1 << 20);
    const struct json_value *json = json_read(&arena, line, &unheard);
    note(json, "executions", &proof->state.executions);
    note(json, "goals", &proof->state.goals);
    note(json, "covered", &proof->state.covered);
    note(json, "mutants", &proof->state.mutants);
    note(json, "killed", &proof->state.killed);
    proof->job.moved(proof->job.cookie, proof);
}

/* In a whole project a module without any is nothing to speak of. */
static void note_emptiness(struct proof *proof)
{
    const struct test_suite *suite = &proof->job.module->suite;
    if (proof->job.project->module_count > 1 || !proof->job.module->has_suite)
        return;
    for (uint32_t i = 0; i < suite->callable_count; i++)
        if (suite->callables[i].line > 0)
            return;
    set_trouble(proof, "there is no function and no class in it");
}

static void on_search(void *cookie, struct pair *pair)
{
    struct proof *proof = cookie;
    pair_take(pair);
    if (proof->stopped)
        proof->job.module->trouble = NULL; /* that its boxes were ended is no trouble of its own */
    pair_free(pair);
    proof->pair = NULL;
    if (proof->stopped) {
        end_stopped(proof);
        return;
    }
    note_emptiness(proof);
    sift_suite(proof->job.module);
    if (!any_kept(proof)) {
        finish(proof);
        return;
    }
    proof->job.module->search_ns = clock_now_ns() - proof->begun_ns;
    set_stage(proof, PROOF_PLAIN);
    begin_plain(proof);
}

/* ---- the whole ------------------------------------------------------------------------------- */

static bool make_scratch(struct proof *proof, struct error *err)
{
    static unsigned count;
    proof->scratch = mem_text("%s/%u", proof->job.options->scratch, count++);
    return mkdir(proof->scratch, 0700) == 0 || error_sys(err, "make the folder %s", proof->scratch);
}

struct proof *proof_start(const struct proof_job *job, struct error *err)
{
    struct proof *proof = mem_alloc(sizeof *proof);
    *proof = (struct proof){.job = *job, .begun_ns = clock_now_ns()};
    buf_init(&proof->text, TEXT_MAX);
    arena_init(&job->module->arena, SUITE_ARENA_BYTES);
    if (make_scratch(proof, err))
        proof->pair = pair_start(&proof->job, proof->scratch, on_search, on_progress, proof, err);
    if (proof->pair != NULL)
        return proof;
    proof_free(proof);
    return NULL;
}

static const char *where_stopped(struct proof *proof)
{
    struct arena *arena = &proof->job.module->arena;
    switch (proof->state.stage) {
    case PROOF_SEARCH:
        return "during the search";
    case PROOF_PLAIN:
        return "during the plain runs";
    case PROOF_PERTURB:
        return arena_text(arena, "when %d of %d perturbed runs had begun", proof->next_perturb,
                          perturb_count);
    case PROOF_COVER:
    case PROOF_DONE:
        break;
    }
    return "while coverage was measured";
}

void proof_stop(struct proof *proof, bool by_time)
{
    struct tested_module *module = proof->job.module;
    if (proof->stopped)
        return;
    proof->stopped = true;
    module->stopped = where_stopped(proof);
    module->cut = by_time;
    pair_cancel(proof->pair);
    blame_cancel(proof->blame);
    proof->next_perturb = perturb_count;
    for (int i = 0; i < CHECKS_MAX; i++)
        check_cancel(proof->checks[i]);
}

void proof_free(struct proof *proof)
{
    if (proof == NULL)
        return;
    pair_free(proof->pair);
    blame_free(proof->blame);
    for (int i = 0; i < CHECKS_MAX; i++)
        check_free(proof->checks[i]);
    buf_done(&proof->text);
    free(proof->scratch);
    free(proof);
}

const struct proof_state *proof_state(const struct proof *proof)
{
    return &proof->state;
}

struct tested_module *proof_module(const struct proof *proof)
{
    return proof->job.module;
}
