#include "testgen/minimise.h"

#include "base/mem.h"
#include "testgen/simpler.h"

enum { STEPS_MAX = 24, VARIANTS_MAX = 160, TRIED_MAX = 48, JUDGED_AT_ONCE = 6 };

static const size_t batch_max = (size_t)256 << 20;

/* Who is about to take an exam's place, and what it kills for certain. */
struct promise {
    uint32_t exam;
    const struct candidate *candidate;
    const uint32_t *mutants;
    uint32_t mutant_count;
};

/* Looking at one is dear, at many together hardly more; so they wait for each other. */
enum { PROMISES_MAX = 16 };

struct minimiser {
    struct matrix *matrix;
    uint64_t executions_end;
    struct arena arena; /* of the promises */
    struct promise promises[PROMISES_MAX];
    uint32_t count;
};

/* What one exam is there for: nobody else that is chosen reaches or kills it (often enough). */
struct task {
    const struct minimiser *minimiser;
    struct matrix *matrix;
    struct arena arena;
    const struct candidate *now; /* the simplest so far */
    const struct candidate *variants[VARIANTS_MAX];
    uint32_t variant_count;
    uint16_t *goals;
    uint32_t *mutants;
    uint32_t goal_count, mutant_count;
};

/* ---- what is needed ------------------------------------------------------------------------ */

static const struct promise *find_promise(const struct minimiser *minimiser, uint32_t exam)
{
    for (uint32_t i = 0; i < minimiser->count; i++)
        if (minimiser->promises[i].exam == exam)
            return &minimiser->promises[i];
    return NULL;
}

static bool hits(const struct candidate *candidate, uint16_t goal)
{
    for (uint32_t i = 0; i < candidate->hit_count && candidate->hits[i] <= goal; i++)
        if (candidate->hits[i] == goal)
            return true;
    return false;
}

static bool kills(const struct exam *exam, uint32_t mutant)
{
    for (uint32_t i = 0; i < exam->judgement.count; i++)
        if (exam->judgement.masks[i].mutant == mutant)
            return true;
    return false;
}

static bool will_hit(const struct minimiser *minimiser, uint32_t exam, uint16_t goal)
{
    const struct promise *promise = find_promise(minimiser, exam);
    return hits(promise != NULL ? promise->candidate : minimiser->matrix->exams[exam].candidate,
                goal);
}

static bool will_kill(const struct minimiser *minimiser, uint32_t exam, uint32_t mutant)
{
    const struct promise *promise = find_promise(minimiser, exam);
    if (promise == NULL)
        return kills(&minimiser->matrix->exams[exam], mutant);
    for (uint32_t i = 0; i < promise->mutant_count; i++)
        if (promise->mutants[i] == mutant)
            return true;
    return false;
}

static bool is_goal_needed(const struct minimiser *minimiser, uint32_t exam, uint16_t goal)
{
    for (uint32_t i = 0; i < minimiser->matrix->count; i++)
        if (minimiser->matrix->exams[i].chosen && i != exam && will_hit(minimiser, i, goal))
            return false;
    return true;
}

static bool is_kill_needed(const struct minimiser *minimiser, uint32_t exam, uint32_t mutant)
{
    enum { OTHERS_ENOUGH = 2 };

    uint32_t others = 0;
    for (uint32_t i = 0; i < minimiser->matrix->count && others < OTHERS_ENOUGH; i++)
        others +=
            minimiser->matrix->exams[i].chosen && i != exam && will_kill(minimiser, i, mutant);
    return others < OTHERS_ENOUGH;
}

static void find_needs(struct task *task, uint32_t index)
{
    const struct exam *exam = &task->matrix->exams[index];
    const struct candidate *candidate = exam->candidate;
    task->goals = arena_alloc(&task->arena, (candidate->hit_count + 1) * sizeof *task->goals);
    task->mutants = arena_alloc(&task->arena, (exam->judgement.count + 1) * sizeof *task->mutants);
    for (uint32_t i = 0; i < candidate->hit_count; i++)
        if (is_goal_needed(task->minimiser, index, candidate->hits[i]))
            task->goals[task->goal_count++] = candidate->hits[i];
    for (uint32_t i = 0; i < exam->judgement.count; i++)
        if (is_kill_needed(task->minimiser, index, exam->judgement.masks[i].mutant))
            task->mutants[task->mutant_count++] = exam->judgement.masks[i].mutant;
}

