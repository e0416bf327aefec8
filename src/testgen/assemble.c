#include "testgen/choose.h"

#include "base/mem.h"
#include "testgen/cover.h"
#include "testgen/group.h"
#include "testgen/name.h"
#include "testgen/spare.h"
#include "testgen/suspect.h"

enum { ROUNDS_MAX = 5 };

struct assembly {
    struct matrix *matrix;
    struct arena *arena;
    const struct subject *subject;
    struct trial *tests; /* of the chosen exams */
    struct exam **exams; /* beside them */
    uint32_t count;
    struct grouping grouping;
    struct suite_block *blocks;
    uint32_t block_count;
    const bool *home_kills; /* by mutant: killed by a test of its own callable */
};

/* ---- tests --------------------------------------------------------------------------------- */

/* A mutant is the business of the tests of its own callable, as far as one of them kills it. */
static bool *find_home_kills(struct assembly *assembly)
{
    const struct matrix *matrix = assembly->matrix;
    const struct subject *subject = assembly->subject;
    bool *killed = arena_alloc(assembly->arena, subject->mutant_count + 1);
    for (uint32_t i = 0; i < matrix->count; i++)
        for (uint32_t k = 0; matrix->exams[i].chosen && k < matrix->exams[i].judgement.count; k++) {
            uint32_t mutant = matrix->exams[i].judgement.masks[k].mutant;
            killed[mutant] |=
                subject->mutants[mutant].callable == (int32_t)matrix->exams[i].candidate->target;
        }
    return killed;
}

static const bool *wanted_of(struct assembly *assembly, const struct exam *exam)
{
    bool *wanted = arena_alloc(assembly->arena, exam->judgement.count + 1);
    for (uint32_t i = 0; i < exam->judgement.count; i++) {
        uint32_t mutant = exam->judgement.masks[i].mutant;
        wanted[i] = !assembly->home_kills[mutant] ||
                    assembly->subject->mutants[mutant].callable == (int32_t)exam->candidate->target;
    }
    return wanted;
}

static const uint32_t *goals_of(struct assembly *assembly, const struct candidate *candidate)
{
    uint32_t *goals = arena_alloc(assembly->arena, (candidate->hit_count + 1) * sizeof *goals);
    for (uint32_t i = 0; i < candidate->hit_count; i++)
        goals[i] = candidate->hits[i];
    return goals;
}

static void add_test(struct assembly *assembly, struct exam *exam)
{
    struct trial *test = &assembly->tests[assembly->count];
    *test = (struct trial){.target = exam->candidate->target,
                           .program = exam->candidate->program,
                           .goals = goals_of(assembly, exam->candidate),
                           .goal_count = exam->candidate->hit_count};
    oracle_choose(assembly->arena, assembly->subject, &test->program, &exam->observation,
                  &exam->judgement, wanted_of(assembly, exam), test);
    if (test->check_count == 0) {
        exam->why = "nothing that can be asserted";
        return;
    }
    assembly->exams[assembly->count++] = exam;
}

/* Callables in the order of the source; the tests of one in the order of their weight. */
static void take_tests_of(struct assembly *assembly, uint32_t callable)
{
    for (uint32_t i = 0; i < assembly->matrix->count; i++) {
        struct exam *exam = &assembly->matrix->exams[i];
        if (exam->chosen && exam->candidate->target == callable)
            add_test(assembly, exam);
    }
}

static void name_conditions(struct assembly *assembly, uint32_t first, uint32_t count)
{
    const struct candidate **others = arena_alloc(assembly->arena, (count + 1) * sizeof *others);
    for (uint32_t i = 0; i < count; i++)
        others[i] = assembly->exams[first + i]->candidate;
    for (uint32_t i = 0; i < count; i++)
        assembly->tests[first + i].condition =
            name_condition(assembly->arena, assembly->subject, others[i], others, count);
}

/* From the last one on: what came first was worth most. */
static void leave_out_spare(struct assembly *assembly)
{
    uint32_t count = assembly->count, left = 0;
    bool *kept = arena_alloc(assembly->arena, count + 1);
    for (uint32_t i = 0; i < count; i++)
        kept[i] = true;
    for (uint32_t i = count; i-- > 0;) {
        const char *why = spare_why(assembly->subject, assembly->tests, kept, count, i);
        kept[i] = why == NULL;
        if (why != NULL)
            assembly->exams[i]->why = why;
    }
    for (uint32_t i = 0; i < count; i++)
        if (kept[i]) {
            assembly->exams[left] = assembly->exams[i];
            assembly->tests[left++] = assembly->tests[i];
        }
    assembly->count = left;
}

static void name_all_conditions(struct assembly *assembly)
{
    for (uint32_t first = 0, end; first < assembly->count; first = end) {
        for (end = first; end < assembly->count; end++)
            if (assembly->tests[end].target != assembly->tests[first].target)
                break;
        name_conditions(assembly, first, end - first);
    }
}

static void take_tests(struct assembly *assembly)
{
    uint32_t chosen = 0;
    for (uint32_t i = 0; i < assembly->matrix->count; i++)
        chosen += assembly->matrix->exams[i].chosen;
    assembly->count = 0;
    assembly->home_kills = find_home_kills(assembly);
    assembly->tests = arena_alloc(assembly->arena, (chosen + 1) * sizeof *assembly->tests);
    assembly->exams = arena_alloc(assembly->arena, (chosen + 1) * sizeof *assembly->exams);
    for (uint32_t i = 0; i < assembly->subject->callable_count; i++)
        take_tests_of(assembly, i);
    leave_out_spare(assembly);
    name_all_conditions(assembly);
}

/* ---- blocks -------------------------------------------------------------------------------- */

