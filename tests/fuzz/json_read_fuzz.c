/*
 * Any bytes become a tree or a clean error, within a small and within a large arena. What became a
 * tree is written and read again: the two trees must be the same.
 */
#include "tests/fuzz/fuzz.h"

#include <assert.h>
#include <math.h>

#include "base/buf.h"
#include "base/json_read.h"
#include "base/json_write.h"
#include "base/mem.h"

static void write_value(struct json_writer *json, const struct json_value *value);

static void write_key(struct json_writer *json, struct str key)
{
    auto_free char *text = mem_copy(key.ptr, key.len);
    json_key(json, text);
}

static void write_children(struct json_writer *json, const struct json_value *parent)
{
    for (const struct json_value *child = parent->first; child != NULL; child = child->next) {
        if (parent->kind == JSON_OBJECT)
            write_key(json, child->key);
        write_value(json, child);
    }
}

static void write_value(struct json_writer *json, const struct json_value *value)
{
    switch (value->kind) {
    case JSON_NULL:
        json_null(json);
        break;
    case JSON_BOOL:
        json_bool(json, value->truth);
        break;
    case JSON_NUMBER:
        if (value->is_integer)
            json_int(json, value->integer);
        else
            json_ms(json, value->number);
        break;
    case JSON_STRING:
        json_str(json, value->text);
        break;
    case JSON_ARRAY:
        json_array(json);
        write_children(json, value);
        json_array_end(json);
        break;
    case JSON_OBJECT:
        json_object(json);
        write_children(json, value);
        json_object_end(json);
        break;
    }
}

/* A number with a fraction is written with three decimals only. */
static bool is_same_number(const struct json_value *a, const struct json_value *b)
{
    if (a->is_integer)
        return b->is_integer && a->integer == b->integer;
    return !b->is_integer && fabs(a->number - b->number) <= 0.0006 + fabs(a->number) * 1e-15;
}

static void check_same(const struct json_value *a, const struct json_value *b)
{
    assert(a->kind == b->kind && a->count == b->count && str_equal(a->key, b->key));
    assert(str_equal(a->text, b->text) && a->truth == b->truth);
    assert(a->kind != JSON_NUMBER || is_same_number(a, b));
    size_t count = 0;
    const struct json_value *other = b->first;
    for (const struct json_value *child = a->first; child != NULL; child = child->next) {
        assert(other != NULL);
        check_same(child, other);
        other = other->next;
        count++;
    }
    assert(other == NULL && count == a->count);
}

/* A key with a NUL inside cannot be given to json_key, which takes C strings. */
static bool has_nul_in_a_key(const struct json_value *value)
{
    if (str_has(value->key, '\0'))
        return true;
    for (const struct json_value *child = value->first; child != NULL; child = child->next)
        if (has_nul_in_a_key(child))
            return true;
    return false;
}

static void check_round_trip(const struct json_value *value)
{
    auto_buf struct buf out;
    auto_arena struct arena arena;
    struct json_writer json;
    struct error err = {};
    buf_init(&out, 16 << 20);
    arena_init(&arena, 64 << 20);
    json_start(&json, &out);
    write_value(&json, value);
    assert(!out.over);
    const struct json_value *again = json_read(&arena, buf_str(&out), &err);
    assert(again != NULL);
    check_same(value, again);
}

static void check_error(const struct error *err)
{
    assert(err->kind == ERROR_USAGE || err->kind == ERROR_LIMIT);
    assert(str_starts(str_from(err->text), "line "));
    assert(json_is_text(str_from(err->text)));
}

static bool check_within(size_t max, struct str text, bool round_trip)
{
    auto_arena struct arena arena;
    struct error err = {};
    arena_init(&arena, max);
    const struct json_value *value = json_read(&arena, text, &err);
    assert(arena.used <= max);
    if (value == NULL)
        check_error(&err);
    else if (round_trip && !has_nul_in_a_key(value))
        check_round_trip(value);
    return value != NULL;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct str text = str_of(data, size);
    bool is_good = check_within(64 << 20, text, true);
    for (size_t max = 0; max <= 4096; max = max * 3 + 100) {
        bool fits = check_within(max, text, false);
        assert(is_good || !fits);
    }
    return 0;
}
