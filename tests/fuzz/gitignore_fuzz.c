/* Any bytes up to a NUL as a .gitignore, and the rest as a path: the answer comes in bounded time.
 */
#include "tests/fuzz/fuzz.h"

#include <assert.h>

#include "base/gitignore.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct gitignore ignore;
    struct str path = str_of(data, size), text = {};
    if (size > 4096 || !str_take_until(&path, '\0', &text))
        return 0;
    auto_arena struct arena arena;
    arena_init(&arena, 4 << 20);
    gitignore_read(&ignore, text, &arena);
    enum gitignore_answer answer = gitignore_ask(&ignore, path, false);
    assert(answer == GITIGNORE_SAYS_NOTHING || ignore.count > 0);
    return 0;
}
