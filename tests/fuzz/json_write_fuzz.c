/*
 * The bytes are orders: which value comes next and what is in it. They are carried out with the
 * writer, then again against the tree that the reader makes of its output.
 */
#include "tests/fuzz/fuzz.h"

#include <assert.h>
#include <math.h>
#include <stdio.h>

#include "base/base64.h"
#include "base/json_read.h"
#include "base/json_write.h"
#include "base/mem.h"
#include "base/utf8.h"

enum { DEPTH_MAX = 20, KEY_MAX = 40, PIECE_MAX = 24 };

enum order {
    ORDER_NULL,
    ORDER_BOOL,
    ORDER_INT,
    ORDER_MS,
    ORDER_STR,
    ORDER_BASE64,
    ORDER_ARRAY,
    ORDER_OBJECT,
    ORDER_COUNT,
};

static unsigned take_byte(struct str *orders)
{
    if (orders->len == 0)
        return 0;
    unsigned byte = (unsigned char)orders->ptr[0];
    *orders = str_skip(*orders, 1);
    return byte;
}

static struct str take_piece(struct str *orders)
{
    size_t length = take_byte(orders) % PIECE_MAX;
    if (length > orders->len)
        length = orders->len;
    struct str piece = str_of(orders->ptr, length);
    *orders = str_skip(*orders, length);
    return piece;
}

static uint64_t take_bits(struct str *orders)
{
    uint64_t bits = 0;
    for (int i = 0; i < 8; i++)
        bits = bits << 8 | take_byte(orders);
    return bits;
}

static double take_double(struct str *orders)
{
    uint64_t bits = take_bits(orders);
    double number;
    memcpy(&number, &bits, sizeof number);
    return number;
}

static enum order take_order(struct str *orders, int depth)
{
    unsigned order = take_byte(orders) % ORDER_COUNT;
    return depth < DEPTH_MAX ? order : order % ORDER_ARRAY;
}

/* The number keeps keys apart; the rest is whatever the orders say, up to a NUL. */
static void take_key(struct str *orders, int number, char ret_key[KEY_MAX])
{
    struct str piece = take_piece(orders);
    snprintf(ret_key, KEY_MAX, "%d %.*s", number, (int)piece.len, piece.len > 0 ? piece.ptr : "");
}

static void write_value(struct json_writer *json, struct str *orders, int depth);

static void write_children(struct json_writer *json, struct str *orders, int depth, bool keys)
{
    int count = (int)(take_byte(orders) % 8);
    for (int i = 0; i < count; i++) {
        char key[KEY_MAX];
        if (keys) {
            take_key(orders, i, key);
            json_key(json, key);
        }
        write_value(json, orders, depth + 1);
    }
}

static void write_value(struct json_writer *json, struct str *orders, int depth)
{
    switch (take_order(orders, depth)) {
    case ORDER_BOOL:
        json_bool(json, take_byte(orders) & 1);
        break;
    case ORDER_INT:
        json_int(json, (int64_t)take_bits(orders));
        break;
    case ORDER_MS:
        json_ms(json, take_double(orders));
        break;
    case ORDER_STR:
        json_str(json, take_piece(orders));
        break;
    case ORDER_BASE64:
        json_base64(json, take_piece(orders));
        break;
    case ORDER_ARRAY:
        json_array(json);
        write_children(json, orders, depth, false);
        json_array_end(json);
        break;
    case ORDER_OBJECT:
        json_object(json);
        write_children(json, orders, depth, true);
        json_object_end(json);
        break;
    case ORDER_NULL:
    case ORDER_COUNT:
        json_null(json);
        break;
    }
}

/* What the writer promises of a string: itself, with U+FFFD for each byte that is not UTF-8. */
static void check_text(struct str got, struct str written)
{
    while (written.len > 0) {
        uint32_t point;
        size_t length = utf8_read(written, &point);
        struct str want = length > 0 ? str_of(written.ptr, length) : STR("\xEF\xBF\xBD");
        assert(got.len >= want.len && memcmp(got.ptr, want.ptr, want.len) == 0);
        got = str_skip(got, want.len);
        written = str_skip(written, length > 0 ? length : 1);
    }
    assert(got.len == 0);
}

