#include "testgen/search.h"

#include <assert.h>

#include "base/json_write.h"
#include "base/mem.h"
#include "testgen/frontier.h"
#include "testgen/place.h"

/* ---- life ---------------------------------------------------------------------------------- */

enum { BATCH_MIN = 128, BATCHES_USUAL = 150 };

static uint32_t choose_batch_size(uint64_t executions)
{
    uint64_t size = executions / BATCHES_USUAL;
    return size < BATCH_MIN ? BATCH_MIN : size > BATCH_MAX ? BATCH_MAX : (uint32_t)size;
}

/* What runs out of fuel costs as much as hundreds of short calls; so there is not much of it until
 * a call was seen to need more. */
enum { FUEL_FIRST = 4000, FUEL_TIMES = 10 };

static uint32_t *new_fuel(const struct engine *engine, uint32_t callables)
{
    uint32_t *fuel = arena_alloc(engine->keep, callables * sizeof *fuel), all = engine_fuel(engine);
    for (uint32_t i = 0; i < callables; i++)
        fuel[i] = all < FUEL_FIRST ? all : FUEL_FIRST;
    return fuel;
}

struct search *search_new(struct engine *engine)
{
    struct search *search = mem_alloc(sizeof *search);
    uint32_t callables = engine->subject.callable_count;
    search->engine = engine;
    search->batch_size = choose_batch_size(engine->options->executions);
    search->efforts = arena_alloc(engine->keep, callables * sizeof *search->efforts);
    search->tame = arena_alloc(engine->keep, callables * sizeof *search->tame);
    search->drained = arena_alloc(engine->keep, callables * sizeof *search->drained);
    search->invoked = arena_alloc(engine->keep, callables * sizeof *search->invoked);
    search->fuel = new_fuel(engine, callables);
    search->attempts = mem_alloc(BATCH_MAX * sizeof *search->attempts);
    seen_init(&search->seen);
    arena_init(&search->batch, SIZE_MAX);
    pool_init(&search->pool, engine->keep, &engine->subject);
    beliefs_init(&search->beliefs, engine->keep, &engine->subject);
    return search;
}

void search_free(struct search *search)
{
    if (search == NULL)
        return;
    arena_done(&search->batch);
    mem_free_at(&search->attempts);
    seen_done(&search->seen);
    mem_free_at(&search);
}

struct builder search_builder(struct search *search, uint32_t callable)
{
    return (struct builder){.subject = &search->engine->subject,
                            .random = &search->engine->random,
                            .pool = &search->pool,
                            .beliefs = &search->beliefs,
                            .arena = &search->batch,
                            .callable = callable,
                            .drained = search->drained,
                            .invoked = search->invoked,
                            .tame = search->tame[callable]};
}

bool search_goes_on(struct search *search)
{
    return engine_goes_on(search->engine, search->executions_end);
}

/* ---- goals --------------------------------------------------------------------------------- */

bool search_is_open(const struct search *search, uint32_t goal)
{
    const struct candidate *candidate = search->engine->archive.goals[goal];
    return candidate == NULL ||
           (candidate->status != RUN_DONE && candidate->origin != ORIGIN_RAISE &&
            candidate->origin != ORIGIN_DOCUMENTED);
}

uint32_t search_open_goals(const struct search *search, uint32_t callable)
{
    const struct subject *subject = &search->engine->subject;
    uint32_t open = 0;
    for (uint32_t i = 0; i < subject->goal_count; i++)
        open += subject->goals[i].callable == (int32_t)callable && search_is_open(search, i);
    if (open > 0)
        return open;
    auto_free struct frontier *frontier = mem_alloc(sizeof *frontier);
    frontier_find(search, callable, 0, frontier);
    return frontier->count;
}

/* ---- learning ------------------------------------------------------------------------------ */

