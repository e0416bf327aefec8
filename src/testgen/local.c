#include <math.h>

#include "base/mem.h"
#include "testgen/distance.h"
#include "testgen/frontier.h"
#include "testgen/place.h"

/*
 * Pass C. All neighbours of a program are run at once, and the one whose operands come nearest to
 * the other outcome is the next to have neighbours: alternating variables and pattern moves in
 * one, since a batch costs little more than one run.
 */

enum { NEIGHBOURS_MAX = 160, STEPS_MAX = 8, PLACES_MAX = 24, PARTS_PER_TURN = 3 };

struct descent {
    struct search *search;
    const struct frontier_part *part;
    uint32_t target;
    struct str watch;
    struct program best;
    double distance;
    struct program neighbours[NEIGHBOURS_MAX];
    uint32_t count;
    const struct value *a, *b; /* the operands at the best */
};

/* ---- neighbours ---------------------------------------------------------------------------- */

static void add(struct descent *descent, uint32_t place, const struct value *value)
{
    if (descent->count < NEIGHBOURS_MAX)
        descent->neighbours[descent->count++] =
            place_put(&descent->search->batch, &descent->best, place, value);
}

static void add_number(struct descent *descent, uint32_t place, const struct value *value,
                       double step)
{
    struct arena *arena = &descent->search->batch;
    if (value->kind == VALUE_FLOAT)
        add(descent, place, value_float(arena, value->number + step));
    else if (fabs((double)value->integer + step) < 9e15)
        add(descent, place, value_int(arena, value->integer + (int64_t)step));
}

static double number_of(const struct value *value)
{
    return value->kind == VALUE_FLOAT ? value->number : (double)value->integer;
}

static bool is_number(const struct value *value)
{
    return value->kind == VALUE_INT || value->kind == VALUE_FLOAT;
}

static void add_numbers(struct descent *descent, uint32_t place, const struct value *value)
{
    for (double step = 1; step <= 1 << 20; step *= step < 16 ? 2 : 8) {
        add_number(descent, place, value, step);
        add_number(descent, place, value, -step);
    }
    double half = trunc(number_of(value) / 2);
    add_number(descent, place, value, -half);
    add_number(descent, place, value, number_of(value));
    if (is_number(descent->a) && is_number(descent->b)) {
        double gap = trunc(number_of(descent->b) - number_of(descent->a));
        add_number(descent, place, value, gap);
        add_number(descent, place, value, -gap);
        add_number(descent, place, value, trunc(gap / 2));
        add_number(descent, place, value, trunc(-gap / 2));
    }
}

/* Characters one after the other: changed a little, doubled, left out. */
static void add_texts(struct descent *descent, uint32_t place, const struct value *value)
{
    struct arena *arena = &descent->search->batch;
    for (size_t i = 0; i < value->text.len && i < 12; i++) {
        auto_buf struct buf text;
        buf_init(&text, 1 << 16);
        buf_add_str(&text, value->text);
        char old = text.data[i];
        for (int step = -8; step <= 8; step = step < 0 ? step / 2 : step == 0 ? 1 : step * 2) {
            char new = (char)(old + step);
            if (step != 0 && (unsigned char)old < 0x80 && new >= ' ' && new < 0x7f) {
                text.data[i] = new;
                add(descent, place, value_text(arena, buf_str(&text)));
            }
        }
    }
    const struct value *longer = value_text(
        arena, str_from(arena_text(arena, "%.*sa", (int)value->text.len, value->text.ptr)));
    add(descent, place, longer);
}

static void add_items(struct descent *descent, uint32_t place, const struct value *value)
{
    struct arena *arena = &descent->search->batch;
    size_t step = value->kind == VALUE_DICT ? 2 : 1;
    if (value->count >= step && value->count < 64)
        add(descent, place, place_many(arena, value->kind, value->items, value->count - step));
    if (step == 2 || value->count == 0 || value->count >= 64)
        return;
    const struct value *items[128];
    memcpy(items, value->items, value->count * sizeof(struct value *));
    memcpy(items + value->count, value->items, value->count * sizeof(struct value *));
    add(descent, place, place_many(arena, value->kind, items, value->count + 1));
    add(descent, place, place_many(arena, value->kind, items, value->count * 2));
}

