#include "cli/test_course.h"

#include <signal.h>
#include <stdlib.h>
#include <sys/epoll.h>

#include "base/clock.h"
#include "cli/cancel.h"
#include "cli/test_budget.h"
#include "cli/test_progress.h"
#include "lang/venv.h"
#include "proof/errand.h"
#include "proof/proof.h"
#include "role/broker.h"
#include "run/asker.h"
#include "sys/fd.h"
#include "sys/libexec.h"
#include "sys/spread.h"

enum { FUEL = 20000, READY_MAX = 4 };

struct course {
    const struct test_course *what;
    const struct test_options *options;
    struct tested_project *project;
    struct proof_options proof;
    struct test_progress progress;
    struct loop *loop;
    struct loop_timer begin, end;
    struct private_broker broker;
    struct asker *asker;
    struct errand *errand; /* the one that runs */
    int errands;           /* how many have been begun */
    struct proof **proofs; /* those that work, by module */
    uint32_t *order; /* of the modules: the largest first, so that none is left alone at last */
    int jobs, cancel_fd, running;
    uint32_t next;
    bool stopped, failed;
    struct error error;
};

static void stop(struct course *c, bool by_time);

/* ---- time ------------------------------------------------------------------------------------ */

/* What is left until the end must come, so that there is time to end boxes and write reports. */
static int64_t left_ms(const struct course *c)
{
    enum { WRITING_MS = 400, WRITING_MODULE_MS = 3 };

    int64_t gone = (clock_now_ns() - c->what->begun_ns) / 1000000;
    int64_t writing = WRITING_MS + WRITING_MODULE_MS * (int64_t)c->project->module_count;
    int64_t all = c->options->seconds * 1000;
    return all - (writing < all / 3 ? writing : all / 3) - gone;
}

/* What is left of the time is shared by the modules that are left; a part of each share is for
 * proving what has been found. */
static int64_t cap_of_search(const struct course *c)
{
    enum { RESERVE_MS = 3500, RESERVE_PERCENT = 25 };

    if (c->options->seconds == 0)
        return 0;
    int64_t left = left_ms(c);
    int64_t modules = c->project->module_count - c->next;
    int64_t share = modules > c->jobs ? left * c->jobs / modules : left;
    int64_t reserve = share * RESERVE_PERCENT / 100;
    if (reserve < RESERVE_MS)
        reserve = share < 2 * RESERVE_MS ? share / 2 : RESERVE_MS;
    return share - reserve;
}

static void on_time(void *cookie)
{
    stop(cookie, true);
}

/* ---- modules --------------------------------------------------------------------------------- */

static void pump(struct course *c);

static void on_moved(void *cookie, struct proof *proof)
{
    struct course *c = cookie;
    test_progress_move(&c->progress, proof);
}

static void on_proof(void *cookie, struct proof *proof)
{
    struct course *c = cookie;
    for (uint32_t i = 0; i < c->project->module_count; i++)
        if (c->proofs[i] == proof)
            c->proofs[i] = NULL;
    proof_free(proof);
    c->running--;
    c->progress.ended++;
    pump(c);
}

static void skip_module(struct course *c, const char *why)
{
    c->project->modules[c->order[c->next++]].trouble = why;
    c->progress.ended++;
}

static void leave_module(struct course *c, bool by_time)
{
    struct tested_module *module = &c->project->modules[c->order[c->next++]];
    module->stopped = "before it began";
    module->cut = by_time;
    c->progress.ended++;
}

static void begin_module(struct course *c)
{
    enum { WORTHWHILE_MS = 100 };

    uint32_t index = c->order[c->next];
    struct tested_module *module = &c->project->modules[index];
    int64_t cap = cap_of_search(c);
    if (c->options->seconds > 0 && cap < WORTHWHILE_MS) {
        leave_module(c, true);
        return;
    }
    int64_t executions = test_budget_of(c->options, c->project, module);
    bool by_number =
        c->options->effort == EFFORT_COUNTED || test_budget_is_shared(c->options, c->project);
    module->again =
        test_options_again(c->options, module->path, by_number ? executions : 0, c->what->arena);
    const struct proof_job job = {
        .asker = c->asker,
        .options = &c->proof,
        .project = c->project,
        .module = module,
        .executions = executions,
        .cap_ms = cap,
        .done = on_proof,
        .moved = on_moved,
        .cookie = c,
    };
    struct error err = {};
    struct proof *proof = proof_start(&job, &err);
    if (proof == NULL) {
        skip_module(c, arena_text(c->what->arena, "%s", err.text));
        return;
    }
    c->proofs[index] = proof;
    c->next++;
    c->running++;
}

static void pump(struct course *c)
{
    while (c->running < c->jobs && c->next < c->project->module_count && !c->stopped)
        begin_module(c);
    uint32_t left = c->project->module_count - c->progress.ended;
    c->proof.width = left > 0 && (int)left < c->jobs ? (c->jobs + (int)left - 1) / (int)left : 1;
    if (c->running == 0)
        loop_stop(c->loop);
}

/* ---- before them ----------------------------------------------------------------------------- */

static void on_errand(void *cookie, struct errand *errand);

/* The project's own tests are not to eat up the time for writing new ones. */
static int64_t cap_of_errand(const struct course *c, bool may_take_all)
{
    enum { AT_LEAST_MS = 100 };

    if (c->options->seconds == 0)
        return 0;
    int64_t cap = may_take_all ? left_ms(c) : left_ms(c) / 3;
    return cap > AT_LEAST_MS ? cap : AT_LEAST_MS;
}

