/* Texts of an outline: signatures on one line, documentation without its signs, dotted names. */
#include <string.h>

#include "base/utf8.h"
#include "source/outline_private.h"

static bool is_blank(char c)
{
    return c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == '\f';
}

static bool is_name_byte(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
           c == '$' || c == '#' || (unsigned char)c >= 0x80;
}

bool outline_is_dotted(struct str text)
{
    for (size_t i = 0; i < text.len; i++)
        if (!is_name_byte(text.ptr[i]) && text.ptr[i] != '.')
            return false;
    return text.len > 0;
}

/* Where the last name of an expression begins: at "join" of "f(x).join". */
static size_t last_name(struct str text)
{
    size_t start = text.len;
    while (start > 0 && is_name_byte(text.ptr[start - 1]))
        start--;
    return start;
}

struct str outline_dotted(struct outliner *o, struct str expression)
{
    if (expression.len <= OUTLINE_NAME_MAX && outline_is_dotted(expression))
        return expression;
    size_t start = last_name(expression);
    struct str name = str_skip(expression, start);
    if (name.len == 0 || name.len >= OUTLINE_NAME_MAX || start == 0)
        return STR("");
    while (start > 0 && is_blank(expression.ptr[start - 1]))
        start--;
    if (start == 0 || expression.ptr[start - 1] != '.')
        return STR("");
    if (name.ptr[-1] == '.')
        return str_of(name.ptr - 1, name.len + 1);
    return str_from(arena_text(o->arena, ".%.*s", (int)name.len, name.ptr));
}

struct str outline_unquoted(struct str literal)
{
    if (literal.len < 2 || !str_has(STR("\"'`"), literal.ptr[0]) ||
        literal.ptr[literal.len - 1] != literal.ptr[0])
        return STR("");
    return str_of(literal.ptr + 1, literal.len - 2);
}

/* ---- signatures ------------------------------------------------------------------------------ */

/* How long the comment is that stands here: "# …", "// …", "/ * … * /"; 0: there is none. */
static size_t comment_length(struct str text, bool hashes)
{
    const char *end;
    if (hashes ? text.ptr[0] == '#' : text.len > 1 && memcmp(text.ptr, "//", 2) == 0)
        end = memchr(text.ptr, '\n', text.len);
    else if (!hashes && text.len > 1 && memcmp(text.ptr, "/*", 2) == 0)
        end = memmem(text.ptr + 2, text.len - 2, "*/", 2), end = end != NULL ? end + 2 : NULL;
    else
        return 0;
    return end != NULL ? (size_t)(end - text.ptr) : text.len;
}

/* How long the text in quotes is that begins here. */
static size_t quoted_length(struct str text)
{
    size_t i = 1;
    while (i < text.len && text.ptr[i] != text.ptr[0])
        i += text.ptr[i] == '\\' ? 2 : 1;
    return i < text.len ? i + 1 : text.len;
}

/* A blank between two words stays one; after "(" and before ")" or "," it goes. */
static void add_piece(struct buf *out, struct str piece, bool blank)
{
    char last = out->len > 0 ? out->data[out->len - 1] : '(';
    if (blank && last != '(' && last != '[' && !str_has(STR("),]"), piece.ptr[0]))
        buf_add_byte(out, ' ');
    if (piece.ptr[0] == ')' && last == ',')
        out->len--;
    buf_add_str(out, piece);
}

struct str outline_one_line(struct outliner *o, uint32_t start, uint32_t end)
{
    auto_buf struct buf out;
    bool blank = false, hashes = o->grammar == &outline_python || o->grammar == &outline_bash;
    struct str rest = str_of(o->tree->bytes.ptr + start, end - start);
    buf_init(&out, OUTLINE_SIGNATURE_MAX);
    while (rest.len > 0 && !out.over) {
        size_t comment = comment_length(rest, hashes);
        size_t length = comment > 0                         ? comment
                        : str_has(STR("\"'`"), rest.ptr[0]) ? quoted_length(rest)
                                                            : 1;
        if (comment > 0 || is_blank(rest.ptr[0])) {
            blank = true;
        } else {
            add_piece(&out, str_of(rest.ptr, length), blank);
            blank = false;
        }
        rest = str_skip(rest, length);
    }
    struct str line = utf8_cut(buf_str(&out), OUTLINE_SIGNATURE_MAX);
    return str_of(arena_string(o->arena, line), line.len);
}

