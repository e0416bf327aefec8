#include "base/gitignore.h"

#include <assert.h>
#include <ctype.h>

enum { STEPS_MAX = 100000, NESTED_MAX = 64 };

/* ---- matching -------------------------------------------------------------------------------- */

struct matching {
    uint32_t steps;
};

static const struct {
    const char *name;
    int (*has)(int);
} classes[] = {
    {"alnum", isalnum}, {"alpha", isalpha}, {"blank", isblank}, {"cntrl", iscntrl},
    {"digit", isdigit}, {"graph", isgraph}, {"lower", islower}, {"print", isprint},
    {"punct", ispunct}, {"space", isspace}, {"upper", isupper}, {"xdigit", isxdigit},
};

/* "[:alpha:]" at the front of `rest`; false if there is none. */
static bool take_class(struct str *rest, unsigned char c, bool *ret_has)
{
    struct str text = *rest;
    if (!str_take_prefix(&text, "[:"))
        return false;
    for (size_t i = 0; i < sizeof classes / sizeof *classes; i++) {
        struct str after = text;
        if (!str_take_prefix(&after, classes[i].name) || !str_take_prefix(&after, ":]"))
            continue;
        *rest = after;
        *ret_has = *ret_has || classes[i].has(c) != 0;
        return true;
    }
    return false;
}

static bool take_member(struct str *rest, unsigned char *ret)
{
    if (rest->len > 1 && rest->ptr[0] == '\\')
        *rest = str_skip(*rest, 1);
    if (rest->len == 0)
        return false;
    *ret = (unsigned char)rest->ptr[0];
    *rest = str_skip(*rest, 1);
    return true;
}

/* One member or a range of them. */
static bool take_range(struct str *rest, unsigned char c, bool *ret_has)
{
    unsigned char low, high;
    if (!take_member(rest, &low))
        return false;
    high = low;
    if (rest->len > 1 && rest->ptr[0] == '-' && rest->ptr[1] != ']') {
        *rest = str_skip(*rest, 1);
        if (!take_member(rest, &high))
            return false;
    }
    *ret_has = *ret_has || (c >= low && c <= high);
    return true;
}

/* "[a-z]" at the front of the pattern; a set that is never closed matches nothing. */
static bool match_set(struct str *pattern, unsigned char c)
{
    struct str rest = str_skip(*pattern, 1);
    bool has = false, closed = false;
    bool denies = str_take_prefix(&rest, "!") || str_take_prefix(&rest, "^");
    for (bool first = true; !closed; first = false) {
        if (rest.len == 0)
            return false;
        if (rest.ptr[0] == ']' && !first)
            closed = true;
        else if (!take_class(&rest, c, &has) && !take_range(&rest, c, &has))
            return false;
    }
    *pattern = str_skip(rest, 1);
    return has != denies && c != '/';
}

static bool match_here(struct matching *m, struct str pattern, struct str path, int depth);

/* "**" between slashes stands for any folders, at the end for all that is below, and elsewhere for
 * what one "*" does. `at_start`: nothing or a "/" stands before it. */
static bool match_stars(struct matching *m, struct str pattern, struct str path, bool at_start,
                        int depth)
{
    size_t stars = 0;
    while (stars < pattern.len && pattern.ptr[stars] == '*')
        stars++;
    struct str after = str_skip(pattern, stars);
    bool crosses = stars == 2 && at_start && (after.len == 0 || after.ptr[0] == '/');
    if (crosses && after.len > 0 && match_here(m, str_skip(after, 1), path, depth + 1))
        return true;
    for (size_t i = 0;; i++) {
        if (match_here(m, after, str_skip(path, i), depth + 1))
            return true;
        if (i == path.len || (path.ptr[i] == '/' && !crosses) || m->steps > STEPS_MAX)
            return false;
    }
}

