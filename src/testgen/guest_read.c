#include "testgen/guest_private.h"

enum {
    TEXT_MAX = 400,
    HITS_MAX = UINT16_MAX,
    OPERANDS_MAX = 4096,
    COMPONENTS_MAX = 4096,
    DOUBTS_MAX = 64
};

static bool bad(struct error *err, const char *what)
{
    return error_set(err, ERROR_INPUT, "the guest's answer: %s", what);
}

static bool has_items(const struct value *value, size_t count)
{
    return (value->kind == VALUE_TUPLE || value->kind == VALUE_LIST) && value->count >= count;
}

static bool is_between(const struct value *value, int64_t min, int64_t max)
{
    return value->kind == VALUE_INT && value->integer >= min && value->integer <= max;
}

/* A word, or none. */
static struct str word_of(const struct value *value)
{
    if (value->kind != VALUE_TEXT || value->text.len > TEXT_MAX)
        return (struct str){"", 0};
    return value->text;
}

/* ---- traces -------------------------------------------------------------------------------- */

static bool read_hits(const struct subject *subject, struct arena *arena, const struct value *value,
                      struct trace *ret, struct error *err)
{
    size_t count = value->text.len / 2;
    if (value->kind != VALUE_BYTES || value->text.len % 2 != 0 || count > HITS_MAX ||
        !arena_fits(arena, count * sizeof(uint16_t)))
        return bad(err, "goals that are no list of numbers");
    uint16_t *hits = arena_alloc(arena, count * sizeof *hits);
    for (size_t i = 0; i < count; i++) {
        const unsigned char *bytes = (const unsigned char *)value->text.ptr + 2 * i;
        hits[i] = (uint16_t)(bytes[0] | bytes[1] << 8);
        if (hits[i] >= subject->goal_count || (i > 0 && hits[i] <= hits[i - 1]))
            return bad(err, "a goal that is none, or goals out of order");
    }
    ret->hits = hits;
    ret->hit_count = (uint32_t)count;
    return true;
}

/* What goes into programs must be plain: a stranger's special could refer to anything. */
static const struct value *plain(const struct value *value)
{
    return value_is_deep(value) ? value_none() : value;
}

static bool read_operands(const struct subject *subject, struct arena *arena,
                          const struct value *value, struct trace *ret, struct error *err)
{
    if (value->kind == VALUE_NONE)
        return true;
    if (!has_items(value, 0) || value->count > OPERANDS_MAX ||
        !arena_fits(arena, value->count * sizeof(struct operands)))
        return bad(err, "operands that are no list");
    struct operands *operands = arena_alloc(arena, value->count * sizeof *operands);
    for (size_t i = 0; i < value->count; i++) {
        const struct value *item = value->items[i];
        if (!has_items(item, 4) ||
            !is_between(item->items[0], 0, (int64_t)subject->compare_count - 1))
            return bad(err, "operands of no compare");
        const struct value *truth = item->items[1];
        operands[i] = (struct operands){.compare = (uint32_t)item->items[0]->integer,
                                        .truth = truth->kind == VALUE_BOOL ? truth->truth
                                                                           : truth->integer != 0,
                                        .a = plain(item->items[2]),
                                        .b = plain(item->items[3])};
    }
    ret->operands = operands;
    ret->operand_count = (uint32_t)value->count;
    return true;
}

/* 64 bits may come as a number of either sign, a long one, or as bytes. */
static uint64_t digest_of(const struct value *value)
{
    if (value->kind == VALUE_INT)
        return (uint64_t)value->integer;
    return value->kind == VALUE_NONE ? 0 : value_hash(value);
}

bool guest_read_trace(const struct subject *subject, struct arena *arena, const struct value *value,
                      struct trace *ret, struct error *err)
{
    if (!has_items(value, 9))
        return bad(err, "a result is too short");
    const struct value *const *items = value->items;
    if (!is_between(items[0], 0, RUN_INVALID) || !is_between(items[1], 0, PROGRAM_STATEMENTS_MAX) ||
        !is_between(items[3], 0, ORIGIN_ARGUMENT))
        return bad(err, "a status, statement or origin that is none");
    *ret = (struct trace){
        .status = (enum run_status)items[0]->integer,
        .origin = (enum run_origin)items[3]->integer,
        .at = (uint32_t)items[1]->integer,
        .fuel = is_between(items[8], 0, UINT32_MAX) ? (uint32_t)items[8]->integer : 0,
        .exception = word_of(items[2]),
        .type = word_of(items[4]),
        .digest = digest_of(items[7]),
    };
    return read_hits(subject, arena, items[5], ret, err) &&
           read_operands(subject, arena, items[6], ret, err);
}

/* ---- judgements ---------------------------------------------------------------------------- */

/* Answers come in the order of the questions, as a rule. */
static bool was_asked(const struct mutant_request *request, size_t guess, int64_t mutant)
{
    if (guess < request->count && request->mutants[guess] == mutant)
        return true;
    for (uint32_t i = 0; i < request->count; i++)
        if (request->mutants[i] == mutant)
            return true;
    return false;
}

