#include "testgen/cover.h"

#include "base/mem.h"

/* How many tests a callable gets beyond those that are needed, and when that ends. */
enum {
    CASES_PLENTY = 8,
    CASES_PLENTY_LONG = 5,
    COST_BASE = 8,
    COST_OF_STATEMENT = 12,
    SCALE = 1000,
    SEEN_TWICE = 2
};

struct cover {
    struct matrix *matrix;
    uint32_t *goals;    /* by goal: how many chosen ones reach it */
    uint32_t *mutants;  /* by mutant: how many chosen ones kill it */
    uint32_t *cases;    /* by callable */
    uint32_t *shortest; /* by callable: statements of its shortest test */
    uint64_t *ways;     /* of the chosen ones */
    uint32_t way_count;
};

static uint32_t cost_of(const struct exam *exam)
{
    return COST_BASE + exam->candidate->weight + COST_OF_STATEMENT * exam->candidate->program.count;
}

static uint32_t count_new(const struct cover *cover, const struct exam *exam)
{
    uint32_t count = 0;
    for (uint32_t i = 0; i < exam->candidate->hit_count; i++)
        count += cover->goals[exam->candidate->hits[i]] == 0;
    for (uint32_t i = 0; i < exam->judgement.count; i++)
        count += cover->mutants[exam->judgement.masks[i].mutant] == 0;
    return count;
}

/* The way through the callable under test, whatever went on around it. */
static uint64_t way_of(const struct cover *cover, const struct exam *exam)
{
    const struct subject *subject = &cover->matrix->engine->subject;
    const struct candidate *candidate = exam->candidate;
    uint64_t way = candidate->status + 31 * (uint64_t)candidate->origin + candidate->target;
    for (uint32_t i = 0; i < candidate->hit_count; i++) {
        int32_t owner = subject->goals[candidate->hits[i]].callable;
        if (owner < 0 || owner == (int32_t)candidate->target || !subject->callables[owner].test)
            way = (way ^ candidate->hits[i]) * 0x9e3779b97f4a7c15;
    }
    return way;
}

static void choose(struct cover *cover, struct exam *exam)
{
    exam->chosen = true;
    cover->cases[exam->candidate->target]++;
    for (uint32_t i = 0; i < exam->candidate->hit_count; i++)
        cover->goals[exam->candidate->hits[i]]++;
    for (uint32_t i = 0; i < exam->judgement.count; i++)
        cover->mutants[exam->judgement.masks[i].mutant]++;
    cover->ways[cover->way_count++] = way_of(cover, exam);
}

static bool is_free(const struct exam *exam)
{
    return exam->why == NULL && !exam->chosen && !exam->replaced;
}

/* Most that is new for what it costs to read. */
static struct exam *find_best(const struct cover *cover)
{
    struct exam *best = NULL;
    uint64_t most = 0;
    for (uint32_t i = 0; i < cover->matrix->count; i++) {
        struct exam *exam = &cover->matrix->exams[i];
        uint64_t value =
            is_free(exam) ? (uint64_t)count_new(cover, exam) * SCALE / cost_of(exam) : 0;
        if (value > most) {
            most = value;
            best = exam;
        }
    }
    return best;
}

/* Whom the others made needless since it was chosen. */
static bool is_needless(const struct cover *cover, const struct exam *exam)
{
    for (uint32_t i = 0; i < exam->candidate->hit_count; i++)
        if (cover->goals[exam->candidate->hits[i]] < SEEN_TWICE)
            return false;
    for (uint32_t i = 0; i < exam->judgement.count; i++)
        if (cover->mutants[exam->judgement.masks[i].mutant] < SEEN_TWICE)
            return false;
    return true;
}

static void release(struct cover *cover, struct exam *exam)
{
    exam->chosen = false;
    cover->cases[exam->candidate->target]--;
    for (uint32_t i = 0; i < exam->candidate->hit_count; i++)
        cover->goals[exam->candidate->hits[i]]--;
    for (uint32_t i = 0; i < exam->judgement.count; i++)
        cover->mutants[exam->judgement.masks[i].mutant]--;
}

static void release_needless(struct cover *cover)
{
    for (uint32_t i = cover->matrix->count; i-- > 0;) {
        struct exam *exam = &cover->matrix->exams[i];
        if (exam->chosen && is_needless(cover, exam))
            release(cover, exam);
    }
}

/* ---- a second look ------------------------------------------------------------------------- */

static bool is_new_way(const struct cover *cover, const struct exam *exam)
{
    uint64_t way = way_of(cover, exam);
    for (uint32_t i = 0; i < cover->way_count; i++)
        if (cover->ways[i] == way)
            return false;
    return true;
}

/* Faults that our mutants do not stand for are found by other ways through the code, and by
 * killing the same mutant with another value. */
