#include "testgen/belief.h"

#include <assert.h>

#include "base/mem.h"

/* ---- what may stand for a type that nothing is known of ------------------------------------ */

#define PLAIN(name, word) static const struct type name = {.kind = TYPE_##word}
PLAIN(t_none, NONE);
PLAIN(t_bool, BOOL);
PLAIN(t_int, INT);
PLAIN(t_float, FLOAT);
PLAIN(t_str, STR);
PLAIN(t_bytes, BYTES);
PLAIN(t_function, CALLABLE);
#define OF(name, word, ...)                                                                        \
    static const struct type name = {.kind = TYPE_##word,                                          \
                                     .items = (const struct type *const[]){__VA_ARGS__},           \
                                     .item_count =                                                 \
                                         COUNT_OF(((const struct type *const[]){__VA_ARGS__}))}
OF(t_ints, LIST, &t_int);
OF(t_texts, LIST, &t_str);
OF(t_floats, LIST, &t_float);
OF(t_rows, LIST, &t_ints);
OF(t_pair, TUPLE, &t_str, &t_int);
OF(t_point, TUPLE, &t_int, &t_int);
OF(t_pairs, LIST, &t_pair);
OF(t_points, LIST, &t_point);
OF(t_counts, DICT, &t_str, &t_int);
OF(t_words, DICT, &t_str, &t_str);
OF(t_groups, DICT, &t_str, &t_ints);
OF(t_numbers, DICT, &t_int, &t_int);
OF(t_tree, DICT, &t_str, &t_counts);
OF(t_link, TUPLE, &t_str, &t_str);
OF(t_edges, DICT, &t_point, &t_int);
OF(t_links, DICT, &t_link, &t_int);
OF(t_records, LIST, &t_counts);
OF(t_set, SET, &t_int);
OF(t_tuple, TUPLES, &t_int);

static const struct weighted_type anything[] = {
    {&t_str, 0.22},      {&t_int, 0.2},      {&t_ints, 0.12},   {&t_texts, 0.08},
    {&t_float, 0.05},    {&t_counts, 0.05},  {&t_none, 0.03},   {&t_bool, 0.03},
    {&t_words, 0.03},    {&t_rows, 0.03},    {&t_pairs, 0.02},  {&t_tuple, 0.02},
    {&t_function, 0.02}, {&t_set, 0.02},     {&t_bytes, 0.02},  {&t_numbers, 0.01},
    {&t_point, 0.01},    {&t_points, 0.01},  {&t_groups, 0.01}, {&t_tree, 0.01},
    {&t_floats, 0.01},   {&t_records, 0.01}, {&t_edges, 0.015}, {&t_links, 0.01}};
static const struct weighted_type any_item[] = {{&t_int, 0.4},   {&t_str, 0.32},  {&t_float, 0.06},
                                                {&t_ints, 0.06}, {&t_pair, 0.05}, {&t_counts, 0.03},
                                                {&t_none, 0.03}, {&t_bool, 0.03}, {&t_point, 0.02}};
static const struct weighted_type any_key[] = {
    {&t_str, 0.62}, {&t_int, 0.26}, {&t_point, 0.07}, {&t_link, 0.05}};

static const struct weighted_type *unknown(int depth, bool hashed, size_t *ret_count)
{
    *ret_count = hashed ? COUNT_OF(any_key) : depth == 0 ? COUNT_OF(anything) : COUNT_OF(any_item);
    return hashed ? any_key : depth == 0 ? anything : any_item;
}

/* ---- types --------------------------------------------------------------------------------- */

bool type_equal(const struct type *a, const struct type *b)
{
    if (a == b)
        return true;
    if (a->kind != b->kind || a->index != b->index || a->item_count != b->item_count)
        return false;
    if (a->kind == TYPE_LITERAL)
        return value_equal(a->literals, b->literals);
    for (uint32_t i = 0; i < a->item_count; i++)
        if (!type_equal(a->items[i], b->items[i]))
            return false;
    return true;
}

