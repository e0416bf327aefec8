#include "testgen/pool.h"

#include <math.h>

#include "base/mem.h"
#include "testgen/place.h"

/* ---- boundaries, the simplest first -------------------------------------------------------- */

static const int64_t ints[] = {0,  1,   2,   -1,   3,    5,   10,        4,          7,
                               -2, 100, 6,   12,   -10,  8,   9,         13,         16,
                               25, 50,  64,  -100, 1000, 255, 256,       97,         2024,
                               15, 30,  365, 1024, 4096, 999, 123456789, -(1 << 30), 1LL << 31};
static const double floats[] = {0.0, 1.0,   0.5, -1.0, 2.0,  1.5,  10.0, 0.1,  -0.5,
                                2.5, 100.0, 3.7, -2.5, 1e-9, 1e10, 0.25, 1e300};
static const char *const texts[] = {"",
                                    "a",
                                    "abc",
                                    " ",
                                    "A",
                                    "hello world",
                                    "1",
                                    "b",
                                    "aa",
                                    "Hello",
                                    "ab",
                                    "0",
                                    "a b",
                                    "-1",
                                    "abba",
                                    "a,b",
                                    "12.5",
                                    "ABC",
                                    "\n",
                                    "  x  ",
                                    "foo_bar",
                                    "fooBar",
                                    "a-b",
                                    "x=1",
                                    "a1b2",
                                    "(())",
                                    "a\nb\nc",
                                    "\t",
                                    "ba",
                                    "cab",
                                    "true",
                                    "hello, World!",
                                    "aab",
                                    "a.b",
                                    "a/b",
                                    "1 + 2",
                                    "\u00e9",
                                    "na\u00efve caf\u00e9",
                                    "\u00df",
                                    "12",
                                    "{}",
                                    "[1, 2]",
                                    "%",
                                    "\"q\"",
                                    "_",
                                    "2024-02-29",
                                    "0x1f",
                                    "a@b.example",
                                    "FooBarBaz",
                                    "the quick brown fox",
                                    "aaaa",
                                    "zyx",
                                    "\u4f60\u597d",
                                    "1,2,3",
                                    "key: value",
                                    "#"};
static const char *const bytes[] = {"", "a", "abc", "\xff", "hello world", "\n", "0"};

uint32_t pool_boundary_count(enum pool_kind kind)
{
    static const uint32_t counts[POOL_KINDS] = {COUNT_OF(ints), COUNT_OF(floats), COUNT_OF(texts),
                                                COUNT_OF(bytes)};
    return counts[kind];
}

const struct value *pool_boundary(struct arena *arena, enum pool_kind kind, uint32_t n)
{
    if (n >= pool_boundary_count(kind))
        return NULL;
    switch (kind) {
    case POOL_INT:
        return value_int(arena, ints[n]);
    case POOL_FLOAT:
        return value_float(arena, floats[n]);
    case POOL_TEXT:
        return value_text(arena, str_from(texts[n]));
    case POOL_BYTES:
        return value_bytes(arena, str_from(bytes[n]));
    case POOL_OTHER:
    case POOL_KINDS:
        break;
    }
    return NULL;
}

/* ---- constants ----------------------------------------------------------------------------- */

enum { CONSTANTS_MAX = 400, LEARNED_MAX = 80 };

enum pool_kind pool_kind_of(const struct value *value)
{
    switch (value->kind) {
    case VALUE_INT:
    case VALUE_BIG:
        return POOL_INT;
    case VALUE_FLOAT:
        return POOL_FLOAT;
    case VALUE_TEXT:
        return POOL_TEXT;
    case VALUE_BYTES:
        return POOL_BYTES;
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
    return POOL_OTHER;
}

static bool has(const struct pool_list *list, const struct value *value)
{
    for (uint32_t i = 0; i < list->count; i++)
        if (value_equal(list->values[i], value))
            return true;
    return false;
}

/* The old array stays in the arena: it doubles, so all of them together are as large as the last.
 */
static bool add(struct pool *pool, struct pool_list *list, const struct value *value, uint32_t max)
{
    if (list->count >= max || has(list, value))
        return false;
    if (list->count == list->room) {
        list->room = list->room > 0 ? 2 * list->room : 8;
        const struct value **more = arena_alloc(pool->arena, list->room * sizeof(struct value *));
        if (list->count > 0)
            memcpy(more, list->values, list->count * sizeof(struct value *));
        list->values = more;
    }
    list->values[list->count++] = value;
    return true;
}

void pool_init(struct pool *pool, struct arena *arena, const struct subject *subject)
{
    uint32_t lists = subject->callable_count + 1;
    *pool = (struct pool){.arena = arena, .subject = subject};
    pool->lists = arena_alloc(arena, lists * sizeof *pool->lists);
    for (uint32_t i = 0; i < subject->constant_count; i++) {
        const struct constant *constant = &subject->constants[i];
        enum pool_kind kind = pool_kind_of(constant->value);
        if (constant->callable >= 0)
            add(pool, &pool->lists[constant->callable][kind], constant->value, CONSTANTS_MAX);
        add(pool, &pool->lists[subject->callable_count][kind], constant->value, CONSTANTS_MAX);
    }
    for (uint32_t i = 0; i < lists; i++)
        for (int kind = 0; kind < POOL_KINDS; kind++)
            pool->lists[i][kind].constants = pool->lists[i][kind].count;
}

enum { LEARNED_WEIGHT_MAX = 40 };

void pool_learn(struct pool *pool, uint32_t callable, const struct value *value)
{
    struct pool_list *list = &pool->lists[callable][pool_kind_of(value)];
    if (value->kind == VALUE_NONE || value->kind == VALUE_BOOL || value_is_deep(value) ||
        value_weight(value) > LEARNED_WEIGHT_MAX || list->count >= list->constants + LEARNED_MAX ||
        has(list, value))
        return;
    struct argument argument = {.value = value};
    struct statement statement = {.arguments = &argument, .argument_count = 1};
    struct program program = {.statements = &statement, .count = 1};
    struct program copy = place_copy(pool->arena, &program);
    add(pool, list, copy.statements->arguments->value, list->constants + LEARNED_MAX);
}

const struct value *pool_pick(const struct pool *pool, struct random *random, uint32_t callable,
                              enum pool_kind kind)
{
    const struct pool_list *own = &pool->lists[callable][kind];
    const struct pool_list *all = &pool->lists[pool->subject->callable_count][kind];
    const struct pool_list *list = own->count > 0 && random_chance(random, 0.75) ? own : all;
    if (list->count == 0)
        list = own;
    return list->count == 0 ? NULL : list->values[random_below(random, list->count)];
}

const struct value *pool_nth(const struct pool *pool, uint32_t callable, enum pool_kind kind,
                             uint32_t n)
{
    const struct pool_list *own = &pool->lists[callable][kind];
    if (n < own->constants)
        return own->values[n];
    const struct pool_list *all = &pool->lists[pool->subject->callable_count][kind];
    n -= own->constants;
    return n < all->constants ? all->values[n] : NULL;
}