static void tell_statement(struct search *search, const struct attempt *attempt, uint32_t statement,
                           double gain)
{
    const struct statement *call = &attempt->program.statements[statement];
    if (call->kind != STATEMENT_CALL)
        return;
    const struct callable *callable = &search->engine->subject.callables[call->callable];
    for (uint32_t i = 0; i < callable->parameter_count && i < BUILDER_PARAMETERS_MAX; i++)
        if (attempt->arms[statement][i] != BELIEF_NO_ARM)
            belief_tell(&search->beliefs, call->callable, i, attempt->arms[statement][i], gain);
}

/* What an end says of the types that were passed to the call that ended it. */
static double gain_of(const struct trace *trace, bool fresh)
{
    if (trace->status == RUN_DONE)
        return fresh ? 2 : 0.5;
    if (trace->status != RUN_RAISED)
        return -0.5;
    switch (trace->origin) {
    case ORIGIN_RAISE:
    case ORIGIN_DOCUMENTED:
        if (str_is(trace->exception, "TypeError")) /* its author says that it does not fit */
            return fresh ? 0.2 : -1;
        return fresh ? 1 : 0.2;
    case ORIGIN_CALL:
    case ORIGIN_ARGUMENT:
        return -2;
    case ORIGIN_OPERATION:
    case ORIGIN_LIBRARY:
        return fresh ? 0.2 : -0.5;
    case ORIGIN_NONE:
        break;
    }
    return 0;
}

static void learn(struct search *search, const struct attempt *attempt, const struct trace *trace,
                  bool fresh)
{
    uint32_t last = trace->at < attempt->program.count ? trace->at : attempt->program.count - 1;
    for (uint32_t i = 0; i < last; i++)
        tell_statement(search, attempt, i, 0.2);
    tell_statement(search, attempt, last, gain_of(trace, fresh));
}

/* An iterator says nothing until its items are taken: from now on they are. */
static bool is_iterator(struct str type)
{
    return str_is(type, "iterator") || str_is(type, "generator") || str_ends(type, "iterator") ||
           str_ends(type, "generator");
}

static bool gives_iterator(const struct search *search, const struct attempt *attempt,
                           const struct trace *trace)
{
    const struct statement *last = &attempt->program.statements[attempt->program.count - 1];
    return trace->status == RUN_DONE && last->kind == STATEMENT_CALL && is_iterator(trace->type) &&
           !search->drained[last->callable] &&
           !search->engine->subject.callables[last->callable].generator;
}

/* A function says nothing until it is called: from now on it is. */
static bool gives_function(const struct search *search, const struct attempt *attempt,
                           const struct trace *trace)
{
    static const char *const words[] = {"function", "method", "functools.partial",
                                        "functools._lru_cache_wrapper"};
    const struct statement *last = &attempt->program.statements[attempt->program.count - 1];
    if (trace->status != RUN_DONE || last->kind != STATEMENT_CALL ||
        last->callable != attempt->target)
        return false;
    for (size_t i = 0; i < COUNT_OF(words); i++)
        if (str_is(trace->type, words[i]))
            return !search->invoked[last->callable];
    return false;
}

/* ---- batches ------------------------------------------------------------------------------- */

static void report(struct search *search)
{
    struct engine *engine = search->engine;
    if (engine->progress == NULL)
        return;
    auto_buf struct buf line;
    buf_init(&line, 1000);
    struct json_writer json;
    json_start(&json, &line);
    json_object(&json);
    json_key(&json, "stage");
    json_text(&json, "search");
    json_key(&json, "executions");
    json_int(&json, (int64_t)engine->guest.executions);
    json_key(&json, "goals");
    json_int(&json, engine->subject.goal_count);
    json_key(&json, "covered");
    json_int(&json, engine->archive.covered);
    json_key(&json, "mutants");
    json_int(&json, engine->subject.mutant_count);
    json_key(&json, "killed");
    json_int(&json, 0);
    json_object_end(&json);
    engine->progress(engine->cookie, buf_str(&line));
}