static const struct type *draw_weighted(const struct weighted_type *types, size_t count,
                                        struct random *random)
{
    double drawn = random_unit(random), sum = 0;
    for (size_t i = 0; i < count; i++) {
        sum += types[i].weight;
        if (drawn < sum)
            return types[i].type;
    }
    return types[0].type;
}

const struct type *type_draw(const struct type *type, struct random *random, int depth)
{
    size_t count;
    if (type->kind == TYPE_ANY) {
        const struct weighted_type *types = unknown(depth, false, &count);
        return draw_weighted(types, count, random);
    }
    if (type->kind == TYPE_UNION)
        return type_draw(type->items[random_below(random, type->item_count)], random, depth);
    return type;
}

/* ---- arms ---------------------------------------------------------------------------------- */

struct arms {
    struct arena *arena;
    struct arm list[BELIEF_ARMS_MAX];
    uint32_t count, max;
};

static void add_arm(struct arms *arms, const struct type *type, double weight)
{
    for (uint32_t i = 0; i < arms->count; i++)
        if (type_equal(arms->list[i].type, type)) {
            arms->list[i].weight += weight;
            return;
        }
    if (arms->count < arms->max && weight > 0)
        arms->list[arms->count++] = (struct arm){.type = type, .weight = weight};
}

static void spell_out(struct arms *arms, const struct type *type, double weight, int depth,
                      bool hashed);

static const struct type *with_items(struct arena *arena, const struct type *type,
                                     const struct type *const *items)
{
    struct type *made = arena_alloc(arena, sizeof *made);
    const struct type **copy = arena_alloc(arena, type->item_count * sizeof(struct type *));
    memcpy(copy, items, type->item_count * sizeof(struct type *));
    *made = *type;
    made->items = copy;
    return made;
}

static bool is_hashed_part(const struct type *type, uint32_t item)
{
    return type->kind == TYPE_SET || type->kind == TYPE_FROZENSET ||
           (type->kind == TYPE_DICT && item == 0);
}

enum { PART_ARMS = 5, ITEMS_MAX = 16 };

/* A container: its parts are spelled out one after the other, the others at their likeliest. */
static void spell_container(struct arms *arms, const struct type *type, double weight, int depth)
{
    struct arms parts[ITEMS_MAX];
    const struct type *items[ITEMS_MAX];
    uint32_t combinations = 0;
    for (uint32_t i = 0; i < type->item_count; i++) {
        parts[i] = (struct arms){.arena = arms->arena, .max = PART_ARMS};
        spell_out(&parts[i], type->items[i], 1, depth + 1, is_hashed_part(type, i));
        items[i] = parts[i].count > 0 ? parts[i].list[0].type : &t_int;
        combinations += parts[i].count;
    }
    if (combinations <= type->item_count) {
        add_arm(arms, with_items(arms->arena, type, items), weight);
        return;
    }
    for (uint32_t i = 0; i < type->item_count; i++) {
        const struct type *likeliest = items[i];
        for (uint32_t k = 0; k < parts[i].count; k++) {
            items[i] = parts[i].list[k].type;
            add_arm(arms, with_items(arms->arena, type, items),
                    weight * parts[i].list[k].weight / type->item_count);
        }
        items[i] = likeliest;
    }
}

static void spell_out(struct arms *arms, const struct type *type, double weight, int depth,
                      bool hashed)
{
    size_t count;
    if (type->kind == TYPE_ANY) {
        const struct weighted_type *types = unknown(depth, hashed, &count);
        for (size_t i = 0; i < count; i++)
            add_arm(arms, types[i].type, weight * types[i].weight);
    } else if (type->kind == TYPE_UNION) {
        for (uint32_t i = 0; i < type->item_count; i++)
            spell_out(arms, type->items[i], weight / type->item_count, depth, hashed);
    } else if (type->item_count > 0 && type->item_count <= ITEMS_MAX && depth < 3) {
        spell_container(arms, type, weight, depth);
    } else {
        add_arm(arms, type, weight);
    }
}

