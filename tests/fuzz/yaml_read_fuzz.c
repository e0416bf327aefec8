/* Any bytes become a tree or an error that names a line, within a small and within a large arena.
 */
#include "tests/fuzz/fuzz.h"

#include <assert.h>

#include "base/yaml_read.h"

static bool check_within(size_t max, struct str text)
{
    struct error err = {};
    auto_arena struct arena arena;
    arena_init(&arena, max);
    const struct json_value *value = yaml_read(&arena, text, &err);
    assert(arena.used <= max);
    assert(value != NULL || str_starts(str_from(err.text), "line "));
    return value != NULL;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct str text = str_of(data, size);
    bool good = check_within(64 << 20, text);
    for (size_t max = 0; max <= 4096; max = max * 3 + 100) {
        bool fits = check_within(max, text);
        assert(good || !fits);
    }
    return 0;
}