static void check_base64(struct str got, struct str written)
{
    auto_buf struct buf bytes;
    buf_init(&bytes, PIECE_MAX);
    bool ok = base64_read(&bytes, got);
    assert(ok && !bytes.over && str_equal(buf_str(&bytes), written));
}

static void check_ms(const struct json_value *value, double written)
{
    if (!isfinite(written)) {
        assert(value->kind == JSON_NULL);
        return;
    }
    assert(value->kind == JSON_NUMBER);
    assert(fabs(value->number - written) <= 0.0006 + fabs(written) * 1e-15);
}

static void check_value(const struct json_value *value, struct str *orders, int depth);

static void check_children(const struct json_value *parent, struct str *orders, int depth)
{
    const struct json_value *child = parent->first;
    size_t count = take_byte(orders) % 8;
    assert(parent->count == count);
    for (size_t i = 0; i < count; i++) {
        char key[KEY_MAX];
        if (parent->kind == JSON_OBJECT) {
            take_key(orders, (int)i, key);
            check_text(child->key, str_from(key));
        }
        check_value(child, orders, depth + 1);
        child = child->next;
    }
    assert(child == NULL);
}

static void check_value(const struct json_value *value, struct str *orders, int depth)
{
    switch (take_order(orders, depth)) {
    case ORDER_BOOL:
        assert(value->kind == JSON_BOOL && value->truth == (take_byte(orders) & 1));
        break;
    case ORDER_INT:
        assert(value->is_integer && value->integer == (int64_t)take_bits(orders));
        break;
    case ORDER_MS:
        check_ms(value, take_double(orders));
        break;
    case ORDER_STR:
        assert(value->kind == JSON_STRING);
        check_text(value->text, take_piece(orders));
        break;
    case ORDER_BASE64:
        assert(value->kind == JSON_STRING);
        check_base64(value->text, take_piece(orders));
        break;
    case ORDER_ARRAY:
        assert(value->kind == JSON_ARRAY);
        check_children(value, orders, depth);
        break;
    case ORDER_OBJECT:
        assert(value->kind == JSON_OBJECT);
        check_children(value, orders, depth);
        break;
    case ORDER_NULL:
    case ORDER_COUNT:
        assert(value->kind == JSON_NULL);
        break;
    }
}

/* Whoever looks at the output on a terminal is safe. */
static void check_harmless(struct str text)
{
    uint32_t point = 0;
    while (text.len > 0) {
        size_t length = utf8_read(text, &point);
        assert(length > 0 && !utf8_is_active(point));
        text = str_skip(text, length);
    }
}

/* A full buf must hold a beginning of the same output. */
static void check_cut(struct str orders, struct str whole)
{
    auto_buf struct buf out;
    struct json_writer json;
    buf_init(&out, whole.len / 2);
    json_start(&json, &out);
    write_value(&json, &orders, 0);
    assert(out.over && str_equal(buf_str(&out), str_of(whole.ptr, whole.len / 2)));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size > 4096)
        return -1;
    auto_buf struct buf out;
    auto_arena struct arena arena;
    struct json_writer json;
    struct error err = {};
    struct str orders = str_of(data, size);
    buf_init(&out, 4 << 20);
    arena_init(&arena, 64 << 20);
    json_start(&json, &out);
    write_value(&json, &orders, 0);
    assert(!out.over);
    const struct json_value *value = json_read(&arena, buf_str(&out), &err);
    assert(value != NULL);
    orders = str_of(data, size);
    check_value(value, &orders, 0);
    check_harmless(buf_str(&out));
    check_cut(str_of(data, size), buf_str(&out));
    return 0;
}
