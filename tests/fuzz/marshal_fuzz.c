/*
 * Any bytes become a value or a clean error, within a small and within a large arena. What became
 * a value is written and read again: the two must be equal, weigh and hash the same.
 */
#include "tests/fuzz/fuzz.h"

#include <assert.h>

#include "testgen/marshal.h"

static void check_round_trip(const struct value *value)
{
    auto_buf struct buf out;
    auto_arena struct arena arena;
    struct error err = {};
    buf_init(&out, 64 << 20);
    arena_init(&arena, 256 << 20);
    marshal_write(&out, value);
    assert(!out.over);
    const struct value *again = marshal_read(&arena, buf_str(&out), &err);
    assert(again != NULL && value_equal(value, again));
    assert(value_hash(value) == value_hash(again));
    assert(value_weight(value) == value_weight(again));
    assert(value_is_deep(value) == value_is_deep(again));
}

static bool check_within(size_t max, struct str bytes)
{
    auto_arena struct arena arena;
    struct error err = {};
    arena_init(&arena, max);
    const struct value *value = marshal_read(&arena, bytes, &err);
    assert(arena.used <= max);
    if (value == NULL)
        assert(err.kind == ERROR_INPUT || err.kind == ERROR_LIMIT);
    else
        check_round_trip(value);
    return value != NULL;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct str bytes = str_of(data, size);
    bool is_good = check_within(64 << 20, bytes);
    for (size_t max = 0; max <= 4096; max = max * 3 + 100) {
        bool fits = check_within(max, bytes);
        assert(is_good || !fits);
    }
    return 0;
}