static struct exam *exam_of(const struct assembly *assembly, const struct trial *test)
{
    return assembly->exams[test - assembly->tests];
}

static void reject(struct assembly *assembly, const struct test_group *group, const char *why)
{
    for (uint32_t i = 0; i < group->count; i++)
        exam_of(assembly, group->tests[i])->why = why;
}

/* Returns whether all could be written. */
static bool write_blocks(struct assembly *assembly)
{
    bool all = true;
    const struct trial **tests =
        arena_alloc(assembly->arena, (assembly->count + 1) * sizeof *tests);
    for (uint32_t i = 0; i < assembly->count; i++)
        tests[i] = &assembly->tests[i];
    group_tests(assembly->arena, assembly->subject, tests, assembly->count, &assembly->grouping);
    assembly->blocks =
        arena_alloc(assembly->arena, (assembly->grouping.count + 1) * sizeof *assembly->blocks);
    assembly->block_count = 0;
    for (uint32_t i = 0; i < assembly->grouping.count; i++) {
        const char *why = NULL;
        if (emit_python(assembly->arena, assembly->subject, &assembly->grouping.groups[i],
                        &assembly->blocks[assembly->block_count], &why)) {
            assembly->block_count++;
            continue;
        }
        reject(assembly, &assembly->grouping.groups[i], why);
        all = false;
    }
    return all;
}

/* What cannot be written leaves a gap that others may fill. */
static void write_suite(struct assembly *assembly)
{
    for (int round = 0; round < ROUNDS_MAX; round++) {
        cover_choose(assembly->matrix);
        take_tests(assembly);
        if (write_blocks(assembly))
            return;
    }
}

/* ---- the report's part --------------------------------------------------------------------- */

static void limit_blocks(struct assembly *assembly)
{
    uint32_t max = assembly->matrix->engine->options->tests_max;
    if (max > 0 && assembly->block_count > max)
        assembly->block_count = max;
}

static void count_proofs(struct assembly *assembly, bool *covered, enum mutant_fate *fates)
{
    for (uint32_t i = 0; i < assembly->block_count; i++)
        for (uint32_t j = 0; j < assembly->blocks[i].case_count; j++) {
            const struct suite_case *one = &assembly->blocks[i].cases[j];
            for (uint32_t k = 0; k < one->goal_count; k++)
                covered[one->goals[k]] = true;
            for (uint32_t k = 0; k < one->kill_count; k++)
                fates[one->kills[k]] = MUTANT_KILLED;
        }
}

static const enum mutant_fate *fates_of(struct assembly *assembly, bool *covered)
{
    const struct subject *subject = assembly->subject;
    enum mutant_fate *fates =
        arena_alloc(assembly->arena, (subject->mutant_count + 1) * sizeof *fates);
    for (uint32_t i = 0; i < subject->mutant_count; i++)
        fates[i] = subject->mutants[i].is_static  ? MUTANT_STATIC
                   : assembly->matrix->reached[i] ? MUTANT_SURVIVED
                                                  : MUTANT_UNREACHED;
    count_proofs(assembly, covered, fates);
    return fates;
}

static uint32_t tests_of(const struct assembly *assembly, uint32_t callable)
{
    uint32_t count = 0;
    for (uint32_t i = 0; i < assembly->block_count; i++)
        if (assembly->blocks[i].target == callable)
            count += assembly->blocks[i].case_count;
    return count;
}

static struct str why_none(const struct assembly *assembly, uint32_t callable)
{
    const struct callable *of = &assembly->subject->callables[callable];
    if (of->why.len > 0)
        return of->why;
    for (uint32_t i = 0; i < assembly->matrix->count; i++) {
        const struct exam *exam = &assembly->matrix->exams[i];
        if (exam->candidate->target == callable && exam->why != NULL)
            return str_from(exam->why);
    }
    if (assembly->matrix->engine->archive.hangs[callable] != NULL)
        return STR("no call of it ended");
    return STR("no call of it was found that ends");
}

static const struct suite_target *targets_of(struct assembly *assembly, uint32_t *ret_count)
{
    const struct subject *subject = assembly->subject;
    struct suite_target *targets =
        arena_alloc(assembly->arena, (subject->callable_count + 1) * sizeof *targets);
    uint32_t count = 0;
    for (uint32_t i = 0; i < subject->callable_count; i++) {
        if (subject->callables[i].kind == CALLABLE_LIBRARY)
            continue;
        struct suite_target *target = &targets[count++];
        *target = (struct suite_target){.callable = i, .tests = tests_of(assembly, i)};
        if (target->tests == 0)
            target->why = why_none(assembly, i);
    }
    *ret_count = count;
    return targets;
}

bool assemble_suite(struct matrix *matrix, struct suite *ret, struct error *err)
{
    (void)err;
    struct engine *engine = matrix->engine;
    struct assembly assembly = {
        .matrix = matrix, .arena = engine->keep, .subject = &engine->subject};
    write_suite(&assembly);
    limit_blocks(&assembly);
    bool *covered = arena_alloc(engine->keep, engine->subject.goal_count + 1);
    *ret = (struct suite){.subject = &engine->subject,
                          .seed = engine->options->seed,
                          .executions = engine->guest.executions,
                          .blocks = assembly.blocks,
                          .block_count = assembly.block_count,
                          .fates = fates_of(&assembly, covered),
                          .covered = covered};
    ret->suspicions = suspect_all(engine, &ret->suspicion_count);
    ret->rejections = suspect_rejections(matrix, &ret->rejection_count);
    ret->targets = targets_of(&assembly, &ret->target_count);
    ret->cut = engine->cut;
    return true;
}