static void sort_arms(struct arms *arms)
{
    for (uint32_t i = 1; i < arms->count; i++)
        for (uint32_t k = i; k > 0 && arms->list[k].weight > arms->list[k - 1].weight; k--) {
            struct arm arm = arms->list[k];
            arms->list[k] = arms->list[k - 1];
            arms->list[k - 1] = arm;
        }
}

/* Of what is said to be one type, something else is hardly ever tried. */
static const double doubt_annotated = 0.01, doubt = 0.1;

static void make_belief(struct arena *arena, const struct parameter *parameter, struct belief *ret)
{
    static const struct type any = {.kind = TYPE_ANY};
    struct arms arms = {.arena = arena, .max = BELIEF_ARMS_MAX};
    double sum = 0;
    for (uint32_t i = 0; i < parameter->type_count; i++)
        sum += parameter->types[i].weight;
    for (uint32_t i = 0; i < parameter->type_count && sum > 0; i++)
        spell_out(&arms, parameter->types[i].type, parameter->types[i].weight / sum, 0, false);
    spell_out(&arms, &any, sum <= 0 ? 1 : parameter->annotated ? doubt_annotated : doubt, 0, false);
    sort_arms(&arms);
    ret->arms = arena_alloc(arena, arms.count * sizeof *ret->arms);
    memcpy(ret->arms, arms.list, arms.count * sizeof *ret->arms);
    ret->count = arms.count;
}

void beliefs_init(struct beliefs *beliefs, struct arena *arena, const struct subject *subject)
{
    beliefs->subject = subject;
    beliefs->callables = arena_alloc(arena, subject->callable_count * sizeof(struct belief *));
    for (uint32_t i = 0; i < subject->callable_count; i++) {
        const struct callable *callable = &subject->callables[i];
        struct belief *list = arena_alloc(arena, callable->parameter_count * sizeof(struct belief));
        for (uint32_t k = 0; k < callable->parameter_count; k++)
            make_belief(arena, &callable->parameters[k], &list[k]);
        beliefs->callables[i] = list;
    }
}

const struct belief *belief_of(const struct beliefs *beliefs, uint32_t callable, uint32_t parameter)
{
    assert(parameter < beliefs->subject->callables[callable].parameter_count);
    return &beliefs->callables[callable][parameter];
}

/* ---- experience ---------------------------------------------------------------------------- */

static double standing(const struct arm *arm)
{
    double share = (arm->good + 1) / (arm->good + arm->bad + 1.5);
    return arm->weight * share * share * share;
}

static const double exploration = 0.04;

uint32_t belief_draw(const struct belief *belief, struct random *random)
{
    assert(belief->count > 0);
    if (random_chance(random, exploration) && belief->arms[0].bad > 0)
        return (uint32_t)random_below(random, belief->count);
    double sum = 0;
    for (uint32_t i = 0; i < belief->count; i++)
        sum += standing(&belief->arms[i]);
    double drawn = random_unit(random) * sum;
    for (uint32_t i = 0; i < belief->count; i++) {
        drawn -= standing(&belief->arms[i]);
        if (drawn < 0)
            return i;
    }
    return 0;
}

uint32_t belief_rank(const struct belief *belief, uint32_t n)
{
    for (uint32_t i = 0; i < belief->count; i++) {
        uint32_t better = 0;
        double own = standing(&belief->arms[i]);
        for (uint32_t k = 0; k < belief->count; k++) {
            double other = standing(&belief->arms[k]);
            better += other > own || (other == own && k < i);
        }
        if (better == n)
            return own > 1e-3 ? i : BELIEF_NO_ARM;
    }
    return BELIEF_NO_ARM;
}

enum { EXPERIENCE_MAX = 200 };

void belief_tell(struct beliefs *beliefs, uint32_t callable, uint32_t parameter, uint32_t arm,
                 double gain)
{
    struct belief *belief = &beliefs->callables[callable][parameter];
    if (arm >= belief->count)
        return;
    struct arm *told = &belief->arms[arm];
    if (gain > 0)
        told->good += gain;
    else
        told->bad -= gain;
    if (told->good + told->bad > EXPERIENCE_MAX) { /* what is long ago counts less */
        told->good /= 2;
        told->bad /= 2;
    }
}