static void add_neighbours(struct descent *descent)
{
    struct place places[PLACES_MAX];
    size_t count = place_list(&descent->best, places, PLACES_MAX);
    descent->count = 0;
    for (uint32_t i = 0; i < count; i++) {
        const struct value *value = places[i].value;
        if (is_number(value))
            add_numbers(descent, i, value);
        else if (value->kind == VALUE_TEXT)
            add_texts(descent, i, value);
        else if (value->kind == VALUE_LIST || value->kind == VALUE_DICT ||
                 value->kind == VALUE_TUPLE)
            add_items(descent, i, value);
    }
}

/* ---- steps --------------------------------------------------------------------------------- */

/* The nearest of what the compare saw; beyond 1 if it was not reached. */
static double measure(const struct descent *descent, const struct trace *trace,
                      const struct operands **ret)
{
    enum compare_operator operator=
        descent->search->engine->subject.compares[descent->part->compare]
            .
            operator;
    double nearest = 2;
    for (uint32_t i = 0; i < trace->operand_count; i++) {
        const struct operands *seen = &trace->operands[i];
        if (seen->compare != descent->part->compare)
            continue;
        double distance = distance_to(operator, seen->a, seen->b, descent->part->wanted);
        if (distance < nearest) {
            nearest = distance;
            *ret = seen;
        }
    }
    return nearest;
}

static bool run_neighbours(struct descent *descent, bool *ret_nearer, struct error *err)
{
    struct search *search = descent->search;
    struct trace *traces = arena_alloc(&search->batch, descent->count * sizeof *traces);
    *ret_nearer = false;
    if (descent->count == 0)
        return true;
    if (!search_probe(search, descent->neighbours, descent->count, descent->target, descent->watch,
                      traces, err))
        return false;
    for (uint32_t i = 0; i < descent->count; i++) {
        const struct operands *seen = NULL;
        double distance = measure(descent, &traces[i], &seen);
        if (distance >= descent->distance || seen == NULL)
            continue;
        descent->distance = distance;
        descent->best = descent->neighbours[i];
        descent->a = seen->a;
        descent->b = seen->b;
        *ret_nearer = true;
    }
    return true;
}

static bool descend(struct search *search, uint32_t callable, const struct frontier_part *part,
                    struct error *err)
{
    auto_free struct descent *descent = mem_alloc(sizeof *descent);
    *descent = (struct descent){.search = search,
                                .part = part,
                                .target = callable,
                                .distance = 2,
                                .a = value_none(),
                                .b = value_none()};
    descent->watch = frontier_watch(&search->batch, &search->engine->subject, part, 1);
    for (uint32_t i = 0; i < part->base_count; i++)
        descent->neighbours[descent->count++] = part->bases[i]->program;
    bool nearer;
    if (!run_neighbours(descent, &nearer, err))
        return false;
    for (int step = 0; nearer && descent->distance < 1 && step < STEPS_MAX; step++) {
        if (!search_is_open(search, part->goal) || !search_goes_on(search))
            return true;
        add_neighbours(descent);
        if (!run_neighbours(descent, &nearer, err))
            return false;
    }
    return true;
}

bool search_descend(struct search *search, uint32_t callable, struct error *err)
{
    auto_free struct frontier *frontier = mem_alloc(sizeof *frontier);
    uint32_t turn = search->efforts[callable].turns;
    frontier_find(search, callable, turn, frontier);
    for (uint32_t i = 0; i < frontier->count && i < PARTS_PER_TURN; i++)
        if (!descend(search, callable, &frontier->parts[(i + turn) % frontier->count], err))
            return false;
    return true;
}
