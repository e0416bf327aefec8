#include "testgen/value.h"

#include <assert.h>
#include <ctype.h>
#include <math.h>
#include <string.h>

static const struct value none = {.kind = VALUE_NONE};
static const struct value truths[2] = {{.kind = VALUE_BOOL}, {.kind = VALUE_BOOL, .truth = true}};

const struct value *value_none(void)
{
    return &none;
}

const struct value *value_bool(bool truth)
{
    return &truths[truth];
}

static struct value *make(struct arena *arena, enum value_kind kind)
{
    struct value *value = arena_alloc(arena, sizeof *value);
    value->kind = kind;
    return value;
}

const struct value *value_int(struct arena *arena, int64_t integer)
{
    struct value *value = make(arena, VALUE_INT);
    value->integer = integer;
    return value;
}

const struct value *value_float(struct arena *arena, double number)
{
    struct value *value = make(arena, VALUE_FLOAT);
    value->number = number;
    return value;
}

static const struct value *make_bytes(struct arena *arena, enum value_kind kind, struct str bytes)
{
    struct value *value = make(arena, kind);
    value->text = str_of(arena_string(arena, bytes), bytes.len);
    return value;
}

const struct value *value_text(struct arena *arena, struct str text)
{
    return make_bytes(arena, VALUE_TEXT, text);
}

const struct value *value_bytes(struct arena *arena, struct str bytes)
{
    return make_bytes(arena, VALUE_BYTES, bytes);
}

static void take_items(struct arena *arena, struct value *value, const struct value *const *items,
                       size_t count)
{
    const struct value **copies = arena_alloc(arena, count * sizeof *copies);
    for (size_t i = 0; i < count; i++)
        copies[i] = items[i];
    value->items = copies;
    value->count = count;
}

const struct value *value_many(struct arena *arena, enum value_kind kind,
                               const struct value *const *items, size_t count)
{
    assert(kind >= VALUE_TUPLE && kind <= VALUE_DICT);
    assert(kind != VALUE_DICT || count % 2 == 0);
    struct value *value = make(arena, kind);
    take_items(arena, value, items, count);
    return value;
}

const struct value *value_special(struct arena *arena, const char *word,
                                  const struct value *const *items, size_t count)
{
    struct value *value = make(arena, VALUE_SPECIAL);
    value->text = str_of(arena_string(arena, str_from(word)), strlen(word));
    take_items(arena, value, items, count);
    return value;
}

const struct value *value_var(struct arena *arena, uint32_t index)
{
    const struct value *number = value_int(arena, index);
    return value_special(arena, "var", &number, 1);
}

bool value_is_special(const struct value *value, const char *word)
{
    return value->kind == VALUE_SPECIAL && str_is(value->text, word);
}

/* Bits, not numbers: a nan equals itself, and 0.0 is not -0.0. */
static uint64_t bits_of(double number)
{
    uint64_t bits;
    memcpy(&bits, &number, sizeof bits);
    return bits;
}

bool value_equal(const struct value *a, const struct value *b)
{
    if (a == b)
        return true;
    if (a->kind != b->kind || a->truth != b->truth || a->integer != b->integer ||
        a->count != b->count || bits_of(a->number) != bits_of(b->number) ||
        !str_equal(a->text, b->text))
        return false;
    for (size_t i = 0; i < a->count; i++)
        if (!value_equal(a->items[i], b->items[i]))
            return false;
    return true;
}

static uint64_t mix(uint64_t hash, uint64_t more)
{
    hash = (hash ^ more) * 0x9e3779b97f4a7c15u;
    return hash ^ (hash >> 32);
}

static uint64_t hash_text(uint64_t hash, struct str text)
{
    for (size_t i = 0; i < text.len; i++)
        hash = (hash ^ (unsigned char)text.ptr[i]) * 0x100000001b3u;
    return mix(hash, text.len);
}

uint64_t value_hash(const struct value *value)
{
    uint64_t hash = mix(0x243f6a8885a308d3u, value->kind);
    hash = mix(hash, (uint64_t)value->integer + value->truth);
    hash = mix(hash, bits_of(value->number));
    hash = hash_text(hash, value->text);
    for (size_t i = 0; i < value->count; i++)
        hash = mix(hash, value_hash(value->items[i]));
    return mix(hash, value->count);
}

bool value_is_deep(const struct value *value)
{
    if (value->kind == VALUE_SPECIAL)
        return true;
    for (size_t i = 0; i < value->count; i++)
        if (value_is_deep(value->items[i]))
            return true;
    return false;
}

static uint32_t weigh_size(double size)
{
    if (size <= 1)
        return 0;
    if (size <= 10)
        return 1;
    return 1 + (uint32_t)fmin(40, ceil(log10(size)));
}

static uint32_t weigh_number(double number)
{
    if (!isfinite(number))
        return 6;
    bool whole = number == trunc(number);
    return weigh_size(fabs(number)) + (number < 0) + (whole ? 1 : 2);
}

/* What is not plain to read in a source text costs more. */
static uint32_t weigh_text(struct str text)
{
    uint32_t odd = 0, signs = 0;
    for (size_t i = 0; i < text.len && odd + signs < 128; i++) {
        odd += text.ptr[i] < ' ' || text.ptr[i] == 0x7f;
        signs += !isalnum((unsigned char)text.ptr[i]) && text.ptr[i] > ' ';
    }
    return (uint32_t)(text.len < 100000 ? text.len + signs + 1 : 100000) / 2 + 2 * odd;
}

static uint32_t weigh_leaf(const struct value *value)
{
    switch (value->kind) {
    case VALUE_INT:
        return weigh_size(fabs((double)value->integer)) + (value->integer < 0);
    case VALUE_BIG:
        return (uint32_t)(value->text.len < 1000 ? value->text.len : 1000);
    case VALUE_FLOAT:
        return weigh_number(value->number);
    case VALUE_TEXT:
    case VALUE_BYTES:
        return weigh_text(value->text);
    case VALUE_SPECIAL:
        return str_is(value->text, "var") ? 0 : 2;
    case VALUE_NONE:
    case VALUE_BOOL:
    case VALUE_TUPLE:
    case VALUE_LIST:
    case VALUE_SET:
    case VALUE_FROZENSET:
    case VALUE_DICT:
        break;
    }
    return 0;
}

uint32_t value_weight(const struct value *value)
{
    uint32_t weight = weigh_leaf(value);
    if (value_is_special(value, "var"))
        return weight;
    for (size_t i = 0; i < value->count; i++) {
        uint32_t more = 1 + value_weight(value->items[i]);
        weight = weight > UINT32_MAX - more ? UINT32_MAX : weight + more;
    }
    return weight;
}

const struct value *value_get(const struct value *dict, const char *key)
{
    if (dict == NULL || dict->kind != VALUE_DICT)
        return NULL;
    for (size_t i = 0; i + 1 < dict->count; i += 2)
        if (dict->items[i]->kind == VALUE_TEXT && str_is(dict->items[i]->text, key))
            return dict->items[i + 1];
    return NULL;
}