static bool read_mask(const struct mutant_request *request, size_t guess, size_t mask_max,
                      const struct value *value, struct mutant_mask *ret, struct error *err)
{
    if (!has_items(value, 2) || !is_between(value->items[0], 0, UINT32_MAX) ||
        value->items[1]->kind != VALUE_BYTES)
        return bad(err, "a mutant's mask is none");
    *ret = (struct mutant_mask){.mutant = (uint32_t)value->items[0]->integer,
                                .mask = value->items[1]->text};
    if (!was_asked(request, guess, ret->mutant) || ret->mask.len > mask_max)
        return bad(err, "a mutant that was not asked for, or a mask too long");
    return true;
}

static bool is_any(struct str mask)
{
    for (size_t i = 0; i < mask.len; i++)
        if (mask.ptr[i] != 0)
            return true;
    return false;
}

bool guest_read_judgement(struct arena *arena, const struct value *value,
                          const struct mutant_request *request, struct judgement *ret,
                          struct error *err)
{
    if (!has_items(value, 2) || !is_between(value->items[0], 0, COMPONENTS_MAX) ||
        !has_items(value->items[1], 0) || value->items[1]->count > request->count ||
        !arena_fits(arena, value->items[1]->count * sizeof(struct mutant_mask)))
        return bad(err, "a judgement is none");
    const struct value *list = value->items[1];
    struct mutant_mask *masks = arena_alloc(arena, list->count * sizeof *masks);
    size_t mask_max = (size_t)value->items[0]->integer / 8 + 2, differ = 0;
    for (size_t i = 0; i < list->count; i++) {
        if (!read_mask(request, i, mask_max, list->items[i], &masks[differ], err))
            return false;
        differ += is_any(masks[differ].mask);
    }
    *ret = (struct judgement){.component_count = (uint32_t)value->items[0]->integer,
                              .masks = masks,
                              .count = (uint32_t)differ};
    return true;
}

/* ---- observations -------------------------------------------------------------------------- */

static bool read_component_kind(struct str word, enum component_kind *ret)
{
    static const char *const words[] = {"value",     "raises", "argument",
                                        "attribute", "stdout", "effect"};
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if (str_is(word, words[i])) {
            *ret = (enum component_kind)i;
            return true;
        }
    return false;
}

/* The path of an argument may come as its index. */
static struct str path_of(struct arena *arena, const struct value *value)
{
    if (value->kind == VALUE_INT && arena_fits(arena, 24)) {
        const char *text = arena_text(arena, "%lld", (long long)value->integer);
        return str_from(text);
    }
    return word_of(value);
}

static bool read_component(struct arena *arena, const struct value *value, struct component *ret,
                           struct error *err)
{
    enum component_kind kind;
    if (!has_items(value, 5) || !read_component_kind(word_of(value->items[0]), &kind) ||
        !is_between(value->items[1], 0, PROGRAM_STATEMENTS_MAX) ||
        value->items[4]->kind != VALUE_BOOL)
        return bad(err, "a part of an observation is none");
    *ret = (struct component){.kind = kind,
                              .statement = (uint32_t)value->items[1]->integer,
                              .path = path_of(arena, value->items[2]),
                              .view = value->items[3],
                              .stable = value->items[4]->truth};
    return true;
}

bool guest_read_observation(struct arena *arena, const struct value *value, struct observation *ret,
                            struct error *err)
{
    if (!has_items(value, 0) || value->count > COMPONENTS_MAX ||
        !arena_fits(arena, value->count * sizeof(struct component)))
        return bad(err, "an observation is no list");
    struct component *components = arena_alloc(arena, value->count * sizeof *components);
    for (size_t i = 0; i < value->count; i++)
        if (!read_component(arena, value->items[i], &components[i], err))
            return false;
    *ret = (struct observation){.components = components, .count = (uint32_t)value->count};
    return true;
}

/* ---- doubts -------------------------------------------------------------------------------- */

static bool read_doubt(const struct subject *subject, struct arena *arena,
                       const struct value *value, struct doubt *ret, struct error *err)
{
    if (!has_items(value, 3) || value->items[2]->kind != VALUE_BYTES)
        return bad(err, "a suspicion is none");
    *ret = (struct doubt){.kind = word_of(value->items[0]), .text = word_of(value->items[1])};
    if (ret->kind.len == 0 || ret->text.len == 0)
        return bad(err, "a suspicion without words");
    struct str bytes = value->items[2]->text;
    return bytes.len == 0 ||
           program_read(arena, bytes, subject->callable_count, &ret->program, err);
}

bool guest_read_doubts(const struct subject *subject, struct arena *arena,
                       const struct value *value, struct doubts *ret, struct error *err)
{
    if (!has_items(value, 0) || value->count > DOUBTS_MAX ||
        !arena_fits(arena, value->count * sizeof(struct doubt)))
        return bad(err, "suspicions that are no list");
    struct doubt *doubts = arena_alloc(arena, value->count * sizeof *doubts);
    for (size_t i = 0; i < value->count; i++)
        if (!read_doubt(subject, arena, value->items[i], &doubts[i], err))
            return false;
    *ret = (struct doubts){.doubts = doubts, .count = (uint32_t)value->count};
    return true;
}
