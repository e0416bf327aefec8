/*
 * From the archive to the suite. The lightest candidates of every kind of behaviour are examined
 * first; mutants that survive them are shown the rest of the pool, then whatever the search finds
 * when it is asked for more. Then the cover is chosen, written, and what cannot be written is left
 * out and the cover chosen again.
 */
#include "testgen/choose.h"

#include "base/json_write.h"
#include "base/mem.h"
#include "testgen/search.h"

enum {
    FIRST_LOOK = 40,   /* candidates of a callable that are examined in any case */
    KILLERS_FIRST = 3, /* alternatives to choose from */
    LINES_MAX = 64,
    MORE_ROUNDS = 4,
    MORE_EXECUTIONS = 400
};

static bool is_lighter(const struct candidate *a, const struct candidate *b)
{
    return a->weight != b->weight ? a->weight < b->weight : a->digest < b->digest;
}

static void sort_by_weight(const struct candidate **all, uint32_t count)
{
    for (uint32_t i = 1; i < count; i++)
        for (uint32_t j = i; j > 0 && is_lighter(all[j], all[j - 1]); j--) {
            const struct candidate *swap = all[j];
            all[j] = all[j - 1];
            all[j - 1] = swap;
        }
}

static uint32_t count_alike_before(const struct candidate *const *all, uint32_t index)
{
    uint32_t count = 0;
    for (uint32_t i = 0; i < index; i++)
        count += all[i]->signature == all[index]->signature;
    return count;
}

/* Sorted by weight; then the first of each signature before the second of any. */
static uint32_t line_up(const struct archive_list *list, const struct candidate **ret)
{
    const struct candidate *sorted[ARCHIVE_PER_CALLABLE];
    uint32_t rank[ARCHIVE_PER_CALLABLE], count = 0;
    for (uint32_t i = 0; i < list->count; i++)
        sorted[i] = list->candidates[i];
    sort_by_weight(sorted, list->count);
    for (uint32_t i = 0; i < list->count; i++)
        rank[i] = count_alike_before(sorted, i);
    for (uint32_t round = 0; count < list->count; round++)
        for (uint32_t i = 0; i < list->count; i++)
            if (rank[i] == round)
                ret[count++] = sorted[i];
    return count;
}

static void tell(struct engine *engine, const struct matrix *matrix)
{
    auto_buf struct buf line;
    struct json_writer json;
    uint32_t killed = 0;
    if (engine->progress == NULL)
        return;
    for (uint32_t i = 0; i < engine->subject.mutant_count; i++)
        killed += matrix->killers[i] > 0;
    buf_init(&line, 1000);
    json_start(&json, &line);
    json_object(&json);
    json_key(&json, "stage");
    json_text(&json, "judge");
    json_key(&json, "executions");
    json_int(&json, (int64_t)engine->guest.executions);
    json_key(&json, "goals");
    json_int(&json, engine->subject.goal_count);
    json_key(&json, "covered");
    json_int(&json, engine->archive.covered);
    json_key(&json, "mutants");
    json_int(&json, engine->subject.mutant_count);
    json_key(&json, "killed");
    json_int(&json, killed);
    json_object_end(&json);
    engine->progress(engine->cookie, buf_str(&line));
}

/* ---- examining ----------------------------------------------------------------------------- */

static bool has_budget(struct engine *engine)
{
    return engine_goes_on(engine, engine->options->executions);
}

static bool examine_first(struct matrix *matrix, struct error *err)
{
    struct engine *engine = matrix->engine;
    for (uint32_t i = 0; i < engine->subject.callable_count && has_budget(engine); i++) {
        const struct candidate *line[ARCHIVE_PER_CALLABLE];
        uint32_t count = line_up(&engine->archive.lists[i], line);
        if (!engine->subject.callables[i].test)
            continue;
        if (!matrix_examine(matrix, line, count < FIRST_LOOK ? count : FIRST_LOOK, KILLERS_FIRST,
                            err))
            return false;
        tell(engine, matrix);
    }
    return true;
}

/* The rest of the pool is shown to what survived. */
static bool attack(struct matrix *matrix, uint32_t callable, struct error *err)
{
    enum { AT_ONCE = 32 };
    struct engine *engine = matrix->engine;
    const struct candidate *line[ARCHIVE_PER_CALLABLE];
    uint32_t lines[LINES_MAX];
    uint32_t count = line_up(&engine->archive.lists[callable], line);
    for (uint32_t i = 0; i < count; i += AT_ONCE) {
        if (!has_budget(engine) || matrix_survivors(matrix, callable, lines, 1) == 0)
            return true;
        uint32_t part = count - i < AT_ONCE ? count - i : AT_ONCE;
        if (!matrix_examine(matrix, line + i, part, 1, err))
            return false;
    }
    return true;
}

static bool attack_survivors(struct matrix *matrix, struct error *err)
{
    struct engine *engine = matrix->engine;
    for (uint32_t i = 0; i < engine->subject.callable_count; i++)
        if (engine->subject.callables[i].test && !attack(matrix, i, err))
            return false;
    tell(engine, matrix);
    return true;
}

static bool search_and_attack(struct matrix *matrix, uint32_t callable, bool *dry,
                              struct error *err)
{
    struct engine *engine = matrix->engine;
    uint32_t lines[LINES_MAX], fresh = 0;
    uint32_t count = matrix_survivors(matrix, callable, lines, LINES_MAX);
    if (count == 0 || *dry)
        return true;
    if (!search_more(engine, callable, MORE_EXECUTIONS, lines, count, &fresh, err))
        return false;
    *dry = fresh == 0;
    return fresh == 0 || attack(matrix, callable, err);
}

static bool ask_for_more(struct matrix *matrix, struct error *err)
{
    struct engine *engine = matrix->engine;
    uint32_t count = engine->subject.callable_count;
    auto_free bool *dry = mem_alloc(count + 1);
    for (int round = 0; round < MORE_ROUNDS; round++)
        for (uint32_t i = 0; i < count && has_budget(engine); i++)
            if (engine->subject.callables[i].test && !search_and_attack(matrix, i, &dry[i], err))
                return false;
    tell(engine, matrix);
    return true;
}

/* A guest that is lost on the way leaves what was examined before: a smaller suite, cut off. */
static void examine_all(struct matrix *matrix)
{
    struct error lost = {};
    bool (*const parts[])(struct matrix *, struct error *) = {examine_first, attack_survivors,
                                                              ask_for_more};
    const double shares[COUNT_OF(parts)] = {0.65, 0.75, 0.9}; /* the rest is for assembling */
    for (size_t i = 0; i < COUNT_OF(parts); i++) {
        engine_begin_part(matrix->engine, shares[i]);
        if (!parts[i](matrix, &lost)) {
            matrix->engine->cut = true;
            return;
        }
    }
}

bool engine_choose(struct engine *engine, struct suite *ret, struct error *err)
{
    struct matrix matrix;
    matrix_init(&matrix, engine);
    examine_all(&matrix);
    bool ok = assemble_suite(&matrix, ret, err);
    matrix_done(&matrix);
    return ok;
}
