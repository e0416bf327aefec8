#include "testgen/matrix.h"

#include <stdlib.h>

#include "base/mem.h"

enum { BATCH_MAX = 64 };

enum { AT_ONCE_MIN = 32, AT_ONCE_FIRST = 64, AT_ONCE_MAX = 256 };

static const size_t batch_max = (size_t)256 << 20;

void matrix_init(struct matrix *matrix, struct engine *engine)
{
    const struct subject *subject = &engine->subject;
    *matrix = (struct matrix){.engine = engine, .at_once = AT_ONCE_FIRST};
    matrix->killers = arena_alloc(engine->keep, (subject->mutant_count + 1) * sizeof(uint32_t));
    matrix->reached = arena_alloc(engine->keep, subject->mutant_count + 1);
    matrix->entries = arena_alloc(engine->keep, (subject->callable_count + 1) * sizeof(int32_t));
    for (uint32_t i = 0; i < subject->callable_count; i++)
        matrix->entries[i] = -1;
    for (uint32_t i = subject->goal_count; i-- > 0;)
        if (subject->goals[i].kind == GOAL_ENTRY && subject->goals[i].callable >= 0)
            matrix->entries[subject->goals[i].callable] = (int32_t)i;
}

void matrix_done(struct matrix *matrix)
{
    free(matrix->exams);
    *matrix = (struct matrix){};
}

static struct exam *add_exam(struct matrix *matrix, const struct candidate *candidate)
{
    if (matrix->count == matrix->cap) {
        matrix->cap = matrix->cap == 0 ? 256 : matrix->cap * 2;
        matrix->exams = mem_grow(matrix->exams, matrix->cap, sizeof *matrix->exams);
    }
    struct exam *exam = &matrix->exams[matrix->count++];
    *exam = (struct exam){.candidate = candidate};
    return exam;
}

static bool is_examined(const struct matrix *matrix, const struct candidate *candidate)
{
    for (uint32_t i = 0; i < matrix->count; i++)
        if (matrix->exams[i].candidate == candidate)
            return true;
    return false;
}

static bool hits(const struct candidate *candidate, uint32_t goal)
{
    for (uint32_t i = 0; i < candidate->hit_count && candidate->hits[i] <= goal; i++)
        if (candidate->hits[i] == goal)
            return true;
    return false;
}

static bool may_reach(const struct matrix *matrix, const struct candidate *candidate,
                      const struct mutant *mutant)
{
    if (mutant->is_static)
        return false;
    if (mutant->callable < 0)
        return true;
    int32_t entry = matrix->entries[mutant->callable];
    return entry < 0 || hits(candidate, (uint32_t)entry);
}

/* ---- observing ----------------------------------------------------------------------------- */

static bool observe(struct matrix *matrix, uint32_t first, struct error *err)
{
    struct engine *engine = matrix->engine;
    struct program programs[BATCH_MAX] = {};
    struct observation observations[BATCH_MAX] = {};
    uint32_t count = matrix->count - first;
    for (uint32_t i = 0; i < count; i++)
        programs[i] = matrix->exams[first + i].candidate->program;
    if (!guest_observe(&engine->guest, engine->options->open.fuel, programs, count, engine->keep,
                       observations, err))
        return false;
    for (uint32_t i = 0; i < count; i++) {
        struct exam *exam = &matrix->exams[first + i];
        exam->observation = observations[i];
        (void)oracle_accepts(&engine->subject, exam->candidate, &exam->observation, &exam->why);
    }
    return true;
}

/* ---- judging ------------------------------------------------------------------------------- */

static uint32_t ask_about(struct matrix *matrix, struct arena *batch, const struct exam *exam,
                          uint32_t enough, const uint32_t **ret_mutants)
{
    const struct subject *subject = &matrix->engine->subject;
    uint32_t *mutants = arena_alloc(batch, (subject->mutant_count + 1) * sizeof *mutants);
    uint32_t count = 0;
    for (uint32_t i = 0; i < subject->mutant_count; i++) {
        if (!may_reach(matrix, exam->candidate, &subject->mutants[i]))
            continue;
        matrix->reached[i] = true;
        if (matrix->killers[i] < enough)
            mutants[count++] = i;
    }
    *ret_mutants = mutants;
    return count;
}

/* Does a test notice: by something that it can assert, or because it does not end? */
static bool is_kill(const struct exam *exam, struct str mask)
{
    uint32_t count = exam->observation.count;
    if (guest_mask_has(mask, count))
        return true;
    const struct program *program = &exam->candidate->program;
    for (uint32_t i = 0; i < count; i++)
        if (guest_mask_has(mask, i) && oracle_can_check(program, &exam->observation.components[i]))
            return true;
    return false;
}

/* To ask about what does not end is dear, and whoever sees that sees it alike. */
static uint32_t killers_worth(const struct exam *exam, struct str mask)
{
    return guest_mask_has(mask, exam->observation.count) ? MATRIX_KILLERS : 1;
}

/* What only a clock ends takes a third of a second, so a long row of them would outlast the time.
 */