/* ---- documentation --------------------------------------------------------------------------- */

static size_t indent_of(struct str line)
{
    size_t i = 0;
    while (i < line.len && (line.ptr[i] == ' ' || line.ptr[i] == '\t'))
        i++;
    return i;
}

static struct str without_end_blanks(struct str line)
{
    while (line.len > 0 && is_blank(line.ptr[line.len - 1]))
        line.len--;
    return line;
}

/* What all lines but the first have in common. */
static size_t common_indent(struct str text)
{
    size_t least = SIZE_MAX;
    struct str line = {};
    (void)str_take_line(&text, &line);
    while (str_take_line(&text, &line)) {
        size_t indent = indent_of(line);
        if (indent < line.len && indent < least)
            least = indent;
    }
    return least == SIZE_MAX ? 0 : least;
}

static struct str finish_doc(struct outliner *o, const struct buf *out)
{
    struct str text = utf8_cut(str_trim(buf_str(out)), OUTLINE_DOC_MAX);
    return str_of(arena_string(o->arena, text), text.len);
}

/* As PEP 257 has it. */
struct str outline_clean_docstring(struct outliner *o, struct str literal)
{
    auto_buf struct buf out;
    struct str line = {};
    buf_init(&out, OUTLINE_DOC_MAX + UTF8_MAX);
    while (literal.len > 0 && str_has(STR("rRuUbBfF"), literal.ptr[0]))
        literal = str_skip(literal, 1);
    size_t quote = str_starts(literal, "\"\"\"") || str_starts(literal, "'''") ? 3 : 1;
    if (literal.len < 2 * quote)
        return STR("");
    literal = str_of(literal.ptr + quote, literal.len - 2 * quote);
    size_t indent = common_indent(literal);
    for (bool first = true; str_take_line(&literal, &line) && !out.over; first = false) {
        size_t cut = indent_of(line) < indent ? indent_of(line) : indent;
        buf_add_str(&out, without_end_blanks(str_skip(line, first ? 0 : cut)));
        buf_add_byte(&out, '\n');
    }
    return finish_doc(o, &out);
}

struct str outline_clean_comment(struct outliner *o, struct str comment)
{
    auto_buf struct buf out;
    struct str line = {};
    buf_init(&out, OUTLINE_DOC_MAX + UTF8_MAX);
    if (!str_take_prefix(&comment, "/**") || !str_ends(comment, "*/"))
        return STR("");
    comment.len -= 2;
    while (str_take_line(&comment, &line) && !out.over) {
        line = str_skip(line, indent_of(line));
        if (str_take_prefix(&line, "*") && line.len > 0 && line.ptr[0] == ' ')
            line = str_skip(line, 1);
        buf_add_str(&out, without_end_blanks(line));
        buf_add_byte(&out, '\n');
    }
    return finish_doc(o, &out);
}

/* Words such as "export" may stand between; the end of a statement may not. */
struct str outline_comment_before(struct outliner *o, TSNode node)
{
    enum { BETWEEN_MAX = 400 };

    uint32_t start = ts_node_start_byte(node);
    if (o->comment_end == 0 || start < o->comment_end || start - o->comment_end > BETWEEN_MAX)
        return STR("");
    struct str between = str_of(o->tree->bytes.ptr + o->comment_end, start - o->comment_end);
    for (size_t i = 0; i < between.len; i++)
        if (str_has(STR(";{}"), between.ptr[i]))
            return STR("");
    return outline_clean_comment(
        o, str_of(o->tree->bytes.ptr + o->comment_start, o->comment_end - o->comment_start));
}

uint32_t outline_count_doctests(struct str doc)
{
    uint32_t count = 0;
    struct str line = {};
    while (str_take_line(&doc, &line))
        count += str_starts(str_skip(line, indent_of(line)), ">>> ");
    return count;
}