enum { REPORT_EACH = 4 };

/* What is ended by a clock costs a thousand times what another one does. */
static void note_end(struct search *search, uint32_t target, const struct trace *trace)
{
    search->ends[trace->status]++;
    if (trace->status == RUN_CLOCK || trace->status == RUN_DIED)
        search->tame[target] = true;
    uint64_t enough = (uint64_t)trace->fuel * FUEL_TIMES, all = engine_fuel(search->engine);
    if (trace->status <= RUN_RAISED && enough > search->fuel[target])
        search->fuel[target] = (uint32_t)(enough < all ? enough : all);
}

static uint32_t batch_fuel(const struct search *search)
{
    uint32_t most = 0;
    for (uint32_t i = 0; i < search->attempt_count; i++) {
        uint32_t fuel = search->fuel[search->attempts[i].target];
        most = fuel > most ? fuel : most;
    }
    return most;
}

static void add_to_haul(struct search *search, const struct attempt *attempt,
                        const struct trace *trace)
{
    struct haul *haul = search->haul;
    if (haul == NULL || haul->count == haul->max)
        return;
    const struct candidate *candidate = candidate_new(&search->engine->archive, &haul->arena,
                                                      attempt->target, &attempt->program, trace);
    if (candidate != NULL)
        haul->list[haul->count++] = candidate;
}

static void take_in(struct search *search, const struct attempt *attempt, const struct trace *trace)
{
    bool fresh = archive_add(&search->engine->archive, attempt->target, &attempt->program, trace);
    learn(search, attempt, trace, fresh);
    note_end(search, attempt->target, trace);
    add_to_haul(search, attempt, trace);
    search->fresh += fresh;
    search->efforts[attempt->target].executions++;
    if (gives_function(search, attempt, trace)) {
        search->invoked[attempt->target] = true;
        search->fresh++;
    }
    if (gives_iterator(search, attempt, trace)) {
        const struct program *program = &attempt->program;
        search->drained[program->statements[program->count - 1].callable] = true;
        search->fresh++;
    }
}

/* A batch that the guest gave up costs its programs alone; too many of them the rest as well. */
enum { FAILURES_MAX = 20, LOOKS_MAX = 8 };

static bool forgive(struct search *search, struct error *err)
{
    if (strcmp(err->stage, GUEST_FAILED) != 0 || ++search->failures > FAILURES_MAX)
        return false;
    *err = (struct error){};
    return true;
}

/* Did it only need more fuel? Asked once, then ever more rarely. */
static bool wants_another_look(struct search *search, uint32_t target)
{
    uint32_t times = ++search->efforts[target].out_of_fuel;
    return (times & (times - 1)) == 0 && times < 1 << LOOKS_MAX;
}

static bool look_again(struct search *search, const struct attempt *attempts, struct trace *traces,
                       uint32_t count, struct error *err)
{
    struct engine *engine = search->engine;
    for (uint32_t i = 0; i < count; i++) {
        if (traces[i].status != RUN_FUEL || !wants_another_look(search, attempts[i].target))
            continue;
        if (!guest_run(&engine->guest, RUN_WANT_DIGEST, engine_fuel(engine), (struct str){"", 0},
                       &attempts[i].program, 1, &search->batch, &traces[i], err))
            return false;
        if (traces[i].status == RUN_FUEL)
            archive_add_hang(&engine->archive, attempts[i].target, &attempts[i].program,
                             &traces[i]);
        take_in(search, &attempts[i], &traces[i]);
    }
    return true;
}