static void note_pace(struct matrix *matrix, const struct judgement *judgements, uint32_t count)
{
    enum { FEW = 2 };

    uint32_t endless = 0;
    for (uint32_t i = 0; i < count; i++)
        for (uint32_t k = 0; k < judgements[i].count; k++)
            endless += guest_mask_has(judgements[i].masks[k].mask, judgements[i].component_count);
    uint32_t next = endless > FEW ? matrix->at_once / 2 : matrix->at_once * 2;
    matrix->at_once = next < AT_ONCE_MIN ? AT_ONCE_MIN : next > AT_ONCE_MAX ? AT_ONCE_MAX : next;
}

static void take_judgement(struct matrix *matrix, struct exam *exam,
                           const struct judgement *judgement)
{
    if (judgement->component_count != exam->observation.count) {
        exam->why = "it shows something else each time";
        return;
    }
    struct mutant_mask *kills =
        arena_alloc(matrix->engine->keep, (judgement->count + 1) * sizeof *kills);
    uint32_t count = 0;
    for (uint32_t i = 0; i < judgement->count; i++) {
        if (!is_kill(exam, judgement->masks[i].mask))
            continue;
        struct str mask = judgement->masks[i].mask;
        kills[count++] = (struct mutant_mask){
            .mutant = judgement->masks[i].mutant,
            .mask = str_of(arena_string(matrix->engine->keep, mask), mask.len)};
        matrix->killers[judgement->masks[i].mutant] += killers_worth(exam, mask);
    }
    exam->judgement = (struct judgement){judgement->component_count, kills, count};
}

uint32_t matrix_fuel(const struct matrix *matrix, const struct candidate *candidate)
{
    enum { FUEL_TIMES = 20, FUEL_MIN = 3000 };

    uint64_t enough = FUEL_MIN + (uint64_t)candidate->fuel * FUEL_TIMES;
    uint32_t all = matrix->engine->options->open.fuel;
    if (all > 0 && enough > all)
        enough = all;
    return enough < UINT32_MAX ? (uint32_t)enough : UINT32_MAX;
}

static uint32_t most(uint32_t a, uint32_t b)
{
    return a > b ? a : b;
}

/* Exams that wait to be judged together. */
struct docket {
    struct matrix *matrix;
    struct arena batch;
    struct mutant_request requests[BATCH_MAX];
    struct judgement judgements[BATCH_MAX];
    struct exam *exams[BATCH_MAX];
    uint32_t count, asked, fuel;
};

static void add_to_docket(struct docket *docket, struct exam *exam, uint32_t enough)
{
    struct mutant_request *request = &docket->requests[docket->count];
    request->program = &exam->candidate->program;
    request->count = ask_about(docket->matrix, &docket->batch, exam, enough, &request->mutants);
    if (request->count == 0)
        return;
    docket->exams[docket->count++] = exam;
    docket->asked += request->count;
    docket->fuel = most(docket->fuel, matrix_fuel(docket->matrix, exam->candidate));
}

static bool judge_docket(struct docket *docket, struct error *err)
{
    struct engine *engine = docket->matrix->engine;
    bool ok =
        docket->count == 0 || guest_mutants(&engine->guest, docket->fuel, docket->requests,
                                            docket->count, &docket->batch, docket->judgements, err);
    for (uint32_t i = 0; ok && i < docket->count; i++)
        take_judgement(docket->matrix, docket->exams[i], &docket->judgements[i]);
    if (ok)
        note_pace(docket->matrix, docket->judgements, docket->count);
    arena_done(&docket->batch);
    docket->count = docket->asked = docket->fuel = 0;
    return ok;
}

/* In pieces, because a single mutant that only a clock ends takes a second. Those that no time is
 * left for kill nothing, as far as anyone knows. */
static bool judge(struct matrix *matrix, uint32_t first, uint32_t enough, struct error *err)
{
    auto_free struct docket *docket = mem_alloc(sizeof *docket);
    docket->matrix = matrix;
    arena_init(&docket->batch, batch_max);
    for (uint32_t i = first; i < matrix->count; i++) {
        if (matrix->exams[i].why == NULL)
            add_to_docket(docket, &matrix->exams[i], enough);
        if (i + 1 < matrix->count && docket->asked < matrix->at_once)
            continue;
        if (!judge_docket(docket, err))
            return false;
        if (!engine_goes_on(matrix->engine, UINT64_MAX))
            return true;
    }
    return true;
}

bool matrix_examine(struct matrix *matrix, const struct candidate *const *candidates,
                    uint32_t count, uint32_t enough, struct error *err)
{
    enum { AT_ONCE = 32 };

    /* What the first ones kill the later ones are not asked about, unless they are in any case. */
    uint32_t at_once = enough == UINT32_MAX ? AT_ONCE : 4;
    const struct arena *keep = matrix->engine->keep;
    for (uint32_t i = 0; i < count && matrix->count < MATRIX_EXAMS_MAX;) {
        if (keep->used > keep->max / 2 || !engine_goes_on(matrix->engine, UINT64_MAX))
            return true; /* the rest is for what is written about those that are examined */
        uint32_t first = matrix->count;
        for (; i < count && matrix->count - first < at_once; i++)
            if (!is_examined(matrix, candidates[i]))
                add_exam(matrix, candidates[i]);
        if (matrix->count == first)
            continue;
        if (!observe(matrix, first, err) || !judge(matrix, first, enough, err)) {
            matrix->count = first;
            return false;
        }
        at_once = at_once < AT_ONCE ? 2 * at_once : AT_ONCE;
    }
    return true;
}