static uint64_t second_value(const struct cover *cover, const struct exam *exam)
{
    enum { VALUE_OF_A_WAY = 3, VALUE_MIN = 2 };

    uint64_t value = is_new_way(cover, exam) ? VALUE_OF_A_WAY : 0;
    const struct mutant *mutants = cover->matrix->engine->subject.mutants;
    for (uint32_t i = 0; i < exam->judgement.count; i++) {
        uint32_t mutant = exam->judgement.masks[i].mutant;
        value += cover->mutants[mutant] < SEEN_TWICE &&
                 mutants[mutant].callable == (int32_t)exam->candidate->target;
    }
    return value < VALUE_MIN ? 0 : value * SCALE / cost_of(exam);
}

/* A second look is worth it only where the way there is short. */
static bool is_short(const struct cover *cover, const struct exam *exam)
{
    uint32_t callable = exam->candidate->target;
    bool method = cover->matrix->engine->subject.callables[callable].kind == CALLABLE_METHOD;
    return exam->candidate->program.count <= cover->shortest[callable] + method;
}

static void find_shortest(struct cover *cover)
{
    for (uint32_t i = 0; i < cover->matrix->engine->subject.callable_count; i++)
        cover->shortest[i] = UINT32_MAX - 1;
    for (uint32_t i = 0; i < cover->matrix->count; i++) {
        const struct exam *exam = &cover->matrix->exams[i];
        uint32_t *shortest = &cover->shortest[exam->candidate->target];
        if (exam->why == NULL && !exam->replaced && exam->candidate->program.count < *shortest)
            *shortest = exam->candidate->program.count;
    }
}

static void choose_more_of(struct cover *cover, uint32_t callable)
{
    uint32_t plenty = cover->shortest[callable] > 1 ? CASES_PLENTY_LONG : CASES_PLENTY;
    while (cover->cases[callable] < plenty) {
        struct exam *best = NULL;
        uint64_t most = 0;
        for (uint32_t i = 0; i < cover->matrix->count; i++) {
            struct exam *exam = &cover->matrix->exams[i];
            if (!is_free(exam) || exam->candidate->target != callable || !is_short(cover, exam))
                continue;
            uint64_t value = second_value(cover, exam);
            if (value > most) {
                most = value;
                best = exam;
            }
        }
        if (best == NULL)
            return;
        choose(cover, best);
    }
}

/* ---- the long run -------------------------------------------------------------------------- */

static uint32_t fuel_of(const struct exam *exam)
{
    return exam->candidate->status == RUN_DONE ? exam->candidate->fuel : 0;
}

/* A mistake that shows only after some rounds is met by whoever goes round most, if that is still
 * readable. */
static struct exam *find_longest_run(const struct cover *cover, uint32_t callable)
{
    enum { READABLE = 26 };

    struct exam *best = NULL;
    uint32_t most = 0;
    for (uint32_t i = 0; i < cover->matrix->count; i++) {
        struct exam *exam = &cover->matrix->exams[i];
        if (exam->candidate->target != callable || exam->why != NULL || exam->replaced ||
            fuel_of(exam) <= most ||
            !(exam->chosen || (exam->candidate->weight <= READABLE && is_short(cover, exam))))
            continue;
        most = fuel_of(exam);
        best = exam;
    }
    return best == NULL || best->chosen ? NULL : best;
}

static void choose_longest_run(struct cover *cover, uint32_t callable)
{
    struct exam *longest = find_longest_run(cover, callable);
    if (longest != NULL)
        choose(cover, longest);
}

void cover_choose(struct matrix *matrix)
{
    const struct subject *subject = &matrix->engine->subject;
    auto_free uint32_t *goals = mem_alloc((subject->goal_count + 1) * sizeof *goals);
    auto_free uint32_t *mutants = mem_alloc((subject->mutant_count + 1) * sizeof *mutants);
    auto_free uint32_t *cases = mem_alloc((subject->callable_count + 1) * sizeof *cases);
    auto_free uint64_t *ways = mem_alloc((2 * (size_t)matrix->count + 1) * sizeof *ways);
    auto_free uint32_t *shortest = mem_alloc((subject->callable_count + 1) * sizeof *shortest);
    struct cover cover = {matrix, goals, mutants, cases, shortest, ways, 0};
    find_shortest(&cover);
    for (uint32_t i = 0; i < matrix->count; i++)
        matrix->exams[i].chosen = false;
    for (struct exam *best; (best = find_best(&cover)) != NULL;)
        choose(&cover, best);
    release_needless(&cover);
    for (uint32_t i = 0; i < subject->callable_count; i++) {
        choose_more_of(&cover, i);
        choose_longest_run(&cover, i);
    }
}
