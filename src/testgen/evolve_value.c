#include <math.h>

#include "base/mem.h"
#include "base/utf8.h"
#include "testgen/place.h"
#include "testgen/search_private.h"

/* ---- values -------------------------------------------------------------------------------- */

enum { TEXT_MAX = 400, ITEMS_MAX = 40 };

static const struct value *evolve_int(const struct builder *builder, const struct value *value)
{
    static const int64_t steps[] = {1, -1, 1, -1, 2, -2, 3, 5, 10, -10, 100};
    struct random *random = builder->random;
    int64_t old = value->integer, new = old;
    uint64_t way = random_below(random, 10);
    if (way < 6)
        (void)!__builtin_add_overflow(old, steps[random_below(random, COUNT_OF(steps))], &new);
    else if (way == 6)
        (void)!__builtin_mul_overflow(old, (int64_t)2, &new);
    else if (way == 7)
        new = old / 2;
    else if (way == 8 && old != INT64_MIN)
        new = -old;
    else
        new = (int64_t)random_below(random, 20);
    return value_int(builder->arena, new);
}

static const struct value *evolve_float(const struct builder *builder, const struct value *value)
{
    static const double steps[] = {1, -1, 0.5, -0.5, 0.1, 10, 0.25};
    uint64_t way = random_below(builder->random, 10);
    double new = value->number;
    if (way < 6)
        new += steps[random_below(builder->random, COUNT_OF(steps))];
    else if (way < 8)
        new = way == 6 ? new * 2 : -new;
    else
        new = way == 8 ? trunc(new) : new / 2;
    return value_float(builder->arena, new);
}

static size_t character_start(struct str text, size_t at)
{
    while (at > 0 && at < text.len && ((unsigned char)text.ptr[at] & 0xc0) == 0x80)
        at--;
    return at;
}

static void add_reversed(struct buf *out, struct str text)
{
    for (size_t end = text.len; end > 0;) {
        size_t start = character_start(text, end - 1);
        buf_add(out, text.ptr + start, end - start);
        end = start;
    }
}

static void add_other_case(struct buf *out, struct str text)
{
    for (size_t i = 0; i < text.len; i++) {
        char c = text.ptr[i];
        bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
        buf_add_byte(out, letter ? (char)(c ^ 0x20) : c);
    }
}

static void add_new_piece(const struct builder *builder, struct buf *out)
{
    static const char characters[] = "abzAZ019 _-.,:;/\\()[]{}<>\"'\n\t+*=#@%&!?$";
    const struct value *piece =
        random_chance(builder->random, 0.4)
            ? pool_pick(builder->pool, builder->random, builder->callable, POOL_TEXT)
            : NULL;
    if (piece != NULL && piece->text.len < 60)
        buf_add_str(out, piece->text);
    else
        buf_add_byte(out, characters[random_below(builder->random, sizeof characters - 1)]);
}

/* Cuts out what lies between two places and puts something else there, or moves it. */
static void add_cut(const struct builder *builder, struct buf *out, struct str text, uint64_t way)
{
    struct random *random = builder->random;
    size_t a = character_start(text, (size_t)random_below(random, text.len + 1));
    size_t b = character_start(text, (size_t)random_below(random, text.len + 1));
    size_t start = a < b ? a : b, end = a < b ? b : a;
    struct str head = str_of(text.ptr, start), middle = str_of(text.ptr + start, end - start);
    if (way == 0) /* only a new piece in between */
        middle = (struct str){"", 0};
    buf_add_str(out, head);
    if (way == 0 || way == 1)
        add_new_piece(builder, out);
    if (way == 2)
        buf_add_str(out, middle);
    if (way == 2 || way == 0)
        buf_add_str(out, middle);
    if (way == 4)
        add_other_case(out, middle);
    buf_add_str(out, way == 0 ? str_skip(text, start) : str_skip(text, end));
}

static const struct value *evolve_text(const struct builder *builder, const struct value *value)
{
    auto_buf struct buf out;
    buf_init(&out, 4 * TEXT_MAX);
    struct str text = value->text;
    uint64_t way = random_below(builder->random, 9);
    if (text.len == 0)
        add_new_piece(builder, &out);
    else if (way == 5)
        add_reversed(&out, text);
    else if (way == 6)
        add_other_case(&out, text);
    else if (way == 7 && text.len < TEXT_MAX)
        buf_printf(&out, "%.*s%.*s", (int)text.len, text.ptr, (int)text.len, text.ptr);
    else
        add_cut(builder, &out, text, way % 5);
    struct str made = utf8_cut(buf_str(&out), TEXT_MAX);
    return utf8_is_valid(made) ? value_text(builder->arena, made) : value;
}

static const struct value *evolve_bytes(const struct builder *builder, const struct value *value)
{
    char bytes[64];
    struct random *random = builder->random;
    size_t count = value->text.len < sizeof bytes - 1 ? value->text.len : sizeof bytes - 1;
    if (count > 0)
        memcpy(bytes, value->text.ptr, count);
    if (count > 0 && random_chance(random, 0.6))
        bytes[random_below(random, count)] = (char)random_below(random, 256);
    else if (count > 0 && random_chance(random, 0.5))
        count--;
    else
        bytes[count++] = (char)random_below(random, 256);
    return value_bytes(builder->arena, str_of(bytes, count));
}