static struct errand *begin_errand(struct course *c, int which, struct error *err)
{
    struct errand_job job = {
        .asker = c->asker,
        .options = &c->proof,
        .project = c->project,
        .arena = c->what->arena,
        .cap_ms = cap_of_errand(c, which < 2),
        .done = on_errand,
        .cookie = c,
    };
    if (which == 0 && c->options->setup != NULL) {
        test_progress_say(&c->progress, "getting the project ready");
        return errand_start_setup(&job, c->options->setup, err);
    }
    if (which == 1 && c->options->since != NULL)
        return errand_start_since(&job, c->options->since, &c->options->only, err);
    if (which == 2 && !c->project->is_snippet) {
        test_progress_say(&c->progress, "running the project's own tests");
        return errand_start_own(&job, err);
    }
    return NULL;
}

static void fail(struct course *c, const struct error *err)
{
    c->failed = true;
    c->error = *err;
    loop_stop(c->loop);
}

/* The next one that is wanted, or else the modules. */
static void go_on(struct course *c)
{
    enum { ERRANDS = 3 };
    struct error err = {};
    while (c->errand == NULL && c->errands < ERRANDS && !c->stopped) {
        c->errand = begin_errand(c, c->errands++, &err);
        if (c->errand == NULL && err.text[0] != '\0') {
            fail(c, &err);
            return;
        }
    }
    if (c->errand == NULL)
        pump(c);
}

static void on_errand(void *cookie, struct errand *errand)
{
    struct course *c = cookie;
    struct error err = {};
    bool ok = c->stopped || errand_take(errand, &err);
    c->errand = NULL;
    errand_free(errand);
    if (ok)
        go_on(c);
    else
        fail(c, &err);
}

static void on_begin(void *cookie)
{
    go_on(cookie);
}

/* ---- the end --------------------------------------------------------------------------------- */

/* What has been proven by now is kept; whoever works hears it and calls back. */
static void stop(struct course *c, bool by_time)
{
    if (c->stopped)
        return;
    c->stopped = true;
    c->project->cut = by_time;
    c->project->canceled = !by_time;
    while (c->next < c->project->module_count)
        leave_module(c, by_time);
    errand_cancel(c->errand);
    for (uint32_t i = 0; i < c->project->module_count; i++)
        if (c->proofs[i] != NULL)
            proof_stop(c->proofs[i], by_time);
    if (c->running == 0 && c->errand == NULL)
        loop_stop(c->loop);
}

static void on_cancel(void *cookie)
{
    struct course *c = cookie;
    loop_remove(c->loop, c->cancel_fd);
    stop(c, false);
}

static int count_jobs(const struct course *c)
{
    struct spread here = spread_begin();
    return c->options->jobs > 0 ? c->options->jobs : here.useful ? CPU_COUNT(&here.allowed) : 1;
}

static void put_in_order(struct course *c)
{
    const struct tested_module *modules = c->project->modules;
    c->order =
        arena_alloc(c->what->arena, (c->project->module_count + (size_t)1) * sizeof *c->order);
    for (uint32_t i = 0; i < c->project->module_count; i++) {
        uint32_t at = i;
        for (; at > 0 && modules[c->order[at - 1]].lines < modules[i].lines; at--)
            c->order[at] = c->order[at - 1];
        c->order[at] = i;
    }
}

static bool prepare(struct course *c, struct error *err)
{
    const char *libexec = libexec_find(c->what->arena, err);
    const struct test_options *options = c->options;
    if (libexec == NULL)
        return false;
    c->jobs = count_jobs(c);
    c->proof = (struct proof_options){
        .libexec = libexec,
        .scratch = c->what->files->work,
        .seed = options->seed,
        .fuel = FUEL,
        .tests_max = (uint32_t)options->tests_max,
        .visibility = options->visibility,
        .only = options->only,
        .skip = options->skip,
        .width = 1,
    };
    c->proofs = arena_alloc(c->what->arena,
                            (c->project->module_count + (size_t)1) * sizeof(struct proof *));
    put_in_order(c);
    test_progress_init(&c->progress, c->project, !options->json && !options->quiet, c->what->arena);
    return true;
}

static bool begin(struct course *c, struct error *err)
{
    c->cancel_fd = cancel_open(err);
    if (c->cancel_fd < 0 || !broker_start_private(&c->broker, err))
        return false;
    c->loop = loop_new(err);
    if (c->loop == NULL)
        return false;
    c->asker = asker_new(c->broker.socket, c->loop, err);
    if (c->asker == NULL || !loop_add(c->loop, c->cancel_fd, EPOLLIN, on_cancel, c, err) ||
        !asker_want(c->asker, WARM_PYTEST, c->jobs < READY_MAX ? c->jobs : READY_MAX, err))
        return false;
    loop_set_timer(c->loop, &c->begin, 0, on_begin, c);
    if (c->options->seconds > 0)
        loop_set_timer(c->loop, &c->end, clock_now_ns() + left_ms(c) * 1000000, on_time, c);
    return true;
}

static void course_done(struct course *c)
{
    errand_free(c->errand);
    for (uint32_t i = 0; c->proofs != NULL && i < c->project->module_count; i++)
        proof_free(c->proofs[i]);
    asker_free(c->asker);
    loop_free(c->loop);
    broker_end(&c->broker);
    fd_close_at(&c->cancel_fd);
    test_progress_end(&c->progress);
}

bool test_course_run(const struct test_course *what, struct error *err)
{
    __attribute__((cleanup(course_done))) struct course c = {
        .what = what,
        .options = what->options,
        .project = what->project,
        .broker = {-1, 0},
        .cancel_fd = -1,
    };
    if (!prepare(&c, err) || !begin(&c, err) || !loop_run(c.loop, err))
        return false;
    if (c.failed)
        *err = c.error;
    return !c.failed;
}
