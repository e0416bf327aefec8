#include <math.h>

#include "base/mem.h"
#include "base/utf8.h"
#include "testgen/builder_private.h"
#include "testgen/place.h"

/* ---- leaves -------------------------------------------------------------------------------- */

/* Low numbers are likelier: the simple ones stand first. */
static uint32_t draw_low(struct random *random, uint32_t count)
{
    double unit = random_unit(random);
    return (uint32_t)(unit * unit * count);
}

static const struct value *draw_boundary(const struct builder *builder, enum pool_kind kind)
{
    return pool_boundary(builder->arena, kind,
                         draw_low(builder->random, pool_boundary_count(kind)));
}

/* A constant of the source, a boundary, or something new by `fresh`. */
static const struct value *draw_leaf(const struct builder *builder, enum pool_kind kind,
                                     const struct value *(*fresh)(const struct builder *builder))
{
    double drawn = random_unit(builder->random);
    const struct value *value = NULL;
    if (drawn < 0.35)
        value = pool_pick(builder->pool, builder->random, builder->callable, kind);
    if (drawn > 0.75)
        value = fresh(builder);
    return value != NULL ? value : draw_boundary(builder, kind);
}

static const struct value *pick_leaf(const struct builder *builder, const struct draft *draft,
                                     enum pool_kind kind)
{
    uint32_t count =
        draft->leaf_count < BUILDER_LEAVES_MAX ? draft->leaf_count : BUILDER_LEAVES_MAX;
    const struct value *leaf =
        count > 0 ? draft->leaves[random_below(builder->random, count)] : NULL;
    return leaf != NULL && pool_kind_of(leaf) == kind ? leaf : NULL;
}

/* Often one that the draft has already: what is looked up is then found, and ends of edges meet. */
static const struct value *draw_known(const struct builder *builder, struct draft *draft,
                                      enum pool_kind kind,
                                      const struct value *(*fresh)(const struct builder *builder))
{
    const struct value *leaf =
        random_chance(builder->random, 0.3) ? pick_leaf(builder, draft, kind) : NULL;
    if (leaf == NULL)
        leaf = draw_leaf(builder, kind, fresh);
    draft->leaves[draft->leaf_count++ % BUILDER_LEAVES_MAX] = leaf;
    return leaf;
}

static const struct value *fresh_int(const struct builder *builder)
{
    struct random *random = builder->random;
    const struct value *near = pool_pick(builder->pool, random, builder->callable, POOL_INT);
    if (near != NULL && near->kind == VALUE_INT && random_chance(random, 0.3)) {
        int64_t offset = (int64_t)random_below(random, 5) - 2, sum;
        if (!__builtin_add_overflow(near->integer, offset, &sum))
            return value_int(builder->arena, sum);
    }
    uint64_t range = random_chance(random, 0.7) ? 20 : random_chance(random, 0.8) ? 200 : 100000;
    int64_t drawn = (int64_t)random_below(random, range);
    return value_int(builder->arena, random_chance(random, 0.2) ? -drawn : drawn);
}

static const struct value *fresh_float(const struct builder *builder)
{
    struct random *random = builder->random;
    const struct value *whole = pool_pick(builder->pool, random, builder->callable, POOL_INT);
    if (whole != NULL && whole->kind == VALUE_INT && random_chance(random, 0.4))
        return value_float(builder->arena,
                           (double)whole->integer + (random_chance(random, 0.5) ? 0.5 : 0));
    double parts = random_chance(random, 0.5) ? 4 : 10;
    double number = (double)random_below(random, 400) / parts;
    return value_float(builder->arena, random_chance(random, 0.25) ? -number : number);
}

/* A short text out of pieces: constants, boundaries, letters, and what may stand between them. */
static void add_piece(const struct builder *builder, struct buf *out)
{
    static const char *const joints[] = {"", "", " ", ",", "-", "_", ".", "\n", ":", "/", "  "};
    static const char letters[] = "abcxyzABZ0159 _-.,:;()[]{}<>+*/=\"'#@!?\\";
    struct random *random = builder->random;
    const struct value *piece = NULL;
    if (random_chance(random, 0.45))
        piece = pool_pick(builder->pool, random, builder->callable, POOL_TEXT);
    if (piece == NULL && random_chance(random, 0.6))
        piece = draw_boundary(builder, POOL_TEXT);
    if (piece != NULL && piece->text.len < 200)
        buf_add_str(out, piece->text);
    else
        buf_add_byte(out, letters[random_below(random, sizeof letters - 1)]);
    buf_add_text(out, joints[random_below(random, COUNT_OF(joints))]);
}

static const struct value *fresh_text(const struct builder *builder)
{
    auto_buf struct buf out;
    buf_init(&out, 2000);
    uint64_t pieces = 1 + random_below(builder->random, 4);
    for (uint64_t i = 0; i < pieces; i++)
        add_piece(builder, &out);
    return value_text(builder->arena, buf_str(&out));
}