/* One character of the pattern that is no star. */
static bool match_one(struct str *pattern, char c)
{
    switch (pattern->ptr[0]) {
    case '?':
        *pattern = str_skip(*pattern, 1);
        return c != '/';
    case '[':
        return match_set(pattern, (unsigned char)c);
    case '\\':
        if (pattern->len == 1)
            return false;
        *pattern = str_skip(*pattern, 1);
        break;
    default:
        break;
    }
    bool same = pattern->ptr[0] == c;
    *pattern = str_skip(*pattern, 1);
    return same;
}

/* Git compares what stands before the first sign by itself, so behind it "**" is at a start, too:
 * "b**" followed by "/a" matches "b/x/a". */
static bool match_here(struct matching *m, struct str pattern, struct str path, int depth)
{
    bool plain = depth == 0, behind_slash = depth > 0 && pattern.len > 0 && pattern.ptr[-1] == '/';
    if (depth > NESTED_MAX)
        return false;
    while (pattern.len > 0) {
        char sign = pattern.ptr[0];
        if (++m->steps > STEPS_MAX)
            return false;
        if (sign == '*')
            return match_stars(m, pattern, path, plain || behind_slash, depth);
        plain = plain && sign != '?' && sign != '[' && sign != '\\';
        behind_slash = sign == '/';
        if (path.len == 0 || !match_one(&pattern, path.ptr[0]))
            return false;
        path = str_skip(path, 1);
    }
    return path.len == 0;
}

bool gitignore_matches(struct str pattern, struct str path)
{
    struct matching m = {};
    return match_here(&m, pattern, path, 0);
}

/* ---- patterns -------------------------------------------------------------------------------- */

/* Blanks at the end do not count, unless a backslash stands before them. */
static struct str without_blanks(struct str line)
{
    size_t length = line.len;
    while (length > 0 && (line.ptr[length - 1] == ' ' || line.ptr[length - 1] == '\t') &&
           (length < 2 || line.ptr[length - 2] != '\\'))
        length--;
    return str_of(line.ptr, length);
}

static bool read_pattern(struct str line, struct gitignore_pattern *ret)
{
    *ret = (struct gitignore_pattern){};
    line = without_blanks(line);
    if (line.len == 0 || line.ptr[0] == '#')
        return false;
    ret->keeps = str_take_prefix(&line, "!");
    ret->folders_only = line.len > 0 && line.ptr[line.len - 1] == '/';
    line.len -= ret->folders_only;
    ret->anchored = memchr(line.ptr, '/', line.len) != NULL;
    (void)str_take_prefix(&line, "/");
    ret->text = line;
    return line.len > 0;
}

void gitignore_read(struct gitignore *ret, struct str text, struct arena *arena)
{
    struct str line = {}, rest;
    uint32_t lines = 0;
    assert(text.len <= GITIGNORE_BYTES_MAX);
    *ret = (struct gitignore){};
    (void)str_take_prefix(&text, "\xef\xbb\xbf");
    for (rest = text; lines < GITIGNORE_PATTERNS_MAX && str_take_line(&rest, &line);)
        lines++;
    ret->cut = rest.len > 0;
    ret->patterns = arena_alloc(arena, lines * sizeof *ret->patterns);
    for (rest = text; lines > 0 && str_take_line(&rest, &line); lines--)
        ret->count += read_pattern(line, &ret->patterns[ret->count]);
}

static struct str last_name(struct str path)
{
    for (size_t i = path.len; i > 0; i--)
        if (path.ptr[i - 1] == '/')
            return str_skip(path, i);
    return path;
}

enum gitignore_answer gitignore_ask(const struct gitignore *ignore, struct str path, bool is_folder)
{
    struct str name = last_name(path);
    for (uint32_t i = ignore->count; i > 0; i--) {
        const struct gitignore_pattern *pattern = &ignore->patterns[i - 1];
        if (pattern->folders_only && !is_folder)
            continue;
        if (gitignore_matches(pattern->text, pattern->anchored ? path : name))
            return pattern->keeps ? GITIGNORE_KEEPS : GITIGNORE_IGNORES;
    }
    return GITIGNORE_SAYS_NOTHING;
}