static bool run_batch(struct search *search, struct error *err)
{
    struct engine *engine = search->engine;
    uint32_t count = search->attempt_count, fuel = batch_fuel(search);
    search->attempt_count = 0;
    if (count == 0)
        return true;
    auto_free struct program *programs = mem_alloc(count * sizeof *programs);
    auto_free struct trace *traces = mem_alloc(count * sizeof *traces);
    for (uint32_t i = 0; i < count; i++)
        programs[i] = search->attempts[i].program;
    if (!guest_run(&engine->guest, RUN_WANT_DIGEST, fuel, (struct str){"", 0}, programs, count,
                   &search->batch, traces, err))
        return forgive(search, err);
    for (uint32_t i = 0; i < count; i++)
        take_in(search, &search->attempts[i], &traces[i]);
    if (fuel < engine_fuel(engine) && !look_again(search, search->attempts, traces, count, err))
        return forgive(search, err);
    if (++search->batches % REPORT_EACH == 0)
        report(search);
    return true;
}

bool search_flush(struct search *search, struct error *err)
{
    bool ran = run_batch(search, err);
    arena_done(&search->batch);
    return ran;
}

bool search_probe(struct search *search, const struct program *programs, uint32_t count,
                  uint32_t target, struct str watch, struct trace *ret, struct error *err)
{
    struct engine *engine = search->engine;
    if (!guest_run(&engine->guest, RUN_WANT_DIGEST | RUN_WANT_OPERANDS, search->fuel[target], watch,
                   programs, count, &search->batch, ret, err)) {
        memset(ret, 0, count * sizeof *ret);
        return forgive(search, err);
    }
    for (uint32_t i = 0; i < count; i++) {
        search->fresh += archive_add(&engine->archive, target, &programs[i], &ret[i]);
        note_end(search, target, &ret[i]);
    }
    search->efforts[target].executions += count;
    return true;
}

static bool take(struct search *search, const struct program *program, uint32_t target,
                 const struct draft *draft)
{
    assert(search->attempt_count < BATCH_MAX);
    bool known = program->count == 0 || !seen_add(&search->seen, program);
    if (program->count == 0 || (known && search->lines == NULL))
        return false;
    struct attempt *attempt = &search->attempts[search->attempt_count++];
    attempt->program = *program;
    attempt->target = target;
    if (draft != NULL)
        memcpy(attempt->arms, draft->arms, sizeof attempt->arms);
    else
        memset(attempt->arms, BELIEF_NO_ARM, sizeof attempt->arms);
    return true;
}

bool search_try(struct search *search, const struct program *program, uint32_t target,
                struct error *err)
{
    struct program slice = {};
    if (program->count > 0)
        slice = program_slice(&search->batch, program);
    take(search, &slice, target, NULL);
    return search->attempt_count < BATCH_MAX || run_batch(search, err);
}

bool search_try_draft(struct search *search, const struct draft *draft, uint32_t target,
                      struct error *err)
{
    if (draft->failed)
        return true;
    struct program program = draft_program(&search->batch, draft);
    take(search, &program, target, draft);
    return search->attempt_count < BATCH_MAX || run_batch(search, err);
}

/* ---- seeds --------------------------------------------------------------------------------- */

/* The last call of something that is to be tested is what a seed is about. */
static uint32_t target_of(const struct subject *subject, const struct program *program)
{
    for (uint32_t i = program->count; i-- > 0;)
        if (program->statements[i].kind == STATEMENT_CALL &&
            subject->callables[program->statements[i].callable].test)
            return program->statements[i].callable;
    return UINT32_MAX;
}

static void learn_values(struct search *search, const struct program *program, uint32_t target)
{
    struct place places[64];
    size_t count = place_list(program, places, COUNT_OF(places));
    for (size_t i = 0; i < count; i++)
        if (!places[i].var)
            pool_learn(&search->pool, target, places[i].value);
}

static bool try_seeds(struct search *search, struct error *err)
{
    const struct subject *subject = &search->engine->subject;
    for (uint32_t i = 0; i < subject->seed_count; i++) {
        const struct program *program = &subject->seeds[i].program;
        uint32_t target = target_of(subject, program);
        if (target == UINT32_MAX)
            continue;
        learn_values(search, program, target);
        if (!search_try(search, program, target, err))
            return false;
    }
    return search_flush(search, err);
}

