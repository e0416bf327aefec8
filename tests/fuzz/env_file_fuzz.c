/* Any bytes as an environment file: each entry that is read has a plain name and no NUL. */
#include <assert.h>
#include <string.h>

#include "cli/env_file.h"
#include "model/words.h"
#include "tests/fuzz/fuzz.h"

enum { ARENA_BYTES_MAX = 16 << 20 };

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct error err = {};
    struct words words = {};
    auto_arena struct arena arena;
    arena_init(&arena, ARENA_BYTES_MAX);
    bool ok = env_file_read(str_of(data, size), "f", &arena, &words, &err);
    assert(ok || (err.kind == ERROR_USAGE && strncmp(err.text, "f:", 2) == 0));
    size_t total = 0;
    for (uint32_t i = 0; i < words.count; i++) {
        const char *equals = strchr(words.list[i], '=');
        assert(equals != NULL);
        assert(env_name_is_plain(str_of(words.list[i], (size_t)(equals - words.list[i]))));
        total += strlen(words.list[i]) + 1;
    }
    assert(total <= size + words.count);
    return 0;
}
