#include "testgen/marshal.h"

#include "base/utf8.h"
#include "testgen/marshal_private.h"

struct reader {
    struct arena *arena;
    struct str rest;
    size_t size;
    int depth;
    struct error *err;
};

static const struct value *read_value(struct reader *reader);

static bool fault(struct reader *reader, const char *what)
{
    error_set(reader->err, ERROR_INPUT, "marshalled value, byte %zu: %s",
              reader->size - reader->rest.len, what);
    return false;
}

static bool has_room(struct reader *reader, size_t size)
{
    if (arena_fits(reader->arena, size))
        return true;
    return error_set(reader->err, ERROR_LIMIT, "marshalled values take more than %zu bytes",
                     reader->arena->max);
}

static bool take(struct reader *reader, size_t count, struct str *ret_bytes)
{
    if (count > reader->rest.len)
        return fault(reader, "it ends too early");
    *ret_bytes = str_of(reader->rest.ptr, count);
    reader->rest = str_skip(reader->rest, count);
    return true;
}

static bool take_u32(struct reader *reader, uint32_t *ret_number)
{
    struct str bytes;
    if (!take(reader, 4, &bytes))
        return false;
    *ret_number = 0;
    for (int i = 4; i-- > 0;)
        *ret_number = *ret_number << 8 | (unsigned char)bytes.ptr[i];
    return true;
}

/* Each item takes a byte at least, so a count that the rest cannot hold is a lie. */
static bool take_count(struct reader *reader, uint32_t *ret_count)
{
    if (!take_u32(reader, ret_count))
        return false;
    return *ret_count <= reader->rest.len || fault(reader, "a count larger than what follows");
}

static const struct value *read_int(struct reader *reader)
{
    uint32_t number;
    if (!take_u32(reader, &number) || !has_room(reader, sizeof(struct value)))
        return NULL;
    return value_int(reader->arena, (int32_t)number);
}

static const struct value *read_float(struct reader *reader)
{
    uint32_t low, high;
    if (!take_u32(reader, &low) || !take_u32(reader, &high) ||
        !has_room(reader, sizeof(struct value)))
        return NULL;
    uint64_t bits = (uint64_t)high << 32 | low;
    double number;
    memcpy(&number, &bits, sizeof number);
    return value_float(reader->arena, number);
}

static const struct value *make_big(struct reader *reader, const struct big *big)
{
    auto_buf struct buf decimal;
    buf_init(&decimal, BIG_DIGITS_MAX * 5 + 16);
    big_to_text(&decimal, big);
    if (!has_room(reader, sizeof(struct value) + decimal.len + 32))
        return NULL;
    struct value *value = arena_alloc(reader->arena, sizeof *value);
    value->kind = VALUE_BIG;
    value->text = str_of(arena_string(reader->arena, buf_str(&decimal)), decimal.len);
    return value;
}

static bool read_digits(struct reader *reader, struct str bytes, struct big *big)
{
    for (size_t i = 0; i < bytes.len; i += 2) {
        uint32_t digit = (unsigned char)bytes.ptr[i] | (uint32_t)(unsigned char)bytes.ptr[i + 1]
                                                           << 8;
        if (digit > BIG_MASK)
            return fault(reader, "a digit of more than 15 bits");
        big->digits[big->count++] = (uint16_t)digit;
    }
    return big->count == 0 || big->digits[big->count - 1] != 0 ||
           fault(reader, "an integer with a leading zero");
}

/* Nobody reads a number of thousands of digits: such a one is known by its type alone. */
static const struct value *make_opaque_int(struct reader *reader)
{
    if (!has_room(reader, 8 * sizeof(struct value)))
        return NULL;
    const struct value *name = value_text(reader->arena, STR("int"));
    return value_special(reader->arena, "opaque", &name, 1);
}

static const struct value *read_long(struct reader *reader)
{
    uint32_t size;
    struct str bytes;
    struct big big = {};
    if (!take_u32(reader, &size))
        return NULL;
    big.negative = size > INT32_MAX;
    uint32_t count = big.negative ? -size : size;
    if (!take(reader, (size_t)count * 2, &bytes))
        return NULL;
    if (count > BIG_DIGITS_MAX)
        return make_opaque_int(reader);
    if (!read_digits(reader, bytes, &big) || !has_room(reader, sizeof(struct value)))
        return NULL;
    int64_t integer;
    return big_to_int64(&big, &integer) ? value_int(reader->arena, integer)
                                        : make_big(reader, &big);
}

/* A lone surrogate is three bytes (ed a0..bf 80..bf), which are one U+FFFD. */
static size_t skip_invalid(struct str text)
{
    bool surrogate =
        text.len >= 3 && (unsigned char)text.ptr[0] == 0xed && (unsigned char)text.ptr[1] >= 0xa0 &&
        ((unsigned char)text.ptr[1] & 0xc0) == 0x80 && ((unsigned char)text.ptr[2] & 0xc0) == 0x80;
    return surrogate ? 3 : 0;
}

static bool repair(struct reader *reader, struct buf *out, struct str text)
{
    while (text.len > 0) {
        uint32_t point;
        size_t size = utf8_read(text, &point);
        if (size > 0) {
            buf_add(out, text.ptr, size);
        } else {
            size = skip_invalid(text);
            if (size == 0)
                return fault(reader, "text that is not UTF-8");
            buf_add_text(out, "\xef\xbf\xbd");
        }
        text = str_skip(text, size);
    }
    return true;
}

