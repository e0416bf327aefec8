#include "run/glob.h"

#include <string.h>

#include "base/utf8.h"

/* The last star and how much of the path it has swallowed: to go on after a mismatch, it swallows
 * one more. A "*" gives way to the "**" before it when it meets a "/". */
struct star {
    const char *pattern, *path; /* where to go on; pattern NULL: no star yet */
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
    struct star one = {}, two = {};
    while (*path != '\0') {
        if (pattern[0] == '*' && pattern[1] == '*') {
            pattern += 2;
            bool folder = *pattern == '/'; /* two stars and "/" match no folder at all, too */
            two = (struct star){folder ? pattern + 1 : pattern, path};
            one = (struct star){};
            pattern = two.pattern;
        } else if (*pattern == '*') {
            one = (struct star){++pattern, path};
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
            bool whole = two.pattern[-1] == '/'; /* goes on at a folder's border only */
            do
                two.path = step(two.path);
            while (whole && *two.path != '\0' && two.path[-1] != '/');
            if (*two.path == '\0')
                return *two.pattern == '\0';
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
