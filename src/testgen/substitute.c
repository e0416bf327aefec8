#include "base/mem.h"
#include "testgen/frontier.h"
#include "testgen/place.h"

/*
 * Pass B. A compare that came out one way saw two operands. Where one of them stands in the
 * program (as a value, a part of a text, a length, a key), the other one is put there, and what is
 * near to it.
 */

enum {
    PLACES_MAX = 48,
    TRIES_MAX = 40,
    LENGTH_MAX = 40,
    TURN_TRIES_MAX = 600,
    PARTS_PER_TURN = 16
};

struct swap {
    struct search *search;
    struct builder builder;
    const struct program *program;
    uint32_t target, place, tries;
    bool hashed;
    bool ran; /* the guest is good */
    struct error *err;
};

static void try_value(struct swap *swap, const struct value *value)
{
    if (!swap->ran || swap->tries >= TRIES_MAX || (swap->hashed && !place_can_hash(value)))
        return;
    swap->tries++;
    struct program program = place_put(swap->builder.arena, swap->program, swap->place, value);
    swap->ran = search_try(swap->search, &program, swap->target, swap->err);
}

/* ---- what is near to a value --------------------------------------------------------------- */

static void try_int(struct swap *swap, int64_t base, int64_t offset)
{
    int64_t sum;
    if (!__builtin_add_overflow(base, offset, &sum))
        try_value(swap, value_int(swap->builder.arena, sum));
}

static void try_text(struct swap *swap, enum value_kind kind, struct str a, struct str b)
{
    auto_buf struct buf joined;
    buf_init(&joined, 1 << 16);
    buf_add_str(&joined, a);
    buf_add_str(&joined, b);
    try_value(swap, kind == VALUE_TEXT ? value_text(swap->builder.arena, buf_str(&joined))
                                       : value_bytes(swap->builder.arena, buf_str(&joined)));
}

static void try_near(struct swap *swap, const struct value *value)
{
    try_value(swap, value);
    if (value->kind == VALUE_INT) {
        try_int(swap, value->integer, 1);
        try_int(swap, value->integer, -1);
    } else if (value->kind == VALUE_FLOAT) {
        try_value(swap, value_float(swap->builder.arena, value->number + 0.5));
        try_value(swap, value_float(swap->builder.arena, value->number - 0.5));
    } else if (value->kind == VALUE_TEXT) {
        try_text(swap, VALUE_TEXT, value->text, STR("a"));
    }
}

/* ---- where an operand stands --------------------------------------------------------------- */

static bool find_part(struct str text, struct str part, size_t *ret_at)
{
    for (size_t i = 0; part.len > 0 && i + part.len <= text.len; i++)
        if (memcmp(text.ptr + i, part.ptr, part.len) == 0) {
            *ret_at = i;
            return true;
        }
    return false;
}

static char lower(char c)
{
    return c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
}

static bool equal_folded(struct str a, struct str b)
{
    if (a.len != b.len)
        return false;
    for (size_t i = 0; i < a.len; i++)
        if (lower(a.ptr[i]) != lower(b.ptr[i]))
            return false;
    return true;
}

/* The text of the place has the operand in it: the other one takes its part. */
static void swap_text(struct swap *swap, const struct value *value, struct str from,
                      const struct value *to)
{
    size_t at;
    if (to->kind != value->kind)
        return;
    if (equal_folded(str_trim(value->text), str_trim(from)))
        try_near(swap, to);
    if (from.len == value->text.len || !find_part(value->text, from, &at))
        return;
    auto_buf struct buf joined;
    buf_init(&joined, 1 << 16);
    buf_add(&joined, value->text.ptr, at);
    buf_add_str(&joined, to->text);
    try_text(swap, value->kind, buf_str(&joined), str_skip(value->text, at + from.len));
}

static void swap_edges(struct swap *swap, const struct value *value, const struct value *to)
{
    if (value->kind != to->kind || (to->kind != VALUE_TEXT && to->kind != VALUE_BYTES))
        return;
    try_text(swap, to->kind, to->text, value->text);
    try_text(swap, to->kind, value->text, to->text);
}

/* A text or container of this length, out of what is there. */
static void resize(struct swap *swap, const struct value *value, int64_t length)
{
    if (length < 0 || length > LENGTH_MAX)
        return;
    if (value->kind == VALUE_TEXT || value->kind == VALUE_BYTES) {
        char bytes[LENGTH_MAX];
        for (int64_t i = 0; i < length; i++) {
            char c = value->text.len > 0 ? value->text.ptr[(size_t)i % value->text.len] : 'a';
            bytes[i] = (unsigned char)c < 0x80 ? c : 'a';
        }
        try_text(swap, value->kind, str_of(bytes, (size_t)length), (struct str){"", 0});
        return;
    }
    if (value->kind != VALUE_LIST && value->kind != VALUE_TUPLE)
        return;
    const struct value *items[LENGTH_MAX];
    for (int64_t i = 0; i < length; i++)
        items[i] = value->count > 0 ? value->items[(size_t)i % value->count]
                                    : value_int(swap->builder.arena, i);
    try_value(swap, value_many(swap->builder.arena, value->kind, items, (size_t)length));
}

