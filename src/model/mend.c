#include "model/mend.h"

#include <string.h>

#include "base/mem.h"
#include "base/utf8.h"

enum mend_how { MEND_FIRST, MEND_END, MEND_ALONE, MEND_GUARD };

struct mend {
    const char *rule;
    enum mend_how how;
    const char *from, *to, *unless;
};

static const struct mend mends[] = {

#define MEND(rule, how, from, to, unless) {rule, MEND_##how, from, to, unless},
#include "model/mends.def"
#undef MEND
};

/* Bytes [start, end) are to become `to`. */
struct edit {
    size_t start, end;
    const char *to; /* NULL: `name` is guarded */
    struct str name;
};

/* ---- places ---------------------------------------------------------------------------------- */

/* Where a line begins, or the text's length. */
static size_t start_of_line(struct str text, uint32_t line)
{
    size_t at = 0;
    for (; line > 1 && at < text.len; line--) {
        const char *end = memchr(text.ptr + at, '\n', text.len - at);
        at = end != NULL ? (size_t)(end - text.ptr) + 1 : text.len;
    }
    return at;
}

static size_t place_of(struct str text, uint32_t line, uint32_t column)
{
    size_t at = start_of_line(text, line);
    for (; column > 1 && at < text.len && text.ptr[at] != '\n'; column--) {
        uint32_t point;
        size_t length = utf8_read(str_skip(text, at), &point);
        at += length > 0 ? length : 1;
    }
    return at;
}

/* ---- one finding ----------------------------------------------------------------------------- */

static const char *find(struct str text, const char *part)
{
    return memmem(text.ptr, text.len, part, strlen(part));
}

static bool is_name_byte(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
}

/* The first "$name" or "${name}" that "/" follows, perhaps behind a quote. */
static bool find_guard(struct str text, size_t start, struct edit *ret)
{
    for (size_t i = 0; i + 1 < text.len; i++) {
        bool braced = text.ptr[i] == '$' && text.ptr[i + 1] == '{';
        size_t from = i + 1 + braced, end = from;
        while (end < text.len && is_name_byte(text.ptr[end]))
            end++;
        if (text.ptr[i] != '$' || end == from || (text.ptr[from] >= '0' && text.ptr[from] <= '9'))
            continue;
        size_t after = end;
        if (braced && (after == text.len || text.ptr[after++] != '}'))
            continue;
        size_t next = after + (after < text.len && text.ptr[after] == '"');
        if (next >= text.len || text.ptr[next] != '/')
            continue;
        *ret = (struct edit){start + i, start + after, NULL, str_of(text.ptr + from, end - from)};
        return true;
    }
    return false;
}

static bool is_alone(struct str source, size_t start, size_t length)
{
    size_t first = start, end = start + length;
    while (first > 0 && source.ptr[first - 1] != '\n')
        first--;
    while (end < source.len && source.ptr[end] != '\n')
        end++;
    return str_trim(str_of(source.ptr + first, end - first)).len == length;
}

static bool fits(const struct mend *mend, struct str source, struct str text, struct edit *ret)
{
    size_t start = (size_t)(text.ptr - source.ptr);
    if (mend->how == MEND_ALONE &&
        (!str_is(text, mend->from) || !is_alone(source, start, text.len)))
        return false;
    if (mend->unless != NULL && find(text, mend->unless) != NULL)
        return false;
    if (mend->how == MEND_GUARD)
        return find_guard(text, start, ret);
    const char *at = find(text, mend->from);
    size_t length = strlen(mend->from);
    if (mend->how == MEND_END)
        at = str_ends(text, mend->from) ? text.ptr + text.len - length : NULL;
    if (at == NULL)
        return false;
    *ret = (struct edit){start + (size_t)(at - text.ptr), 0, mend->to, {}};
    ret->end = ret->start + length;
    return true;
}

static bool find_edit(const struct finding *finding, struct str source, struct edit *ret)
{
    size_t start = place_of(source, finding->line, finding->column);
    size_t end = place_of(source, finding->end_line, finding->end_column);
    if (finding->ignored != NULL || finding->known || start >= end)
        return false;
    for (size_t i = 0; i < COUNT_OF(mends); i++)
        if (strcmp(mends[i].rule, finding->rule) == 0 &&
            fits(&mends[i], source, str_of(source.ptr + start, end - start), ret))
            return true;
    return false;
}

/* ---- a file ---------------------------------------------------------------------------------- */

static void write_edit(struct buf *out, const struct edit *edit)
{
    if (edit->to != NULL) {
        buf_add_text(out, edit->to);
        return;
    }
    buf_add_text(out, "${");
    buf_add_str(out, edit->name);
    buf_add_text(out, ":?}");
}

/* Findings stand in order; of two whose edits touch each other the first counts. */
uint32_t mend_all(const struct checked_file *file, struct str source, struct buf *out)
{
    struct edit edit;
    uint32_t count = 0;
    size_t done = 0;
    for (uint32_t i = 0; i < file->finding_count; i++) {
        if (!find_edit(&file->findings[i], source, &edit) || edit.start < done)
            continue;
        buf_add_str(out, str_of(source.ptr + done, edit.start - done));
        write_edit(out, &edit);
        done = edit.end;
        count++;
    }
    buf_add_str(out, str_skip(source, done));
    return out->over ? 0 : count;
}

/* ---- diffs ----------------------------------------------------------------------------------- */

enum { CONTEXT = 3 };

static bool take_line(struct str *rest, struct str *ret)
{
    const char *end = memchr(rest->ptr, '\n', rest->len);
    size_t length = end != NULL ? (size_t)(end - rest->ptr) + 1 : rest->len;
    *ret = str_of(rest->ptr, length);
    *rest = str_skip(*rest, length);
    return length > 0;
}

static void write_line(struct buf *out, char sign, struct str line)
{
    buf_add_byte(out, sign);
    buf_add_str(out, line);
    if (!str_ends(line, "\n"))
        buf_add_text(out, "\n\\ No newline at end of file\n");
}

/* From line `first` to the one before `end`, each counted from 0. */
static void write_hunk(struct buf *out, struct str before, struct str after, uint32_t first,
                       uint32_t end)
{
    struct str a, b;
    buf_printf(out, "@@ -%u,%u +%u,%u @@\n", first + 1, end - first, first + 1, end - first);
    before = str_skip(before, start_of_line(before, first + 1));
    after = str_skip(after, start_of_line(after, first + 1));
    for (uint32_t i = first; i < end && take_line(&before, &a) && take_line(&after, &b); i++) {
        bool same = str_equal(a, b);
        write_line(out, same ? ' ' : '-', a);
        if (!same)
            write_line(out, '+', b);
    }
}

void mend_write_diff(struct buf *out, const char *name, struct str before, struct str after)
{
    struct str old = before, new = after, a, b;
    uint32_t line = 0, first = 0, end = 0; /* of the hunk under way; end 0: none is */
    buf_printf(out, "--- a/%s\n+++ b/%s\n", name, name);
    for (; take_line(&old, &a) && take_line(&new, &b); line++) {
        if (str_equal(a, b))
            continue;
        if (end > 0 && line > end + CONTEXT) {
            write_hunk(out, before, after, first, end);
            end = 0;
        }
        first = end > 0 ? first : line > CONTEXT ? line - CONTEXT : 0;
        end = line + 1 + CONTEXT;
    }
    if (end > 0)
        write_hunk(out, before, after, first, end < line ? end : line);
}
