#include "testgen/marshal.h"

#include <assert.h>

#include "testgen/marshal_private.h"

static void write_u32(struct buf *out, uint32_t number)
{
    char bytes[4] = {(char)number, (char)(number >> 8), (char)(number >> 16), (char)(number >> 24)};
    buf_add(out, bytes, sizeof bytes);
}

static void write_sized(struct buf *out, char type, struct str bytes)
{
    buf_add_byte(out, type);
    write_u32(out, (uint32_t)bytes.len);
    buf_add_str(out, bytes);
}

static void write_digits(struct buf *out, const struct big *big)
{
    buf_add_byte(out, 'l');
    write_u32(out, big->negative ? -(uint32_t)big->count : (uint32_t)big->count);
    for (size_t i = 0; i < big->count; i++) {
        char bytes[2] = {(char)big->digits[i], (char)(big->digits[i] >> 8)};
        buf_add(out, bytes, sizeof bytes);
    }
}

static void write_int(struct buf *out, int64_t integer)
{
    if (integer >= INT32_MIN && integer <= INT32_MAX) {
        buf_add_byte(out, 'i');
        write_u32(out, (uint32_t)integer);
        return;
    }
    struct big big = {.negative = integer < 0};
    uint64_t rest = integer < 0 ? -(uint64_t)integer : (uint64_t)integer;
    for (; rest > 0; rest >>= BIG_BITS)
        big.digits[big.count++] = rest & BIG_MASK;
    write_digits(out, &big);
}

static void write_big(struct buf *out, struct str decimal)
{
    struct big big;
    big_from_text(&big, decimal);
    write_digits(out, &big);
}

static void write_float(struct buf *out, double number)
{
    uint64_t bits;
    memcpy(&bits, &number, sizeof bits);
    buf_add_byte(out, 'g');
    write_u32(out, (uint32_t)bits);
    write_u32(out, (uint32_t)(bits >> 32));
}

static void write_items(struct buf *out, char type, const struct value *value)
{
    buf_add_byte(out, type);
    write_u32(out, (uint32_t)value->count);
    for (size_t i = 0; i < value->count; i++)
        marshal_write(out, value->items[i]);
}

static void write_dict(struct buf *out, const struct value *value)
{
    buf_add_byte(out, '{');
    for (size_t i = 0; i < value->count; i++)
        marshal_write(out, value->items[i]);
    buf_add_byte(out, '0');
}

static void write_special(struct buf *out, const struct value *value)
{
    buf_add_byte(out, '(');
    write_u32(out, (uint32_t)value->count + 2);
    buf_add_byte(out, '.');
    write_sized(out, 'u', value->text);
    for (size_t i = 0; i < value->count; i++)
        marshal_write(out, value->items[i]);
}

void marshal_write(struct buf *out, const struct value *value)
{
    switch (value->kind) {
    case VALUE_NONE:
        buf_add_byte(out, 'N');
        break;
    case VALUE_BOOL:
        buf_add_byte(out, value->truth ? 'T' : 'F');
        break;
    case VALUE_INT:
        write_int(out, value->integer);
        break;
    case VALUE_BIG:
        write_big(out, value->text);
        break;
    case VALUE_FLOAT:
        write_float(out, value->number);
        break;
    case VALUE_TEXT:
        write_sized(out, 'u', value->text);
        break;
    case VALUE_BYTES:
        write_sized(out, 's', value->text);
        break;
    case VALUE_TUPLE:
        write_items(out, '(', value);
        break;
    case VALUE_LIST:
        write_items(out, '[', value);
        break;
    case VALUE_SET:
        write_items(out, '<', value);
        break;
    case VALUE_FROZENSET:
        write_items(out, '>', value);
        break;
    case VALUE_DICT:
        write_dict(out, value);
        break;
    case VALUE_SPECIAL:
        write_special(out, value);
        break;
    }
}
