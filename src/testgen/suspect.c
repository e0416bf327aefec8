#include "testgen/suspect.h"

#include "testgen/emit_python.h"

enum { SUSPICIONS_MAX = 400, REJECTIONS_MAX = 400 };

struct suspects {
    const struct engine *engine;
    struct suspicion *all;
    uint32_t count;
};

static void add(struct suspects *suspects, const char *kind, const char *text,
                const struct candidate *candidate)
{
    struct arena *arena = suspects->engine->keep;
    if (suspects->count == SUSPICIONS_MAX)
        return;
    suspects->all[suspects->count++] = (struct suspicion){
        .kind = str_from(kind),
        .text = str_from(text),
        .reproducer = emit_python_program(arena, &suspects->engine->subject, &candidate->program),
        .callable = (int32_t)candidate->target};
}

static void add_hang(struct suspects *suspects, uint32_t callable)
{
    const struct candidate *candidate = suspects->engine->archive.hangs[callable];
    struct str qual = suspects->engine->subject.callables[callable].qual;
    if (candidate != NULL)
        add(suspects, "hang",
            arena_text(suspects->engine->keep, "%.*s does not end on these arguments",
                       (int)qual.len, qual.ptr),
            candidate);
}

static bool is_annotated(const struct callable *callable)
{
    for (uint32_t i = 0; i < callable->parameter_count; i++)
        if (!callable->parameters[i].annotated)
            return false;
    return callable->parameter_count > 0;
}

static bool is_crash(const struct candidate *candidate)
{
    return candidate->status == RUN_RAISED && candidate->exception.len > 0 &&
           (candidate->origin == ORIGIN_OPERATION || candidate->origin == ORIGIN_LIBRARY) &&
           !oracle_is_domain_error(candidate->exception);
}

static bool is_lighter_crash(const struct candidate *a, const struct candidate *b)
{
    return b == NULL || a->weight < b->weight;
}

/* The lightest candidate of this exception, if it is the first one of it in the list. */
static const struct candidate *find_crash(const struct archive_list *list, uint32_t index)
{
    const struct candidate *first = list->candidates[index], *best = NULL;
    for (uint32_t i = 0; i < list->count; i++) {
        const struct candidate *one = list->candidates[i];
        if (!is_crash(one) || !str_equal(one->exception, first->exception))
            continue;
        if (i < index)
            return NULL;
        if (is_lighter_crash(one, best))
            best = one;
    }
    return best;
}

static void add_crashes(struct suspects *suspects, uint32_t callable)
{
    const struct callable *of = &suspects->engine->subject.callables[callable];
    const struct archive_list *list = &suspects->engine->archive.lists[callable];
    for (uint32_t i = 0; is_annotated(of) && i < list->count; i++) {
        const struct candidate *crash = is_crash(list->candidates[i]) ? find_crash(list, i) : NULL;
        if (crash != NULL)
            add(suspects, "crash",
                arena_text(suspects->engine->keep,
                           "%.*s ends in %.*s, though the arguments fit their annotations",
                           (int)of->qual.len, of->qual.ptr, (int)crash->exception.len,
                           crash->exception.ptr),
                crash);
    }
}

const struct suspicion *suspect_all(const struct engine *engine, uint32_t *ret_count)
{
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
        add_hang(&suspects, i);
        add_crashes(&suspects, i);
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