static const struct value *fresh_bytes(const struct builder *builder)
{
    char bytes[8];
    size_t count = (size_t)random_below(builder->random, sizeof bytes);
    for (size_t i = 0; i < count; i++)
        bytes[i] = (char)random_below(builder->random, 256);
    return value_bytes(builder->arena, str_of(bytes, count));
}

enum { TAME_MAX = 2000 };

static const struct value *tamed(const struct builder *builder, const struct value *value)
{
    bool wild =
        (value->kind == VALUE_INT && (value->integer > TAME_MAX || value->integer < -TAME_MAX)) ||
        (value->kind == VALUE_FLOAT && !(fabs(value->number) <= TAME_MAX)) ||
        value->kind == VALUE_BIG;
    return builder->tame && wild ? value_int(builder->arena, 50) : value;
}

static const struct value *as_float(const struct builder *builder, const struct value *value)
{
    return value->kind == VALUE_INT ? value_float(builder->arena, (double)value->integer) : value;
}

/* ---- containers ---------------------------------------------------------------------------- */

enum { ITEMS_MAX = 12 };

static size_t draw_count(struct random *random, int depth)
{
    static const unsigned char counts[] = {0, 1, 1, 2, 2, 2, 3, 3, 3, 3, 4, 4, 5, 6, 8};
    return counts[random_below(random, depth > 1 ? 9 : COUNT_OF(counts))];
}

static int compare_values(const struct value *a, const struct value *b)
{
    if (a->kind != b->kind)
        return 0;
    if (a->kind == VALUE_INT)
        return (a->integer > b->integer) - (a->integer < b->integer);
    if (a->kind == VALUE_FLOAT)
        return (a->number > b->number) - (a->number < b->number);
    if (a->kind != VALUE_TEXT && a->kind != VALUE_BYTES)
        return a->count > 0 && b->count > 0 ? compare_values(a->items[0], b->items[0]) : 0;
    size_t length = a->text.len < b->text.len ? a->text.len : b->text.len;
    int order = length > 0 ? memcmp(a->text.ptr, b->text.ptr, length) : 0;
    return order != 0 ? order : (a->text.len > b->text.len) - (a->text.len < b->text.len);
}

static void sort_items(const struct value **items, size_t count, int direction)
{
    for (size_t i = 1; i < count; i++)
        for (size_t k = i; k > 0 && direction * compare_values(items[k], items[k - 1]) < 0; k--) {
            const struct value *item = items[k];
            items[k] = items[k - 1];
            items[k - 1] = item;
        }
}

const struct value *builder_constant(const struct builder *builder)
{
    enum pool_kind kind = (enum pool_kind)random_below(builder->random, POOL_KINDS);
    return pool_pick(builder->pool, builder->random, builder->callable, kind);
}

/* What a module's own constants are among: tokens beside numbers, a key beside its value. */
static void mix_in(const struct builder *builder, const struct value **items, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        const struct value *other = builder_constant(builder);
        if (other != NULL && random_chance(builder->random, 0.3))
            items[i] = other;
    }
}

static size_t draw_items(const struct builder *builder, struct draft *draft,
                         const struct type *type, int depth, const struct value **items)
{
    struct random *random = builder->random;
    size_t count = draw_count(random, depth);
    const struct type *item = type_draw(type->items[0], random, depth + 1);
    if (!builder_has_object(builder, draft, item, depth + 1))
        return 0;
    bool repeats = random_chance(random, 0.3);
    for (size_t i = 0; i < count; i++)
        items[i] = repeats && i > 0 && random_chance(random, 0.5)
                       ? items[random_below(random, i)]
                       : builder_value(builder, draft, item, depth + 1);
    double order = random_unit(random);
    if (order > 0.92 && depth <= 1)
        mix_in(builder, items, count);
    if (order < 0.35)
        sort_items(items, count, order < 0.25 ? 1 : -1);
    return count;
}

static const struct value *draw_hashed(const struct builder *builder, struct draft *draft,
                                       const struct type *type, int depth)
{
    static const struct type text = {.kind = TYPE_STR};
    const struct value *value = builder_value(builder, draft, type, depth);
    return place_can_hash(value) ? value : builder_value(builder, draft, &text, depth);
}

static const struct value *draw_sequence(const struct builder *builder, struct draft *draft,
                                         const struct type *type, int depth, enum value_kind kind)
{
    const struct value *items[ITEMS_MAX];
    size_t count = draw_items(builder, draft, type, depth, items), kept = 0;
    for (size_t i = 0; i < count; i++)
        if ((kind != VALUE_SET && kind != VALUE_FROZENSET) || place_can_hash(items[i]))
            items[kept++] = items[i];
    return place_many(builder->arena, kind, items, kept);
}