/* ---- turns --------------------------------------------------------------------------------- */

enum {
    DRY_TURNS = 6,       /* so many without news, and a callable with all its goals rests */
    DRY_TURNS_OPEN = 30, /* one with open goals has more patience */
    DESCEND_EACH = 3,
    ROUNDS_MAX = 40
};

static bool turn_passes(struct search *search, uint32_t callable, uint32_t open, struct error *err)
{
    struct effort *effort = &search->efforts[callable];
    uint32_t share = search->batch_size / 2;
    if (!search_draw(search, callable, share, err) ||
        !search_evolve(search, callable, share, NULL, 0, err) || !search_flush(search, err))
        return false;
    if (open > 0 && (!search_substitute(search, callable, err) || !search_flush(search, err)))
        return false;
    return open == 0 || effort->turns % DESCEND_EACH != 1 ||
           (search_descend(search, callable, err) && search_flush(search, err));
}

static bool take_turn(struct search *search, uint32_t callable, struct error *err)
{
    struct effort *effort = &search->efforts[callable];
    uint32_t open = search_open_goals(search, callable);
    uint64_t fresh = search->fresh;
    effort->turns++;
    if (!turn_passes(search, callable, open, err))
        return false;
    effort->dry = search->fresh > fresh ? 0 : effort->dry + 1;
    return true;
}

static bool rests(const struct search *search, uint32_t callable)
{
    const struct callable *described = &search->engine->subject.callables[callable];
    const struct effort *effort = &search->efforts[callable];
    if (!described->test || effort->hopeless)
        return true;
    uint32_t patience = search_open_goals(search, callable) > 0 ? DRY_TURNS_OPEN : DRY_TURNS;
    return effort->dry >= patience;
}

/* One turn for each that is awake; those that lately brought little come only now and then. */
static bool take_round(struct search *search, uint64_t round, bool *ret_any, struct error *err)
{
    uint32_t count = search->engine->subject.callable_count;
    *ret_any = false;
    for (uint32_t i = 0; i < count && search_goes_on(search); i++) {
        if (rests(search, i))
            continue;
        *ret_any = true;
        if (round % (1 + search->efforts[i].dry / 2) != 0)
            continue;
        if (!take_turn(search, i, err))
            return false;
    }
    return true;
}

static bool enumerate_all(struct search *search, struct error *err)
{
    uint32_t count = search->engine->subject.callable_count;
    for (uint32_t i = 0; i < count && search_goes_on(search); i++)
        if (search->engine->subject.callables[i].test && !search_enumerate(search, i, err))
            return false;
    return search_flush(search, err);
}

static const double search_share = 0.45;

bool engine_search(struct engine *engine, struct error *err)
{
    struct search *search = engine->search;
    search->executions_end = (uint64_t)((double)engine->options->executions * search_share);
    bool any = true;
    if (!try_seeds(search, err) || !enumerate_all(search, err))
        return false;
    for (uint64_t round = 0; any && search_goes_on(search); round++)
        if (!take_round(search, round, &any, err))
            return false;
    report(search);
    return true;
}

bool search_more(struct engine *engine, uint32_t callable, uint64_t executions,
                 const uint32_t *lines, size_t line_count, struct haul *haul, struct error *err)
{
    struct search *search = engine->search;
    uint64_t end_before = search->executions_end;
    uint32_t share = search->batch_size / 4, rounds = 0;
    bool good = true;
    search->executions_end = engine->guest.executions + executions;
    search->haul = haul;
    while (good && search_goes_on(search) && rounds++ < ROUNDS_MAX)
        good = search_evolve(search, callable, 3 * share, lines, line_count, err) &&
               search_draw(search, callable, share, err) && search_flush(search, err);
    search->haul = NULL;
    search->executions_end = end_before;
    return good;
}