static const struct value *make_text(struct reader *reader, struct str text)
{
    auto_buf struct buf repaired;
    buf_init(&repaired, text.len);
    if (!utf8_is_valid(text)) {
        if (!repair(reader, &repaired, text))
            return NULL;
        text = buf_str(&repaired);
    }
    return value_text(reader->arena, text);
}

static const struct value *read_bytes(struct reader *reader, char type)
{
    uint32_t count;
    struct str bytes;
    if (!take_count(reader, &count) || !take(reader, count, &bytes) ||
        !has_room(reader, sizeof(struct value) + (size_t)count + 32))
        return NULL;
    return type == 'u' ? make_text(reader, bytes) : value_bytes(reader->arena, bytes);
}

static bool read_items(struct reader *reader, const struct value **items, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        items[i] = read_value(reader);
        if (items[i] == NULL)
            return false;
    }
    return true;
}

static const struct value *make_many(struct reader *reader, enum value_kind kind,
                                     const struct value *const *items, size_t count)
{
    if (!has_room(reader, sizeof(struct value)))
        return NULL;
    struct value *value = arena_alloc(reader->arena, sizeof *value);
    *value = (struct value){.kind = kind, .items = items, .count = count};
    return value;
}

/* The items begin with the word that stood behind the ellipsis. */
static const struct value *make_special(struct reader *reader, const struct value *const *items,
                                        size_t count)
{
    if (count == 0 || items[0]->kind != VALUE_TEXT)
        return fault(reader, "an ellipsis without a word"), NULL;
    if (!has_room(reader, sizeof(struct value)))
        return NULL;
    struct value *value = arena_alloc(reader->arena, sizeof *value);
    *value = (struct value){
        .kind = VALUE_SPECIAL, .text = items[0]->text, .items = items + 1, .count = count - 1};
    return value;
}

static const struct value *read_many(struct reader *reader, enum value_kind kind)
{
    uint32_t count;
    struct str ellipsis;
    if (!take_count(reader, &count) || !has_room(reader, count * sizeof(struct value *)))
        return NULL;
    bool special = kind == VALUE_TUPLE && count > 0 && reader->rest.ptr[0] == '.';
    if (special && !take(reader, 1, &ellipsis))
        return NULL;
    const struct value **items = arena_alloc(reader->arena, count * sizeof *items);
    if (!read_items(reader, items, count - special))
        return NULL;
    return special ? make_special(reader, items, count - 1) : make_many(reader, kind, items, count);
}

struct pairs {
    const struct value **items;
    size_t count, cap;
};

static bool grow(struct reader *reader, struct pairs *pairs)
{
    if (pairs->count < pairs->cap)
        return true;
    size_t cap = pairs->cap == 0 ? 16 : pairs->cap * 2;
    if (!has_room(reader, cap * sizeof *pairs->items))
        return false;
    const struct value **items = arena_alloc(reader->arena, cap * sizeof *items);
    for (size_t i = 0; i < pairs->count; i++)
        items[i] = pairs->items[i];
    pairs->items = items;
    pairs->cap = cap;
    return true;
}

static const struct value *read_dict(struct reader *reader)
{
    struct pairs pairs = {};
    struct str end;
    while (reader->rest.len > 0 && reader->rest.ptr[0] != '0') {
        if (!grow(reader, &pairs) || !read_items(reader, pairs.items + pairs.count, 2))
            return NULL;
        pairs.count += 2;
    }
    if (!take(reader, 1, &end))
        return NULL;
    return make_many(reader, VALUE_DICT, pairs.items, pairs.count);
}

static const struct value *read_type(struct reader *reader, char type)
{
    switch (type) {
    case 'N':
        return value_none();
    case 'T':
    case 'F':
        return value_bool(type == 'T');
    case 'i':
        return read_int(reader);
    case 'l':
        return read_long(reader);
    case 'g':
        return read_float(reader);
    case 'u':
    case 's':
        return read_bytes(reader, type);
    case '(':
        return read_many(reader, VALUE_TUPLE);
    case '[':
        return read_many(reader, VALUE_LIST);
    case '<':
        return read_many(reader, VALUE_SET);
    case '>':
        return read_many(reader, VALUE_FROZENSET);
    case '{':
        return read_dict(reader);
    default:
        return fault(reader, "a type that is not used here"), NULL;
    }
}

static const struct value *read_value(struct reader *reader)
{
    struct str type;
    if (reader->depth >= VALUE_DEPTH_MAX)
        return error_set_null(reader->err, ERROR_LIMIT, "marshalled values deeper than %d",
                              VALUE_DEPTH_MAX);
    if (!take(reader, 1, &type))
        return NULL;
    reader->depth++;
    const struct value *value = read_type(reader, type.ptr[0]);
    reader->depth--;
    return value;
}

const struct value *marshal_read(struct arena *arena, struct str bytes, struct error *err)
{
    struct reader reader = {.arena = arena, .rest = bytes, .size = bytes.len, .err = err};
    const struct value *value = read_value(&reader);
    if (value != NULL && reader.rest.len > 0)
        return fault(&reader, "something is left over"), NULL;
    return value;
}
