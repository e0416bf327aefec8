#include "run/glob.h"

#include <string.h>

#include "base/utf8.h"

/* The last star and how much of the path it has swallowed: to go on after a mismatch, it swallows
 * one more. A "*" gives way to the "**" before it when it meets a "/". */
struct star {
    const char *pattern, *path; /* where to go on; pattern NULL: no star yet */
    bool whole;                 /* at a folder's border only */
};

/* Past one character; a byte that begins none counts as one. */
static const char *step(const char *path)
{
    uint32_t point;
    size_t bytes = utf8_read(str_of(path, strnlen(path, UTF8_MAX)), &point);
    return path + (bytes > 0 ? bytes : 1);
}

bool glob_match(const char *pattern, const char *path)
{
    const char *start = pattern;
    struct star one = {}, two = {};
    while (*path != '\0') {
        if (pattern[0] == '*' && pattern[1] == '*') {
            /* where a name begins, two stars and "/" match no folder at all, too */
            bool folder = pattern[2] == '/' && (pattern == start || pattern[-1] == '/');
            pattern += 2;
            two = (struct star){folder ? pattern + 1 : pattern, path, folder};
            one = (struct star){};
            pattern = two.pattern;
        } else if (*pattern == '*') {
            one = (struct star){++pattern, path, false};
        } else if (*pattern == '?' && *path != '/') {
            pattern++;
            path = step(path);
        } else if (*pattern == *path) {
            pattern++;
            path++;
        } else if (one.pattern != NULL && *one.path != '/') {
            pattern = one.pattern;
            path = one.path = step(one.path);
        } else if (two.pattern != NULL) {
            do
                two.path = step(two.path);
            while (two.whole && *two.path != '\0' && two.path[-1] != '/');
            if (two.whole && *two.path == '\0' && two.path[-1] != '/')
                return false;
            pattern = two.pattern;
            path = two.path;
            one = (struct star){};
        } else {
            return false;
        }
    }
    while (*pattern == '*')
        pattern++;
    return *pattern == '\0';
}

bool glob_has_wildcards(const char *pattern)
{
    return strpbrk(pattern, "*?") != NULL;
}
