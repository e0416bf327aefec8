#include "base/str.h"

bool str_equal(struct str a, struct str b)
{
    return a.len == b.len && (a.len == 0 || memcmp(a.ptr, b.ptr, a.len) == 0);
}

bool str_is(struct str a, const char *text)
{
    return str_equal(a, str_from(text));
}

bool str_starts(struct str text, const char *prefix)
{
    size_t length = strlen(prefix);
    return text.len >= length && str_equal(str_of(text.ptr, length), str_from(prefix));
}

bool str_ends(struct str text, const char *suffix)
{
    size_t length = strlen(suffix);
    return text.len >= length && str_equal(str_skip(text, text.len - length), str_from(suffix));
}

bool str_has(struct str text, char byte)
{
    return text.len > 0 && memchr(text.ptr, byte, text.len) != NULL;
}

static bool is_blank(char byte)
{
    return byte == ' ' || byte == '\t' || byte == '\n' || byte == '\r';
}

struct str str_trim(struct str text)
{
    while (text.len > 0 && is_blank(text.ptr[0]))
        text = str_skip(text, 1);
    while (text.len > 0 && is_blank(text.ptr[text.len - 1]))
        text.len--;
    return text;
}

bool str_take_until(struct str *rest, char border, struct str *ret_piece)
{
    if (rest->len == 0)
        return false;
    const char *found = memchr(rest->ptr, border, rest->len);
    size_t length = found != NULL ? (size_t)(found - rest->ptr) : rest->len;
    *ret_piece = str_of(rest->ptr, length);
    size_t cut = found != NULL ? length + 1 : length;
    *rest = str_skip(*rest, cut);
    return true;
}

bool str_take_line(struct str *rest, struct str *ret_line)
{
    if (!str_take_until(rest, '\n', ret_line))
        return false;
    if (ret_line->len > 0 && ret_line->ptr[ret_line->len - 1] == '\r')
        ret_line->len--;
    return true;
}

bool str_take_prefix(struct str *rest, const char *prefix)
{
    if (!str_starts(*rest, prefix))
        return false;
    *rest = str_skip(*rest, strlen(prefix));
    return true;
}