/* ---- variants ------------------------------------------------------------------------------ */

static bool is_chosen_already(const struct task *task, const struct candidate *candidate)
{
    for (uint32_t i = 0; i < task->matrix->count; i++) {
        const struct exam *exam = &task->matrix->exams[i];
        if (exam->chosen && program_equal(&exam->candidate->program, &candidate->program))
            return true;
    }
    for (uint32_t i = 0; i < task->minimiser->count; i++)
        if (program_equal(&task->minimiser->promises[i].candidate->program, &candidate->program))
            return true;
    return false;
}

/* Ends as the original does, and goes where it must. */
static bool is_like(const struct task *task, const struct candidate *candidate)
{
    if (candidate->status != task->now->status || candidate->origin != task->now->origin ||
        !str_equal(candidate->exception, task->now->exception) ||
        candidate->weight >= task->now->weight)
        return false;
    for (uint32_t i = 0; i < task->goal_count; i++)
        if (!hits(candidate, task->goals[i]))
            return false;
    return !is_chosen_already(task, candidate);
}

/* The lightest first; of equal ones whoever came first. */
static void insert(struct task *task, const struct candidate *candidate)
{
    uint32_t at = task->variant_count++;
    for (; at > 0 && task->variants[at - 1]->weight > candidate->weight; at--)
        task->variants[at] = task->variants[at - 1];
    task->variants[at] = candidate;
}

static bool find_variants(struct task *task, struct error *err)
{
    struct engine *engine = task->matrix->engine;
    struct program programs[VARIANTS_MAX];
    struct trace traces[VARIANTS_MAX] = {};
    uint32_t made = simpler_programs(&task->arena, &task->now->program, programs, VARIANTS_MAX);
    uint32_t count = 0;
    for (uint32_t i = 0; i < made; i++)
        if (archive_weigh(&engine->archive, &programs[i]) < task->now->weight)
            programs[count++] = programs[i];
    task->variant_count = 0;
    if (count == 0)
        return true;
    if (!guest_run(&engine->guest, RUN_WANT_DIGEST, matrix_fuel(task->matrix, task->now), STR(""),
                   programs, count, &task->arena, traces, err))
        return false;
    for (uint32_t i = 0; i < count; i++) {
        const struct candidate *candidate = candidate_new(
            &engine->archive, &task->arena, task->now->target, &programs[i], &traces[i]);
        if (candidate != NULL && is_like(task, candidate))
            insert(task, candidate);
    }
    return true;
}

/* ---- steps --------------------------------------------------------------------------------- */

/* The first of a few variants that kills all it must; NULL: none does. */
static bool judge_some(struct task *task, uint32_t first, uint32_t count,
                       const struct candidate **ret, struct error *err)
{
    struct engine *engine = task->matrix->engine;
    struct mutant_request requests[JUDGED_AT_ONCE] = {};
    struct judgement judgements[JUDGED_AT_ONCE] = {};
    for (uint32_t i = 0; i < count; i++)
        requests[i] = (struct mutant_request){.program = &task->variants[first + i]->program,
                                              .mutants = task->mutants,
                                              .count = task->mutant_count};
    if (!guest_mutants(&engine->guest, matrix_fuel(task->matrix, task->now), requests, count,
                       &task->arena, judgements, err))
        return false;
    for (uint32_t i = 0; i < count && *ret == NULL; i++)
        if (judgements[i].count == task->mutant_count)
            *ret = task->variants[first + i];
    return true;
}

static bool step(struct task *task, const struct candidate **ret, struct error *err)
{
    *ret = NULL;
    if (!find_variants(task, err))
        return false;
    if (task->mutant_count == 0 && task->variant_count > 0)
        *ret = task->variants[0];
    for (uint32_t i = 0; *ret == NULL && i < task->variant_count && i < TRIED_MAX;
         i += JUDGED_AT_ONCE) {
        uint32_t left = task->variant_count - i;
        if (!judge_some(task, i, left < JUDGED_AT_ONCE ? left : JUDGED_AT_ONCE, ret, err))
            return false;
    }
    return true;
}