static const struct value *draw_dict(const struct builder *builder, struct draft *draft,
                                     const struct type *type, int depth)
{
    const struct value *items[2 * ITEMS_MAX];
    struct random *random = builder->random;
    size_t count = draw_count(random, depth + 1);
    const struct type *key = type_draw(type->items[0], random, depth + 1);
    const struct type *value = type_draw(type->items[1], random, depth + 1);
    for (size_t i = 0; i < count; i++) {
        items[2 * i] = draw_hashed(builder, draft, key, depth + 1);
        items[2 * i + 1] = builder_value(builder, draft, value, depth + 1);
    }
    return place_many(builder->arena, VALUE_DICT, items, 2 * count);
}

static const struct value *draw_tuple(const struct builder *builder, struct draft *draft,
                                      const struct type *type, int depth)
{
    const struct value *items[16];
    for (uint32_t i = 0; i < type->item_count; i++)
        items[i] = builder_value(builder, draft, type->items[i], depth + 1);
    return value_many(builder->arena, VALUE_TUPLE, items, type->item_count);
}

/* ---- by type ------------------------------------------------------------------------------- */

static const struct value *draw_object(const struct builder *builder, struct draft *draft,
                                       uint32_t class_index, int depth)
{
    uint32_t var = builder_object(builder, draft, class_index, false, depth);
    return var == UINT32_MAX ? value_none() : builder_var(builder, draft, var);
}

/* A chain of objects ends where there is no room for another one, if it may. */
static const struct value *draw_union(const struct builder *builder, struct draft *draft,
                                      const struct type *type, int depth)
{
    const struct type *drawn = type_draw(type, builder->random, depth);
    for (uint32_t i = 0; i < type->item_count; i++)
        if (!builder_has_object(builder, draft, drawn, depth + 1))
            drawn = type->items[i];
    return builder_value(builder, draft, drawn, depth + 1);
}

const struct value *builder_value(const struct builder *builder, struct draft *draft,
                                  const struct type *type, int depth)
{
    struct random *random = builder->random;
    if (depth > BUILDER_DEPTH_MAX)
        return value_int(builder->arena, 0);
    switch (type->kind) {
    case TYPE_ANY:
        return builder_value(builder, draft, type_draw(type, random, depth), depth + 1);
    case TYPE_UNION:
        return draw_union(builder, draft, type, depth);
    case TYPE_NONE:
        return value_none();
    case TYPE_BOOL:
        return value_bool(random_chance(random, 0.5));
    case TYPE_INT:
        return tamed(builder, draw_known(builder, draft, POOL_INT, fresh_int));
    case TYPE_FLOAT:
    case TYPE_COMPLEX:
        return as_float(builder,
                        tamed(builder, draw_known(builder, draft, POOL_FLOAT, fresh_float)));
    case TYPE_STR:
        return draw_known(builder, draft, POOL_TEXT, fresh_text);
    case TYPE_BYTES:
        return draw_leaf(builder, POOL_BYTES, fresh_bytes);
    case TYPE_LIST:
    case TYPE_ITER:
        return draw_sequence(builder, draft, type, depth, VALUE_LIST);
    case TYPE_SET:
        return draw_sequence(builder, draft, type, depth, VALUE_SET);
    case TYPE_FROZENSET:
        return draw_sequence(builder, draft, type, depth, VALUE_FROZENSET);
    case TYPE_TUPLES:
        return draw_sequence(builder, draft, type, depth, VALUE_TUPLE);
    case TYPE_TUPLE:
        return draw_tuple(builder, draft, type, depth);
    case TYPE_DICT:
        return draw_dict(builder, draft, type, depth);
    case TYPE_CALLABLE:
        return builder_callback(builder, draft, type->index, depth);
    case TYPE_CLASS:
        return draw_object(builder, draft, type->index, depth);
    case TYPE_LIBRARY:
        return builder_make(builder, draft, type->index, NULL, depth);
    case TYPE_LITERAL:
        return type->literals->items[random_below(random, type->literals->count)];
    }
    return value_none();
}

/* ---- one after the other ------------------------------------------------------------------- */

static const struct value *nth_leaf(const struct builder *builder, enum pool_kind kind, uint32_t n)
{
    uint32_t boundaries = pool_boundary_count(kind);
    uint32_t first = boundaries < 10 ? boundaries : 10; /* then constants, then the rest */
    if (n < first)
        return pool_boundary(builder->arena, kind, n);
    const struct value *constant = pool_nth(builder->pool, builder->callable, kind, n - first);
    return constant;
}