/* ---- hunting ------------------------------------------------------------------------------- */

struct hunt {
    struct matrix *matrix;
    struct arena batch;
    const struct candidate *candidates[BATCH_MAX];
    struct mutant_request requests[BATCH_MAX];
    struct judgement judgements[BATCH_MAX];
    uint32_t count, fuel;
};

static uint32_t add_to_hunt(struct hunt *hunt, const struct candidate *candidate)
{
    struct exam exam = {.candidate = candidate};
    struct mutant_request request = {.program = &candidate->program};
    request.count = ask_about(hunt->matrix, &hunt->batch, &exam, 1, &request.mutants);
    if (request.count == 0)
        return 0;
    hunt->fuel = most(hunt->fuel, matrix_fuel(hunt->matrix, candidate));
    hunt->candidates[hunt->count] = candidate;
    hunt->requests[hunt->count++] = request;
    return request.count;
}

/* Those that kill what none before them does. */
static bool take_prey(struct hunt *hunt, struct error *err)
{
    struct matrix *matrix = hunt->matrix;
    const struct candidate *prey[BATCH_MAX];
    uint32_t count = 0;
    auto_free bool *seen = mem_alloc(matrix->engine->subject.mutant_count + 1);
    for (uint32_t i = 0; i < hunt->count; i++) {
        const struct judgement *judgement = &hunt->judgements[i];
        bool news = false;
        for (uint32_t k = 0; k < judgement->count; k++) {
            news |= !seen[judgement->masks[k].mutant] &&
                    matrix->killers[judgement->masks[k].mutant] == 0;
            seen[judgement->masks[k].mutant] = true;
        }
        if (news)
            prey[count++] = candidate_copy(matrix->engine->keep, hunt->candidates[i]);
    }
    return matrix_examine(matrix, prey, count, MATRIX_KILLERS, err);
}

static bool run_hunt(struct hunt *hunt, struct error *err)
{
    struct matrix *matrix = hunt->matrix;
    bool ok =
        hunt->count == 0 || (guest_mutants(&matrix->engine->guest, hunt->fuel, hunt->requests,
                                           hunt->count, &hunt->batch, hunt->judgements, err) &&
                             take_prey(hunt, err));
    if (ok)
        note_pace(matrix, hunt->judgements, hunt->count);
    arena_done(&hunt->batch);
    hunt->count = hunt->fuel = 0;
    return ok;
}

bool matrix_hunt(struct matrix *matrix, const struct candidate *const *candidates, uint32_t count,
                 uint64_t executions, struct error *err)
{
    auto_free struct hunt *hunt = mem_alloc(sizeof *hunt);
    uint64_t end = matrix->engine->guest.executions + executions, asked = 0;
    hunt->matrix = matrix;
    arena_init(&hunt->batch, batch_max);
    for (uint32_t i = 0; i < count && matrix->count < MATRIX_EXAMS_MAX; i++) {
        if (!is_examined(matrix, candidates[i]))
            asked += add_to_hunt(hunt, candidates[i]);
        if (i + 1 < count && hunt->count < BATCH_MAX && asked < matrix->at_once)
            continue;
        if (!run_hunt(hunt, err))
            return false;
        asked = 0;
        if (!engine_goes_on(matrix->engine, end))
            return true;
    }
    return true;
}

/* What is no target itself is the business of whoever gets there. */
static bool *find_business(const struct matrix *matrix, uint32_t callable)
{
    const struct subject *subject = &matrix->engine->subject;
    const struct archive_list *list = &matrix->engine->archive.lists[callable];
    bool *business = mem_alloc(subject->callable_count + 1);
    for (uint32_t i = 0; i < list->count; i++)
        for (uint32_t k = 0; k < list->candidates[i]->hit_count; k++) {
            int32_t owner = subject->goals[list->candidates[i]->hits[k]].callable;
            if (owner >= 0 && !subject->callables[owner].test)
                business[owner] = true;
        }
    business[callable] = true;
    return business;
}

uint32_t matrix_survivors(const struct matrix *matrix, uint32_t callable, uint32_t *ret_lines,
                          uint32_t max)
{
    const struct subject *subject = &matrix->engine->subject;
    auto_free bool *business = find_business(matrix, callable);
    uint32_t count = 0;
    for (uint32_t i = 0; i < subject->mutant_count && count < max; i++) {
        const struct mutant *mutant = &subject->mutants[i];
        if (mutant->callable >= 0 && business[mutant->callable] && !mutant->is_static &&
            matrix->killers[i] == 0)
            ret_lines[count++] = mutant->line;
    }
    return count;
}