static int64_t length_of(const struct value *value)
{
    if (value->kind == VALUE_TEXT || value->kind == VALUE_BYTES)
        return (int64_t)value->text.len;
    if (value->kind == VALUE_DICT)
        return (int64_t)value->count / 2;
    bool counts = value->kind == VALUE_LIST || value->kind == VALUE_TUPLE;
    return counts ? (int64_t)value->count : -1;
}

static void swap_number(struct swap *swap, const struct value *value, const struct value *from,
                        const struct value *to)
{
    if (from->kind != VALUE_INT || to->kind != VALUE_INT)
        return;
    int64_t difference;
    bool moves = !__builtin_sub_overflow(to->integer, from->integer, &difference);
    if (length_of(value) == from->integer)
        for (int64_t near = -1; near <= 1; near++)
            resize(swap, value, to->integer < LENGTH_MAX ? to->integer + near : -1);
    if (value->kind == VALUE_INT && moves && value->integer != from->integer) {
        try_int(swap, value->integer, difference); /* a sum of it was compared */
        try_int(swap, value->integer, -difference);
        int64_t factor;
        if (from->integer != 0 && value->integer != 0 &&
            !__builtin_mul_overflow(value->integer, to->integer, &factor) && from->integer != -1)
            try_int(swap, factor / from->integer, 0);
    }
}

/* The same number as a text: "12" where 12 was compared. */
static void swap_digits(struct swap *swap, const struct value *value, const struct value *from,
                        const struct value *to)
{
    if (value->kind != VALUE_TEXT || from->kind != VALUE_INT || to->kind != VALUE_INT)
        return;
    const char *old = arena_text(swap->builder.arena, "%lld", (long long)from->integer);
    const char *new = arena_text(swap->builder.arena, "%lld", (long long)to->integer);
    swap_text(swap, value, str_from(old), value_text(swap->builder.arena, str_from(new)));
}

static bool is_same(const struct value *a, const struct value *b)
{
    if (value_equal(a, b))
        return true;
    bool numbers = (a->kind == VALUE_INT || a->kind == VALUE_FLOAT) &&
                   (b->kind == VALUE_INT || b->kind == VALUE_FLOAT);
    double x = a->kind == VALUE_INT ? (double)a->integer : a->number;
    double y = b->kind == VALUE_INT ? (double)b->integer : b->number;
    return numbers && x == y;
}

/* One direction: `from` stands in the program, `to` should. */
static void swap_one(struct swap *swap, const struct value *value, const struct value *from,
                     const struct value *to)
{
    if (is_same(value, from))
        try_near(swap, to);
    else if (value->kind == VALUE_TEXT && from->kind == VALUE_TEXT)
        swap_text(swap, value, from->text, to);
    swap_number(swap, value, from, to);
    swap_digits(swap, value, from, to);
}

/* ---- members ------------------------------------------------------------------------------- */

enum { MEMBERS_MAX = 8 };

static bool is_container(const struct value *value)
{
    return value->kind == VALUE_LIST || value->kind == VALUE_TUPLE || value->kind == VALUE_SET ||
           value->kind == VALUE_FROZENSET || value->kind == VALUE_DICT;
}

static void put_member(struct swap *swap, const struct value *value, const struct value *member)
{
    const struct value *items[LENGTH_MAX + 2];
    if (value->count > LENGTH_MAX || value_is_deep(value))
        return;
    if (value->kind != VALUE_LIST && value->kind != VALUE_TUPLE && !place_can_hash(member))
        return;
    if (value->count > 0)
        memcpy(items, value->items, value->count * sizeof(struct value *));
    size_t count = value->count;
    items[count++] = member;
    if (value->kind == VALUE_DICT)
        items[count++] = value->count > 0 ? value->items[1] : value_int(swap->builder.arena, 1);
    try_value(swap, place_many(swap->builder.arena, value->kind, items, count));
}

/* `a in b`: a member of b where a stands; a among the members where b stands. */
static void swap_member(struct swap *swap, const struct value *value, const struct value *a,
                        const struct value *b)
{
    size_t step = b->kind == VALUE_DICT ? 2 : 1;
    if (is_same(value, a))
        for (size_t i = 0; i < b->count && i < MEMBERS_MAX * step; i += step)
            try_value(swap, b->items[i]);
    if (is_container(value) && value_equal(value, b))
        put_member(swap, value, a);
    if (value->kind == VALUE_TEXT && b->kind == VALUE_TEXT && a->kind == VALUE_TEXT &&
        value_equal(value, b))
        swap_edges(swap, value, a);
}