/* Shapes of containers: which of the items' simple values stand where. */
static const struct {
    unsigned char count, items[6];
} shapes[] = {{0, {0}},
              {1, {1}},
              {2, {1, 2}},
              {3, {3, 1, 2}},
              {2, {1, 1}},
              {3, {1, 2, 3}},
              {3, {3, 2, 1}},
              {1, {0}},
              {4, {2, 4, 2, 1}},
              {5, {5, 3, 4, 1, 2}},
              {6, {1, 1, 2, 3, 3, 5}},
              {4, {0, 6, 2, 7}},
              {2, {2, 0}}};

static const struct value *nth_item(const struct builder *builder, struct draft *draft,
                                    const struct type *type, uint32_t n)
{
    const struct value *item = builder_nth(builder, draft, type, n);
    return item != NULL ? item : builder_value(builder, draft, type, 2);
}

static const struct value *nth_sequence(const struct builder *builder, struct draft *draft,
                                        const struct type *type, uint32_t n, enum value_kind kind)
{
    if (n >= COUNT_OF(shapes))
        return NULL;
    const struct value *items[6];
    const struct type *item = type_draw(type->items[0], builder->random, 1);
    for (size_t i = 0; i < shapes[n].count; i++)
        items[i] = nth_item(builder, draft, item, shapes[n].items[i]);
    if (kind == VALUE_SET || kind == VALUE_FROZENSET)
        for (size_t i = 0; i < shapes[n].count; i++)
            if (!place_can_hash(items[i]))
                return NULL;
    return place_many(builder->arena, kind, items, shapes[n].count);
}

static const struct value *nth_dict(const struct builder *builder, struct draft *draft,
                                    const struct type *type, uint32_t n)
{
    if (n >= 7)
        return NULL;
    const struct value *items[8];
    const struct type *key = type_draw(type->items[0], builder->random, 1);
    const struct type *value = type_draw(type->items[1], builder->random, 1);
    size_t count = n == 0 ? 0 : 1 + (n - 1) % 3;
    for (size_t i = 0; i < count; i++) {
        items[2 * i] = nth_item(builder, draft, key, (uint32_t)i + 1 + n / 4 * 9);
        items[2 * i + 1] = nth_item(builder, draft, value, (uint32_t)(i + n) % 5);
        if (!place_can_hash(items[2 * i]))
            return NULL;
    }
    return place_many(builder->arena, VALUE_DICT, items, 2 * count);
}

static const struct value *nth_tuple(const struct builder *builder, struct draft *draft,
                                     const struct type *type, uint32_t n)
{
    if (n >= 8)
        return NULL;
    const struct value *items[16];
    for (uint32_t i = 0; i < type->item_count; i++)
        items[i] = nth_item(builder, draft, type->items[i], (n + i * (n % 3)) % 8);
    return value_many(builder->arena, VALUE_TUPLE, items, type->item_count);
}

static const struct value *nth_object(const struct builder *builder, struct draft *draft,
                                      uint32_t class_index, uint32_t n)
{
    if (n >= 4)
        return NULL;
    uint32_t var = builder_object(builder, draft, class_index, n == 0, 1);
    return var == UINT32_MAX ? NULL : builder_var(builder, draft, var);
}

const struct value *builder_nth(const struct builder *builder, struct draft *draft,
                                const struct type *type, uint32_t n)
{
    const struct value *value;
    switch (type->kind) {
    case TYPE_NONE:
        return n == 0 ? value_none() : NULL;
    case TYPE_BOOL:
        return n < 2 ? value_bool(n == 1) : NULL;
    case TYPE_INT:
        return nth_leaf(builder, POOL_INT, n);
    case TYPE_FLOAT:
    case TYPE_COMPLEX:
        value = nth_leaf(builder, POOL_FLOAT, n);
        return value == NULL ? NULL : as_float(builder, value);
    case TYPE_STR:
        return nth_leaf(builder, POOL_TEXT, n);
    case TYPE_BYTES:
        return nth_leaf(builder, POOL_BYTES, n);
    case TYPE_LIST:
    case TYPE_ITER:
        return nth_sequence(builder, draft, type, n, VALUE_LIST);
    case TYPE_SET:
        return nth_sequence(builder, draft, type, n, VALUE_SET);
    case TYPE_FROZENSET:
        return nth_sequence(builder, draft, type, n, VALUE_FROZENSET);
    case TYPE_TUPLES:
        return nth_sequence(builder, draft, type, n, VALUE_TUPLE);
    case TYPE_TUPLE:
        return nth_tuple(builder, draft, type, n);
    case TYPE_DICT:
        return nth_dict(builder, draft, type, n);
    case TYPE_CLASS:
        return nth_object(builder, draft, type->index, n);
    case TYPE_LITERAL:
        return n < type->literals->count ? type->literals->items[n] : NULL;
    case TYPE_CALLABLE:
    case TYPE_LIBRARY:
    case TYPE_ANY:
    case TYPE_UNION:
        break;
    }
    return n < 6 ? builder_value(builder, draft, type, 1) : NULL;
}
