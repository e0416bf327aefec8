/*
 * A pattern, a NUL and a path, both any bytes: glob_match answers as a plain recursive reading of
 * its header does, and in bounded time where that one would take for ever.
 */
#include <assert.h>
#include <string.h>

#include "base/mem.h"
#include "base/utf8.h"
#include "run/glob.h"
#include "tests/fuzz/fuzz.h"

enum { STEPS_MAX = 3000 };

static int steps;
static const char *start; /* of the pattern */

static const char *next_character(const char *path)
{
    uint32_t point;
    size_t bytes = utf8_read(str_of(path, strnlen(path, UTF8_MAX)), &point);
    return path + (bytes > 0 ? bytes : 1);
}

static bool matches(const char *pattern, const char *path);

/* Two stars and what follows them; with a slash after them they stand for whole folders, or none.
 */
static bool matches_across(const char *pattern, const char *path)
{
    bool folders = *pattern == '/';
    if (folders)
        pattern++;
    for (const char *at = path;; at = next_character(at)) {
        bool border = !folders || at == path || at[-1] == '/';
        if (border && matches(pattern, at))
            return true;
        if (*at == '\0')
            return false;
    }
}

static bool matches(const char *pattern, const char *path)
{
    if (++steps > STEPS_MAX)
        return false;
    if (pattern[0] == '*' && pattern[1] == '*')
        return matches_across(pattern, path);
    if (*pattern == '*')
        return matches(pattern + 1, path) ||
               (*path != '\0' && *path != '/' && matches(pattern, next_character(path)));
    if (*pattern == '\0' || *path == '\0')
        return *pattern == *path;
    if (*pattern == '?' && *path != '/')
        return matches(pattern + 1, next_character(path));
    return *pattern == *path && matches(pattern + 1, path + 1);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    auto_free char *text = mem_copy(data, size);
    const char *pattern = text, *path = text + strlen(text) + 1;
    if (strlen(text) == size)
        return -1;
    bool answer = glob_match(pattern, path);
    steps = 0;
    start = pattern;
    bool want = matches(pattern, path);
    assert(steps > STEPS_MAX || answer == want);
    if (!glob_has_wildcards(pattern))
        assert(answer == (strcmp(pattern, path) == 0));
    return 0;
}