/* ---- all of it ----------------------------------------------------------------------------- */

static bool has_kin(const struct value *value, const struct value *operand)
{
    return value->kind == operand->kind && operand->kind != VALUE_NONE;
}

/* Nothing of the operand is in sight: it may come from far, and the other may still help. */
static void swap_blindly(struct swap *swap, const struct value *value, const struct operands *seen)
{
    if (has_kin(value, seen->b))
        try_value(swap, seen->b);
    if (has_kin(value, seen->a))
        try_value(swap, seen->a);
}

static void swap_place(struct swap *swap, enum compare_operator operator,
                       const struct value * value, const struct operands *seen)
{
    uint32_t tries = swap->tries;
    swap_one(swap, value, seen->a, seen->b);
    swap_one(swap, value, seen->b, seen->a);
    if (operator== COMPARE_IN || operator== COMPARE_NOTIN)
        swap_member(swap, value, seen->a, seen->b);
    if (operator== COMPARE_STARTSWITH || operator== COMPARE_ENDSWITH)
        swap_edges(swap, value, seen->b);
    if (operator== COMPARE_IS || operator== COMPARE_ISNOT || operator== COMPARE_TRUTH)
        try_value(swap, evolve_value(&swap->builder, value, swap->hashed));
    if (swap->tries == tries)
        swap_blindly(swap, value, seen);
}

static bool swap_operands(struct search *search, const struct program *program, uint32_t target,
                          const struct operands *seen, struct error *err)
{
    struct place places[PLACES_MAX];
    size_t count = place_list(program, places, PLACES_MAX);
    struct swap swap = {.search = search,
                        .builder = search_builder(search, target),
                        .program = program,
                        .target = target,
                        .ran = true,
                        .err = err};
    enum compare_operator operator= search->engine->subject.compares[seen->compare].operator;
    for (uint32_t i = 0; i < count && swap.ran; i++) {
        swap.place = i;
        swap.hashed = places[i].hashed;
        if (!places[i].var && places[i].value->kind != VALUE_SPECIAL)
            swap_place(&swap, operator, places[i].value, seen);
    }
    return swap.ran;
}

/* ---- all programs -------------------------------------------------------------------------- */

static const struct frontier_part *find_part_of(const struct frontier *frontier,
                                                const struct operands *seen)
{
    for (uint32_t i = 0; i < frontier->count; i++)
        if (frontier->parts[i].compare == seen->compare && frontier->parts[i].wanted != seen->truth)
            return &frontier->parts[i];
    return NULL;
}

static bool swap_all(struct search *search, uint32_t callable, const struct frontier *frontier,
                     const struct program *programs, const struct trace *traces, uint32_t count,
                     struct error *err)
{
    uint64_t end = search->engine->guest.executions + TURN_TRIES_MAX;
    for (uint32_t i = 0; i < count; i++)
        for (uint32_t k = 0; k < traces[i].operand_count; k++) {
            const struct operands *seen = &traces[i].operands[k];
            if (find_part_of(frontier, seen) == NULL)
                continue;
            pool_learn(&search->pool, callable, seen->a);
            pool_learn(&search->pool, callable, seen->b);
            if (search->engine->guest.executions < end &&
                !(swap_operands(search, &programs[i], callable, seen, err) &&
                  search_options(search, &programs[i], callable, seen, err)))
                return false;
        }
    return true;
}

bool search_substitute(struct search *search, uint32_t callable, struct error *err)
{
    auto_free struct frontier *frontier = mem_alloc(sizeof *frontier);
    frontier_find(search, callable, search->efforts[callable].turns, frontier);
    struct program programs[PARTS_PER_TURN * FRONTIER_BASES];
    uint32_t count = 0;
    uint32_t parts = frontier->count < PARTS_PER_TURN ? frontier->count : PARTS_PER_TURN;
    for (uint32_t i = 0; i < parts; i++) {
        uint32_t at = (i + search->efforts[callable].turns * PARTS_PER_TURN) % frontier->count;
        for (uint32_t k = 0; k < frontier->parts[at].base_count; k++)
            programs[count++] = frontier->parts[at].bases[k]->program;
    }
    if (count == 0)
        return true;
    struct str watch =
        frontier_watch(&search->batch, &search->engine->subject, frontier->parts, frontier->count);
    struct trace *traces = arena_alloc(&search->batch, count * sizeof *traces);
    return search_probe(search, programs, count, callable, watch, traces, err) &&
           swap_all(search, callable, frontier, programs, traces, count, err);
}