/* ---- containers ---------------------------------------------------------------------------- */

static size_t remove_at(const struct value **items, size_t count, size_t at, size_t step)
{
    memmove(items + at, items + at + step, (count - at - step) * sizeof(struct value *));
    return count - step;
}

static void swap_at(const struct value **items, size_t a, size_t b)
{
    const struct value *item = items[a];
    items[a] = items[b];
    items[b] = item;
}

static void reverse(const struct value **items, size_t count)
{
    for (size_t i = 0; i < count / 2; i++)
        swap_at(items, i, count - 1 - i);
}

static const struct value *fresh_item(const struct builder *builder, const struct value *like)
{
    const struct value *other = builder_constant(builder);
    if (other != NULL && random_chance(builder->random, 0.15))
        return other;
    const struct value *picked =
        pool_pick(builder->pool, builder->random, builder->callable, pool_kind_of(like));
    return picked != NULL && picked->kind == like->kind && random_chance(builder->random, 0.3)
               ? picked
               : evolve_value(builder, like, false);
}

static size_t evolve_items(const struct builder *builder, const struct value **items, size_t count)
{
    struct random *random = builder->random;
    size_t a = (size_t)random_below(random, count), b = (size_t)random_below(random, count);
    switch (random_below(random, 6)) {
    case 0:
        return remove_at(items, count, a, 1);
    case 1:
        swap_at(items, a, b);
        return count;
    case 2:
        reverse(items, count);
        return count;
    case 3:
        items[a] = items[b]; /* twice the same */
        return count;
    case 4:
        items[count] = items[a];
        return count + 1;
    default:
        items[count] = fresh_item(builder, items[a]);
        return count + 1;
    }
}

static const struct value *evolve_sequence(const struct builder *builder, const struct value *value)
{
    const struct value *items[ITEMS_MAX + 1];
    if (value->count == 0 || value->count > ITEMS_MAX) {
        const struct value *one = value_int(builder->arena, 1);
        return value_many(builder->arena, value->kind, &one, 1);
    }
    memcpy(items, value->items, value->count * sizeof(struct value *));
    size_t count = evolve_items(builder, items, value->count), kept = 0;
    bool hashes = value->kind == VALUE_SET || value->kind == VALUE_FROZENSET;
    for (size_t i = 0; i < count; i++)
        if (!hashes || place_can_hash(items[i]))
            items[kept++] = items[i];
    return place_many(builder->arena, value->kind, items, kept);
}

static const struct value *evolve_dict(const struct builder *builder, const struct value *value)
{
    const struct value *items[2 * ITEMS_MAX + 2];
    struct random *random = builder->random;
    size_t count = value->count;
    if (count > 2 * (size_t)ITEMS_MAX)
        return value;
    if (count == 0) {
        items[0] = value_text(builder->arena, STR("a"));
        items[1] = value_int(builder->arena, 1);
        return value_many(builder->arena, VALUE_DICT, items, 2);
    }
    memcpy(items, value->items, count * sizeof(struct value *));
    size_t at = 2 * (size_t)random_below(random, count / 2);
    uint64_t way = random_below(random, 3);
    if (way == 0) {
        count = remove_at(items, count, at, 2);
    } else if (way == 1) {
        items[count] = fresh_item(builder, items[at]);
        items[count + 1] = items[at + 1];
        count += place_can_hash(items[count]) ? 2 : 0;
    } else {
        items[at + 1] = evolve_value(builder, items[at + 1], false);
    }
    return place_many(builder->arena, VALUE_DICT, items, count);
}

static const struct value *evolve_kind(const struct builder *builder, const struct value *value)
{
    switch (value->kind) {
    case VALUE_BOOL:
        return value_bool(!value->truth);
    case VALUE_INT:
        return evolve_int(builder, value);
    case VALUE_FLOAT:
        return evolve_float(builder, value);
    case VALUE_TEXT:
        return evolve_text(builder, value);
    case VALUE_BYTES:
        return evolve_bytes(builder, value);
    case VALUE_LIST:
    case VALUE_TUPLE:
    case VALUE_SET:
    case VALUE_FROZENSET:
        return evolve_sequence(builder, value);
    case VALUE_DICT:
        return evolve_dict(builder, value);
    case VALUE_NONE:
    case VALUE_BIG:
    case VALUE_SPECIAL:
        break;
    }
    return value;
}

const struct value *evolve_value(const struct builder *builder, const struct value *value,
                                 bool hashed)
{
    if (random_chance(builder->random, 0.15)) {
        const struct value *picked =
            pool_pick(builder->pool, builder->random, builder->callable, pool_kind_of(value));
        if (picked != NULL && picked->kind == value->kind && (!hashed || place_can_hash(picked)))
            return picked;
    }
    const struct value *new = evolve_kind(builder, value);
    if (builder->tame && new->kind == VALUE_INT && (new->integer > 2000 || new->integer < -2000))
        return value;
    return hashed && !place_can_hash(new) ? value : new;
}
