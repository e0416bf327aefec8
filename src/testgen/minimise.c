#include "testgen/minimise.h"

#include "base/mem.h"
#include "testgen/simpler.h"

enum { STEPS_MAX = 24, VARIANTS_MAX = 160, TRIED_MAX = 48, JUDGED_AT_ONCE = 6 };

static const size_t batch_max = (size_t)256 << 20;

/* What one exam is there for: nobody else that is chosen reaches or kills it (often enough). */
struct task {
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

static bool is_goal_needed(const struct task *task, const struct exam *exam, uint16_t goal)
{
    for (uint32_t i = 0; i < task->matrix->count; i++)
        if (task->matrix->exams[i].chosen && &task->matrix->exams[i] != exam &&
            hits(task->matrix->exams[i].candidate, goal))
            return false;
    return true;
}

static bool is_kill_needed(const struct task *task, const struct exam *exam, uint32_t mutant)
{
    enum { OTHERS_ENOUGH = 2 };

    uint32_t others = 0;
    for (uint32_t i = 0; i < task->matrix->count && others < OTHERS_ENOUGH; i++)
        others += task->matrix->exams[i].chosen && &task->matrix->exams[i] != exam &&
                  kills(&task->matrix->exams[i], mutant);
    return others < OTHERS_ENOUGH;
}

static void find_needs(struct task *task, const struct exam *exam)
{
    const struct candidate *candidate = exam->candidate;
    task->goals = arena_alloc(&task->arena, (candidate->hit_count + 1) * sizeof *task->goals);
    task->mutants = arena_alloc(&task->arena, (exam->judgement.count + 1) * sizeof *task->mutants);
    for (uint32_t i = 0; i < candidate->hit_count; i++)
        if (is_goal_needed(task, exam, candidate->hits[i]))
            task->goals[task->goal_count++] = candidate->hits[i];
    for (uint32_t i = 0; i < exam->judgement.count; i++)
        if (is_kill_needed(task, exam, exam->judgement.masks[i].mutant))
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

/* The simpler one is looked at as any other was; it takes the place if it holds what it promised.
 */
static bool replace(struct task *task, uint32_t index, struct error *err)
{
    struct matrix *matrix = task->matrix;
    const struct candidate *kept = candidate_copy(matrix->engine->keep, task->now);
    uint32_t before = matrix->count;
    if (!matrix_examine(matrix, &kept, 1, UINT32_MAX, err))
        return false;
    if (matrix->count == before || matrix->exams[before].why != NULL)
        return true;
    struct exam *simpler = &matrix->exams[before];
    simpler->simple = true;
    for (uint32_t i = 0; i < task->mutant_count; i++)
        if (!kills(simpler, task->mutants[i]))
            return true;
    simpler->chosen = true;
    matrix->exams[index].chosen = false;
    matrix->exams[index].replaced = true;
    return true;
}

static bool simplify(struct matrix *matrix, uint32_t index, uint64_t executions_end,
                     struct error *err)
{
    auto_free struct task *task = mem_alloc(sizeof *task);
    const struct candidate *first = matrix->exams[index].candidate, *next = first;
    task->matrix = matrix;
    task->now = first;
    arena_init(&task->arena, batch_max);
    find_needs(task, &matrix->exams[index]);
    bool good = true, needed = task->goal_count + task->mutant_count > 0;
    for (int i = 0; good && needed && next != NULL && i < STEPS_MAX; i++) {
        task->now = next;
        good = step(task, &next, err) && engine_goes_on(matrix->engine, executions_end);
    }
    task->now = good && next != NULL ? next : task->now;
    if (task->now != first && err->kind == ERROR_NONE)
        good = replace(task, index, err);
    arena_done(&task->arena);
    return good || err->kind == ERROR_NONE;
}

bool minimise_chosen(struct matrix *matrix, uint64_t executions_end, struct error *err)
{
    uint32_t count = matrix->count;
    for (uint32_t i = 0; i < count && engine_goes_on(matrix->engine, executions_end); i++) {
        if (!matrix->exams[i].chosen || matrix->exams[i].simple)
            continue;
        matrix->exams[i].simple = true;
        if (!simplify(matrix, i, executions_end, err))
            return false;
    }
    return true;
}