/* ---- exams --------------------------------------------------------------------------------- */

static void promise(struct minimiser *minimiser, uint32_t exam, const struct task *task)
{
    size_t size = task->mutant_count * sizeof *task->mutants;
    uint32_t *mutants = arena_alloc(&minimiser->arena, size + 1);
    if (size > 0)
        memcpy(mutants, task->mutants, size);
    minimiser->promises[minimiser->count++] =
        (struct promise){.exam = exam,
                         .candidate = candidate_copy(minimiser->matrix->engine->keep, task->now),
                         .mutants = mutants,
                         .mutant_count = task->mutant_count};
}

/* It takes the place if it holds what was promised. */
static void take_place(struct matrix *matrix, const struct promise *promise, struct exam *simpler)
{
    simpler->simple = true;
    if (simpler->why != NULL)
        return;
    for (uint32_t i = 0; i < promise->mutant_count; i++)
        if (!kills(simpler, promise->mutants[i]))
            return;
    simpler->chosen = true;
    matrix->exams[promise->exam].chosen = false;
    matrix->exams[promise->exam].replaced = true;
}

/* The simpler ones are looked at as all others were. */
static bool keep_promises(struct minimiser *minimiser, struct error *err)
{
    struct matrix *matrix = minimiser->matrix;
    const struct candidate *candidates[PROMISES_MAX];
    uint32_t before = matrix->count, count = minimiser->count;
    for (uint32_t i = 0; i < count; i++)
        candidates[i] = minimiser->promises[i].candidate;
    minimiser->count = 0;
    bool good = matrix_examine(matrix, candidates, count, UINT32_MAX, err);
    for (uint32_t i = before; i < matrix->count; i++)
        for (uint32_t k = 0; k < count; k++)
            if (matrix->exams[i].candidate == candidates[k])
                take_place(matrix, &minimiser->promises[k], &matrix->exams[i]);
    arena_done(&minimiser->arena);
    return good;
}

static bool simplify(struct minimiser *minimiser, uint32_t index, struct error *err)
{
    auto_free struct task *task = mem_alloc(sizeof *task);
    struct matrix *matrix = minimiser->matrix;
    const struct candidate *first = matrix->exams[index].candidate, *next = first;
    task->minimiser = minimiser;
    task->matrix = matrix;
    task->now = first;
    arena_init(&task->arena, batch_max);
    find_needs(task, index);
    bool good = true, needed = task->goal_count + task->mutant_count > 0;
    for (int i = 0; good && needed && next != NULL && i < STEPS_MAX; i++) {
        task->now = next;
        good = step(task, &next, err) && engine_goes_on(matrix->engine, minimiser->executions_end);
    }
    task->now = good && next != NULL ? next : task->now;
    if (task->now != first && err->kind == ERROR_NONE)
        promise(minimiser, index, task);
    arena_done(&task->arena);
    return err->kind == ERROR_NONE;
}

bool minimise_chosen(struct matrix *matrix, uint64_t executions_end, struct error *err)
{
    auto_free struct minimiser *minimiser = mem_alloc(sizeof *minimiser);
    minimiser->matrix = matrix;
    minimiser->executions_end = executions_end;
    arena_init(&minimiser->arena, batch_max);
    uint32_t count = matrix->count;
    bool good = true;
    for (uint32_t i = 0; good && i < count; i++) {
        if (!matrix->exams[i].chosen || matrix->exams[i].simple)
            continue;
        if (!engine_goes_on(matrix->engine, executions_end))
            break;
        matrix->exams[i].simple = true;
        good = simplify(minimiser, i, err);
        if (good && minimiser->count == PROMISES_MAX)
            good = keep_promises(minimiser, err);
    }
    good = good && keep_promises(minimiser, err);
    arena_done(&minimiser->arena);
    return good;
}
