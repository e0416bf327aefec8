#include "testgen/hang.h"

#include <math.h>

#include "base/mem.h"
#include "testgen/place.h"
#include "testgen/simpler.h"

enum {
    STEPS_MAX = 24,
    VARIANTS_MAX = 96,
    AT_ONCE = 8,
    TRIED_MAX = 32, /* of the lightest variants in each step */
    FUEL_TIMES = 10,
    NUMBER_MAX = 1000,
    ITEMS_MAX = 200,
    PLACES_MAX = 64
};

struct variant {
    struct program program;
    uint32_t weight;
};

struct pursuit {
    struct engine *engine;
    struct arena arena;
    struct program now; /* the simplest so far that does not end */
    struct variant variants[VARIANTS_MAX];
    uint32_t count;
};

/* ---- what is believed ---------------------------------------------------------------------- */

static bool is_small(const struct value *value)
{
    switch (value->kind) {
    case VALUE_INT:
        return value->integer >= -NUMBER_MAX && value->integer <= NUMBER_MAX;
    case VALUE_FLOAT: /* what is no number ends no loop */
        return !isfinite(value->number) || fabs(value->number) <= NUMBER_MAX;
    case VALUE_BIG:
        return false;
    case VALUE_TEXT:
    case VALUE_BYTES:
        return value->text.len <= ITEMS_MAX;
    case VALUE_NONE:
    case VALUE_BOOL:
    case VALUE_TUPLE:
    case VALUE_LIST:
    case VALUE_SET:
    case VALUE_FROZENSET:
    case VALUE_DICT:
    case VALUE_SPECIAL:
        break;
    }
    return value->count <= ITEMS_MAX;
}

bool hang_is_small(const struct program *program)
{
    struct place places[PLACES_MAX];
    size_t count = place_list(program, places, PLACES_MAX);
    for (size_t i = 0; i < count; i++)
        if (!places[i].var && !is_small(places[i].value))
            return false;
    return count < PLACES_MAX;
}

/* ---- simpler ones -------------------------------------------------------------------------- */

/* The lightest first; of equal ones whoever came first. */
static void insert(struct pursuit *pursuit, const struct program *program, uint32_t weight)
{
    uint32_t at = pursuit->count++;
    for (; at > 0 && pursuit->variants[at - 1].weight > weight; at--)
        pursuit->variants[at] = pursuit->variants[at - 1];
    pursuit->variants[at] = (struct variant){*program, weight};
}

static void find_variants(struct pursuit *pursuit)
{
    struct program programs[VARIANTS_MAX];
    const struct archive *archive = &pursuit->engine->archive;
    uint32_t weight = archive_weigh(archive, &pursuit->now);
    uint32_t made = simpler_programs(&pursuit->arena, &pursuit->now, programs, VARIANTS_MAX);
    pursuit->count = 0;
    for (uint32_t i = 0; i < made; i++) {
        uint32_t other = archive_weigh(archive, &programs[i]);
        if (other < weight)
            insert(pursuit, &programs[i], other);
    }
}

static bool run(struct pursuit *pursuit, uint32_t times, const struct program *programs,
                uint32_t count, struct trace *ret, struct error *err)
{
    uint32_t fuel = engine_fuel(pursuit->engine) * times;
    return guest_run(&pursuit->engine->guest, 0, fuel, STR(""), programs, count, &pursuit->arena,
                     ret, err);
}

/* The first of a few that does not end takes the place. */
static bool try_some(struct pursuit *pursuit, uint32_t first, bool *ret_found, struct error *err)
{
    struct program programs[AT_ONCE];
    struct trace traces[AT_ONCE] = {};
    uint32_t left = pursuit->count - first, count = left < AT_ONCE ? left : AT_ONCE;
    for (uint32_t i = 0; i < count; i++)
        programs[i] = pursuit->variants[first + i].program;
    if (!run(pursuit, 1, programs, count, traces, err))
        return false;
    for (uint32_t i = 0; i < count && !*ret_found; i++)
        if (traces[i].status == RUN_FUEL) {
            pursuit->now = programs[i];
            *ret_found = true;
        }
    return true;
}

static bool step(struct pursuit *pursuit, bool *ret_found, struct error *err)
{
    *ret_found = false;
    find_variants(pursuit);
    for (uint32_t i = 0; i < pursuit->count && i < TRIED_MAX && !*ret_found; i += AT_ONCE)
        if (!try_some(pursuit, i, ret_found, err))
            return false;
    return true;
}

/* ---- the verdict --------------------------------------------------------------------------- */

static bool pursue(struct pursuit *pursuit, struct program *ret, struct error *err)
{
    struct engine *engine = pursuit->engine;
    bool goes_on = true;
    for (int i = 0; goes_on && i < STEPS_MAX && engine_goes_on(engine, UINT64_MAX); i++)
        if (!step(pursuit, &goes_on, err))
            return false;
    struct trace trace = {};
    if (!hang_is_small(&pursuit->now))
        return true;
    if (!run(pursuit, FUEL_TIMES, &pursuit->now, 1, &trace, err))
        return false;
    if (trace.status == RUN_FUEL || trace.status == RUN_CLOCK) /* whichever comes first */
        *ret = place_copy(engine->keep, &pursuit->now);
    return true;
}

bool hang_find(struct engine *engine, uint32_t callable, struct program *ret, struct error *err)
{
    const struct candidate *candidate = engine->archive.hangs[callable];
    *ret = (struct program){};
    if (candidate == NULL)
        return true;
    auto_free struct pursuit *pursuit = mem_alloc(sizeof *pursuit);
    pursuit->engine = engine;
    pursuit->now = candidate->program;
    arena_init(&pursuit->arena, SIZE_MAX);
    bool good = pursue(pursuit, ret, err);
    arena_done(&pursuit->arena);
    return good;
}
