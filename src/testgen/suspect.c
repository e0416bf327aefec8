#include "testgen/suspect.h"

#include "testgen/emit_python.h"
#include "testgen/hang.h"

enum { SUSPICIONS_MAX = 400, REJECTIONS_MAX = 400 };

struct suspects {
    struct engine *engine;
    struct suspicion *all;
    uint32_t count;
};

static void add(struct suspects *suspects, struct str kind, struct str text, uint32_t callable,
                const struct program *program)
{
    struct arena *arena = suspects->engine->keep;
    if (suspects->count == SUSPICIONS_MAX)
        return;
    suspects->all[suspects->count++] = (struct suspicion){
        .kind = kind,
        .text = text,
        .reproducer = emit_python_program(arena, &suspects->engine->subject, program),
        .callable = (int32_t)callable};
}

static bool add_hang(struct suspects *suspects, uint32_t callable, struct error *err)
{
    struct engine *engine = suspects->engine;
    struct str qual = engine->subject.callables[callable].qual;
    struct program program;
    if (!hang_find(engine, callable, &program, err))
        return false;
    if (program.count == 0)
        return true;
    const char *text =
        arena_text(engine->keep, "%.*s does not end on these arguments", (int)qual.len, qual.ptr);
    add(suspects, STR("hang"), str_from(text), callable, &program);
    return true;
}

/* ---- what the guest holds against candidates ------------------------------------------------ */

/* Of one callable each kind is told once: of the lightest candidate that shows it. */
struct case_against {
    const struct candidate *candidate;
    struct doubt doubt;
};

enum { BATCH_MAX = 64, CASES_MAX = 8 };

struct cases {
    struct case_against all[CASES_MAX];
    uint32_t count;
};

static bool is_lighter(const struct candidate *a, const struct candidate *b)
{
    return a->weight < b->weight;
}

/* Two crashes are of a kind if they end in the same exception. */
static bool is_same_case(const struct case_against *one, const struct candidate *candidate,
                         const struct doubt *doubt)
{
    return str_equal(one->doubt.kind, doubt->kind) &&
           str_equal(one->candidate->exception, candidate->exception);
}

static void note_doubt(struct cases *cases, const struct candidate *candidate,
                       const struct doubt *doubt)
{
    for (uint32_t i = 0; i < cases->count; i++)
        if (is_same_case(&cases->all[i], candidate, doubt)) {
            if (is_lighter(candidate, cases->all[i].candidate))
                cases->all[i] = (struct case_against){candidate, *doubt};
            return;
        }
    if (cases->count < CASES_MAX)
        cases->all[cases->count++] = (struct case_against){candidate, *doubt};
}

static bool ask_about(struct engine *engine, const struct archive_list *list, uint32_t first,
                      struct cases *cases, struct error *err)
{
    struct program programs[BATCH_MAX];
    struct doubts doubts[BATCH_MAX] = {};
    uint32_t count = list->count - first < BATCH_MAX ? list->count - first : BATCH_MAX;
    for (uint32_t i = 0; i < count; i++)
        programs[i] = list->candidates[first + i]->program;
    if (!guest_suspect(&engine->guest, engine->options->open.fuel, programs, count, engine->keep,
                       doubts, err))
        return false;
    for (uint32_t i = 0; i < count; i++)
        for (uint32_t k = 0; k < doubts[i].count; k++)
            note_doubt(cases, list->candidates[first + i], &doubts[i].doubts[k]);
    return true;
}

/* A class whose == is odd shows it in each of its methods. */
static bool is_told(const struct suspects *suspects, const struct doubt *doubt)
{
    for (uint32_t i = 0; i < suspects->count; i++)
        if (str_equal(suspects->all[i].kind, doubt->kind) &&
            str_equal(suspects->all[i].text, doubt->text))
            return true;
    return false;
}

static bool add_doubts(struct suspects *suspects, uint32_t callable, struct error *err)
{
    struct engine *engine = suspects->engine;
    const struct archive_list *list = &engine->archive.lists[callable];
    struct cases cases = {};
    for (uint32_t first = 0; first < list->count; first += BATCH_MAX)
        if (!ask_about(engine, list, first, &cases, err))
            return false;
    for (uint32_t i = 0; i < cases.count; i++) {
        const struct case_against *one = &cases.all[i];
        const struct program *program =
            one->doubt.program.count > 0 ? &one->doubt.program : &one->candidate->program;
        if (!is_told(suspects, &one->doubt))
            add(suspects, one->doubt.kind, one->doubt.text, callable, program);
    }
    return true;
}

const struct suspicion *suspect_all(struct engine *engine, uint32_t *ret_count)
{
    struct error lost = {};
    bool asks = true;
    const struct subject *subject = &engine->subject;
    uint32_t known =
        subject->suspicion_count < SUSPICIONS_MAX ? subject->suspicion_count : SUSPICIONS_MAX;
    struct suspects suspects = {
        engine, arena_alloc(engine->keep, SUSPICIONS_MAX * sizeof *suspects.all), known};
    for (uint32_t i = 0; i < known; i++)
        suspects.all[i] = subject->suspicions[i];
    for (uint32_t i = 0; i < subject->callable_count; i++) {
        if (!subject->callables[i].test)
            continue;
        /* The suite is complete without: a guest that is gone by now costs no more than these. */
        asks = asks && engine_goes_on(engine, UINT64_MAX) && add_hang(&suspects, i, &lost) &&
               add_doubts(&suspects, i, &lost);
    }
    *ret_count = suspects.count;
    return suspects.all;
}

const struct suite_rejection *suspect_rejections(const struct matrix *matrix, uint32_t *ret_count)
{
    struct engine *engine = matrix->engine;
    struct suite_rejection *all = arena_alloc(engine->keep, REJECTIONS_MAX * sizeof *all);
    uint32_t count = 0;
    for (uint32_t i = 0; i < matrix->count && count < REJECTIONS_MAX; i++) {
        const struct exam *exam = &matrix->exams[i];
        if (exam->why == NULL)
            continue;
        all[count++] = (struct suite_rejection){
            .stage = STR("oracle"),
            .reason = str_from(exam->why),
            .text = emit_python_program(engine->keep, &engine->subject, &exam->candidate->program)};
    }
    *ret_count = count;
    return all;
}
