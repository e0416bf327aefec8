/*
 * From the archive to the suite. The lightest candidates of every kind of behaviour are examined
 * first, a few of each callable in turn, so that the last one gets its share as well; mutants that
 * survive them are shown the rest of the pool, then what looked alike to the archive, then whatever
 * the search comes by when it is asked for more. Then the cover is chosen, made simpler, written,
 * and what cannot be written is left out and the cover chosen again.
 */
#include "testgen/choose.h"

#include "base/json_write.h"
#include "base/mem.h"
#include "testgen/cover.h"
#include "testgen/minimise.h"
#include "testgen/relay.h"
#include "testgen/search.h"

enum {
    LINES_MAX = 64,
    MORE_ROUNDS = 40,
    MORE_EXECUTIONS = 200, /* of the search, each time it is asked */
    HUNT_EXECUTIONS = 2000,
    DRY_MAX = 4 /* so many visits without a kill, and the survivors are let be */
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
    struct json_writer json;
    uint32_t killed = 0;
    if (engine->progress == NULL)
        return;
    auto_buf struct buf line;
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

/* How much of the budget may be gone, in executions, when a part ends. */
static bool has_budget(struct engine *engine, double share)
{
    return engine_goes_on(engine, (uint64_t)((double)engine->options->executions * share));
}

static bool examine_some(struct matrix *matrix, uint32_t callable, uint32_t from, uint32_t to,
                         struct error *err)
{
    struct engine *engine = matrix->engine;
    const struct candidate *line[ARCHIVE_PER_CALLABLE];
    uint32_t count = line_up(&engine->archive.lists[callable], line);
    to = to < count ? to : count;
    return !engine->subject.callables[callable].test || from >= to ||
           matrix_examine(matrix, line + from, to - from, MATRIX_KILLERS, err);
}

/* The way to each goal, which may have lost its place among the behaviours. */
static bool examine_goals(struct matrix *matrix, struct error *err)
{
    struct engine *engine = matrix->engine;
    const struct subject *subject = &engine->subject;
    uint32_t count = 0;
    auto_free const struct candidate **line = mem_alloc((subject->goal_count + 1) * sizeof *line);
    for (uint32_t i = 0; i < subject->goal_count; i++) {
        const struct candidate *candidate = engine->archive.goals[i];
        if (candidate != NULL && subject->callables[candidate->target].test)
            line[count++] = candidate;
    }
    return matrix_examine(matrix, line, count, MATRIX_KILLERS, err);
}

/* Of those that end well and can be read: which ran longest. */
static const struct candidate *find_richest(const struct archive_list *list, uint32_t below)
{
    enum { READABLE = 26 };

    const struct candidate *best = NULL;
    for (uint32_t i = 0; i < list->count; i++) {
        const struct candidate *candidate = list->candidates[i];
        if (candidate->status == RUN_DONE && candidate->weight <= READABLE &&
            candidate->fuel < below && (best == NULL || candidate->fuel > best->fuel))
            best = candidate;
    }
    return best;
}

/* The few that do most show mistakes that our mutants do not stand for. */
static bool examine_rich(struct matrix *matrix, struct error *err)
{
    enum { RICH = 3 };

    struct engine *engine = matrix->engine;
    uint32_t callables = engine->subject.callable_count, count = 0;
    auto_free const struct candidate **line = mem_alloc((callables * RICH + 1) * sizeof *line);
    for (uint32_t i = 0; i < callables; i++) {
        const struct candidate *rich = NULL;
        uint32_t below = UINT32_MAX;
        for (int k = 0; k < RICH && engine->subject.callables[i].test; k++) {
            rich = find_richest(&engine->archive.lists[i], below);
            if (rich == NULL)
                break;
            below = rich->fuel;
            line[count++] = rich;
        }
    }
    return matrix_examine(matrix, line, count, MATRIX_KILLERS, err);
}

/* The first few of each callable are looked at however little is left of the budget. */
static bool examine_first(struct matrix *matrix, struct error *err)
{
    static const uint32_t looks[] = {0, 3, 8, 16, 28, 40};
    static const double share = 0.6;
    struct engine *engine = matrix->engine;
    for (size_t look = 0; look + 1 < COUNT_OF(looks); look++) {
        for (uint32_t i = 0; i < engine->subject.callable_count; i++)
            if ((look == 0 ? engine_goes_on(engine, UINT64_MAX) : has_budget(engine, share)) &&
                !examine_some(matrix, i, looks[look], looks[look + 1], err))
                return false;
        if (look == 0 && (!examine_goals(matrix, err) || !examine_rich(matrix, err)))
            return false;
        tell(engine, matrix);
    }
    return true;
}

static uint32_t count_survivors(const struct matrix *matrix, uint32_t callable, uint32_t *ret_lines)
{
    if (!matrix->engine->subject.callables[callable].test)
        return 0;
    return matrix_survivors(matrix, callable, ret_lines, LINES_MAX);
}

/* The rest of the pool is shown to what survived. */
static bool attack_survivors(struct matrix *matrix, struct error *err)
{
    static const double share = 0.66;
    struct engine *engine = matrix->engine;
    uint32_t lines[LINES_MAX];
    for (uint32_t i = 0; i < engine->subject.callable_count && has_budget(engine, share); i++) {
        const struct candidate *line[ARCHIVE_PER_CALLABLE];
        uint32_t count = line_up(&engine->archive.lists[i], line);
        if (count_survivors(matrix, i, lines) > 0 &&
            !matrix_hunt(matrix, line, count, HUNT_EXECUTIONS, err))
            return false;
    }
    tell(engine, matrix);
    return true;
}

enum { HAUL_MAX = 1024 };

static bool hunt_again(struct matrix *matrix, uint32_t callable, struct error *err)
{
    struct engine *engine = matrix->engine;
    uint32_t lines[LINES_MAX];
    uint32_t count = count_survivors(matrix, callable, lines);
    if (count == 0)
        return true;
    auto_free const struct candidate **list = mem_alloc(HAUL_MAX * sizeof *list);
    struct haul haul = {.list = list, .max = HAUL_MAX};
    arena_init(&haul.arena, SIZE_MAX);
    bool good = search_again(engine, callable, lines, count, &haul, err) &&
                matrix_hunt(matrix, haul.list, haul.count, HUNT_EXECUTIONS, err);
    arena_done(&haul.arena);
    return good;
}

/* What others gave, and what looked alike to the archive, is shown to what survived. */
static bool try_again(struct matrix *matrix, struct error *err)
{
    static const double share = 0.76, relayed = 0.03;
    struct engine *engine = matrix->engine;
    if (!relay_results(matrix, (uint64_t)((double)engine->options->executions * relayed), err))
        return false;
    for (uint32_t i = 0; i < engine->subject.callable_count && has_budget(engine, share); i++)
        if (!hunt_again(matrix, i, err))
            return false;
    tell(engine, matrix);
    return true;
}

/* Anything that the search comes by may kill, whether it looked new or not. */
static bool search_and_hunt(struct matrix *matrix, uint32_t callable, uint32_t *dry,
                            struct error *err)
{
    struct engine *engine = matrix->engine;
    auto_free const struct candidate **list = mem_alloc(HAUL_MAX * sizeof *list);
    uint32_t lines[LINES_MAX];
    uint32_t count = count_survivors(matrix, callable, lines), before = matrix->count;
    if (count == 0 || *dry >= DRY_MAX)
        return true;
    struct haul haul = {.list = list, .max = HAUL_MAX};
    arena_init(&haul.arena, SIZE_MAX);
    bool good = search_more(engine, callable, MORE_EXECUTIONS, lines, count, &haul, err) &&
                matrix_hunt(matrix, haul.list, haul.count, HUNT_EXECUTIONS, err);
    arena_done(&haul.arena);
    *dry = matrix->count > before ? 0 : *dry + 1;
    return good;
}

static bool ask_for_more(struct matrix *matrix, struct error *err)
{
    static const double share = 0.82;
    struct engine *engine = matrix->engine;
    uint32_t count = engine->subject.callable_count;
    auto_free uint32_t *dry = mem_alloc((count + 1) * sizeof *dry);
    for (int round = 0; round < MORE_ROUNDS; round++)
        for (uint32_t i = 0; i < count && has_budget(engine, share); i++)
            if (!search_and_hunt(matrix, i, &dry[i], err))
                return false;
    tell(engine, matrix);
    return examine_goals(matrix, err); /* those that were reached since */
}

/* Twice, because the cover is another one when its tests are simpler. */
static bool simplify(struct matrix *matrix, struct error *err)
{
    enum { TIMES = 2 };

    uint64_t executions = matrix->engine->options->executions;
    for (int i = 0; i < TIMES; i++) {
        cover_choose(matrix);
        if (!minimise_chosen(matrix, executions, err))
            return false;
    }
    tell(matrix->engine, matrix);
    return true;
}

/* A guest that is lost on the way leaves what was examined before: a smaller suite, cut off. */
static void examine_all(struct matrix *matrix)
{
    struct error lost = {};
    bool (*const parts[])(struct matrix *, struct error *) = {examine_first, attack_survivors,
                                                              try_again, ask_for_more, simplify};
    const double shares[COUNT_OF(parts)] = {0.62, 0.70, 0.77, 0.85,
                                            0.95}; /* the rest: assembling */
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
    engine_begin_part(engine, 1);
    bool ok = assemble_suite(&matrix, ret, err);
    matrix_done(&matrix);
    return ok;
}
