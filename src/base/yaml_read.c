#include "base/yaml_read.h"

#include "base/buf.h"
#include "base/utf8.h"

struct yaml {
    struct arena *arena;
    struct str rest;
    int number;      /* of the line at hand, from 1 */
    bool has_line;   /* there is one */
    size_t indent;   /* of it */
    struct str line; /* what is left of it, without blanks around and comments */
    struct error *err;
};

static bool fail(struct yaml *y, enum error_kind kind, const char *what)
{
    return error_set(y->err, kind, "line %d: %s", y->number, what);
}

static void *fail_null(struct yaml *y, enum error_kind kind, const char *what)
{
    (void)fail(y, kind, what);
    return NULL;
}

/* ---- lines ----------------------------------------------------------------------------------- */

/* Where a comment begins: at a # that is first or follows a blank, outside of quotes. */
static size_t before_comment(struct str line)
{
    char quote = 0;
    for (size_t i = 0; i < line.len; i++) {
        char c = line.ptr[i];
        bool starts = i == 0 || str_has(STR(" [,"), line.ptr[i - 1]);
        if (quote == '"' && c == '\\')
            i++;
        else if (quote != 0)
            quote = c == quote ? 0 : quote;
        else if (starts && (c == '"' || c == '\''))
            quote = c;
        else if (c == '#' && (i == 0 || line.ptr[i - 1] == ' '))
            return i;
    }
    return line.len;
}

static size_t count_blanks(struct str line)
{
    size_t count = 0;
    while (count < line.len && line.ptr[count] == ' ')
        count++;
    return count;
}

static bool next_line(struct yaml *y)
{
    struct str line;
    y->has_line = false;
    while (str_take_line(&y->rest, &line)) {
        y->number++;
        y->indent = count_blanks(line);
        line = str_skip(line, y->indent);
        line.len = before_comment(line);
        y->line = str_trim(line);
        if (str_has(line, '\t'))
            return fail(y, ERROR_USAGE, "a tab; only blanks may stand there");
        if (y->line.len > 0) {
            y->has_line = true;
            break;
        }
    }
    return true;
}

/* ---- values ---------------------------------------------------------------------------------- */

static struct json_value *make(struct yaml *y, enum json_kind kind)
{
    if (!arena_fits(y->arena, sizeof(struct json_value))) {
        (void)fail(y, ERROR_LIMIT, "there is no room for more");
        return NULL;
    }
    struct json_value *value = arena_alloc(y->arena, sizeof *value);
    value->kind = kind;
    return value;
}

static struct json_value *make_text(struct yaml *y, struct str text)
{
    struct json_value *value = make(y, JSON_STRING);
    if (value == NULL)
        return NULL;
    if (!arena_fits(y->arena, text.len))
        return fail_null(y, ERROR_LIMIT, "there is no room for more");
    value->text = str_of(arena_string(y->arena, text), text.len);
    return value;
}

static void append(struct json_value *parent, struct json_value **last, struct json_value *value)
{
    if (*last == NULL)
        parent->first = value;
    else
        (*last)->next = value;
    *last = value;
    parent->count++;
}

static struct json_value *read_double_quoted(struct yaml *y, struct str text)
{
    struct error why = {};
    struct json_value *value = json_read(y->arena, text, &why);
    if (value == NULL || value->kind != JSON_STRING)
        return fail_null(y, ERROR_USAGE, "text in double quotes that JSON does not know");
    return value;
}

/* Two quotes within stand for one. */
static struct json_value *read_single_quoted(struct yaml *y, struct str text)
{
    auto_buf struct buf out;
    buf_init(&out, text.len + 1);
    size_t end = text.len - 1;
    for (size_t i = 1; i < end; i++) {
        if (text.ptr[i] == '\'' && (++i == end || text.ptr[i] != '\''))
            return fail_null(y, ERROR_USAGE, "a quote within a text in quotes");
        buf_add_byte(&out, text.ptr[i]);
    }
    return make_text(y, buf_str(&out));
}

static bool read_integer(struct str text, int64_t *ret)
{
    enum { DIGITS_MAX = 15 };

    int64_t number = 0;
    bool negative = str_take_prefix(&text, "-");
    if (text.len == 0 || text.len > DIGITS_MAX || (text.len > 1 && text.ptr[0] == '0'))
        return false;
    for (size_t i = 0; i < text.len; i++) {
        if (text.ptr[i] < '0' || text.ptr[i] > '9')
            return false;
        number = number * 10 + (text.ptr[i] - '0');
    }
    *ret = negative ? -number : number;
    return true;
}

static struct json_value *read_plain(struct yaml *y, struct str text)
{
    struct json_value *value;
    int64_t number;
    if (str_has(STR("&*!|>%@`{}],?"), text.ptr[0]))
        return fail_null(y, ERROR_USAGE, "a sign that a text must not begin with; quote it");
    if (str_is(text, "null"))
        return make(y, JSON_NULL);
    if (str_is(text, "true") || str_is(text, "false")) {
        value = make(y, JSON_BOOL);
        if (value != NULL)
            value->truth = str_is(text, "true");
        return value;
    }
    if (!read_integer(text, &number))
        return make_text(y, text);
    value = make(y, JSON_NUMBER);
    if (value != NULL) {
        value->is_integer = true;
        value->integer = number;
        value->number = (double)number;
    }
    return value;
}

static struct json_value *read_scalar(struct yaml *y, struct str text)
{
    text = str_trim(text);
    if (text.len == 0)
        return fail_null(y, ERROR_USAGE, "a value is missing");
    bool quoted = text.ptr[0] == '\'' || text.ptr[0] == '"';
    if (quoted && (text.len < 2 || text.ptr[text.len - 1] != text.ptr[0]))
        return fail_null(y, ERROR_USAGE, "a text in quotes must end with its line");
    return !quoted              ? read_plain(y, text)
           : text.ptr[0] == '"' ? read_double_quoted(y, text)
                                : read_single_quoted(y, text);
}

/* Up to a comma outside of quotes. */
static struct str take_item(struct str *rest)
{
    char quote = 0;
    size_t i = 0;
    for (; i < rest->len; i++) {
        char c = rest->ptr[i];
        if (quote == '"' && c == '\\')
            i++;
        else if (quote != 0)
            quote = c == quote ? 0 : quote;
        else if (c == '"' || c == '\'')
            quote = c;
        else if (c == ',')
            break;
    }
    i = i < rest->len ? i : rest->len;
    struct str item = str_of(rest->ptr, i);
    *rest = str_skip(*rest, i < rest->len ? i + 1 : i);
    return item;
}

static struct json_value *read_flow_list(struct yaml *y, struct str text)
{
    struct json_value *list = make(y, JSON_ARRAY), *last = NULL;
    if (text.ptr[text.len - 1] != ']')
        return fail_null(y, ERROR_USAGE, "a list in brackets must end with its line");
    struct str rest = str_trim(str_of(text.ptr + 1, text.len - 2));
    while (list != NULL && rest.len > 0) {
        struct str item = str_trim(take_item(&rest));
        if (item.len > 0 && item.ptr[0] == '[')
            return fail_null(y, ERROR_USAGE, "a list in brackets holds no other");
        struct json_value *value = read_scalar(y, item);
        if (value == NULL)
            return NULL;
        append(list, &last, value);
    }
    return list;
}

/* The deeper lines as they are; the first one's blanks are cut off each. */
static struct json_value *read_literal(struct yaml *y, size_t parent)
{
    auto_buf struct buf out;
    size_t own = 0, trailing = 0;
    struct str before = y->rest, line;
    buf_init(&out, y->rest.len + 1);
    while (str_take_line(&y->rest, &line)) {
        size_t blanks = count_blanks(line);
        bool empty = blanks == line.len;
        if (!empty && own == 0)
            own = blanks;
        if (!empty && (blanks <= parent || blanks < own)) {
            y->rest = before;
            break;
        }
        before = y->rest;
        y->number++;
        trailing = empty ? trailing + 1 : 0;
        buf_add_str(&out, empty ? STR("") : str_skip(line, own));
        buf_add_byte(&out, '\n');
    }
    struct str text = buf_str(&out);
    text.len -= trailing;
    struct json_value *value = make_text(y, text);
    return value != NULL && next_line(y) ? value : NULL;
}

/* ---- blocks ---------------------------------------------------------------------------------- */

static struct json_value *read_block(struct yaml *y, size_t parent, bool level_list, int depth);

/* What stands behind "key:" or "-" on the line at hand, or below it. */
static struct json_value *read_value(struct yaml *y, struct str text, size_t parent,
                                     bool level_list, int depth)
{
    struct json_value *value;
    text = str_trim(text);
    if (text.len == 0)
        return next_line(y) ? read_block(y, parent, level_list, depth) : NULL;
    if (str_is(text, "|"))
        return read_literal(y, parent);
    value = text.ptr[0] == '[' ? read_flow_list(y, text) : read_scalar(y, text);
    return value != NULL && next_line(y) ? value : NULL;
}

static bool is_key_byte(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
           str_has(STR("_-."), c);
}

/* "key" of "key: value" or "key:"; the rest of the line is the value. */
static bool take_key(struct str line, struct str *ret_key, struct str *ret_rest)
{
    size_t length = 0;
    while (length < line.len && is_key_byte(line.ptr[length]))
        length++;
    if (length == 0 || length == line.len || line.ptr[length] != ':' ||
        (length + 1 < line.len && line.ptr[length + 1] != ' '))
        return false;
    *ret_key = str_of(line.ptr, length);
    *ret_rest = str_skip(line, length + 1);
    return true;
}

static bool check_key(struct yaml *y, const struct json_value *mapping, struct str key)
{
    if (mapping->count == YAML_KEYS_MAX)
        return fail(y, ERROR_LIMIT, "too many keys in one mapping");
    for (const struct json_value *other = mapping->first; other != NULL; other = other->next)
        if (str_equal(other->key, key))
            return fail(y, ERROR_USAGE, "a key that stands there already");
    return arena_fits(y->arena, key.len) || fail(y, ERROR_LIMIT, "there is no room for more");
}

static struct json_value *read_mapping(struct yaml *y, int depth)
{
    struct json_value *mapping = make(y, JSON_OBJECT), *last = NULL;
    size_t indent = y->indent;
    struct str key, text;
    while (mapping != NULL && y->has_line && y->indent == indent) {
        if (!take_key(y->line, &key, &text))
            return fail_null(y, ERROR_USAGE, "'key: value' was expected");
        if (!check_key(y, mapping, key))
            return NULL;
        key = str_of(arena_string(y->arena, key), key.len);
        struct json_value *value = read_value(y, text, indent, true, depth + 1);
        if (value == NULL)
            return NULL;
        value->key = key;
        append(mapping, &last, value);
    }
    return mapping;
}

static bool is_item(struct str line)
{
    return str_is(line, "-") || str_starts(line, "- ");
}

/* "- key: value" begins a mapping where its key stands. */
static struct json_value *read_item(struct yaml *y, size_t indent, int depth)
{
    struct str key, rest, text = str_skip(y->line, 1);
    size_t blanks = count_blanks(text);
    struct str inner = str_skip(text, blanks);
    if (!take_key(inner, &key, &rest))
        return read_value(y, text, indent, false, depth + 1);
    y->indent = indent + 1 + blanks;
    y->line = inner;
    return read_block(y, indent, false, depth + 1);
}

static struct json_value *read_list(struct yaml *y, int depth)
{
    struct json_value *list = make(y, JSON_ARRAY), *last = NULL;
    size_t indent = y->indent;
    while (list != NULL && y->has_line && y->indent == indent && is_item(y->line)) {
        struct json_value *value = read_item(y, indent, depth);
        if (value == NULL)
            return NULL;
        append(list, &last, value);
    }
    return list;
}

/* Deeper than `parent`; a list that belongs to a key may stand level with it. */
static struct json_value *read_block(struct yaml *y, size_t parent, bool level_list, int depth)
{
    if (depth > YAML_DEPTH_MAX)
        return fail_null(y, ERROR_LIMIT, "too deep");
    bool list = y->has_line && is_item(y->line);
    bool level = depth > 0 && y->indent == parent && !(list && level_list);
    if (!y->has_line || y->indent < parent || level)
        return fail_null(y, ERROR_USAGE, "a value is missing");
    struct json_value *value = list ? read_list(y, depth) : read_mapping(y, depth);
    if (value != NULL && y->has_line && y->indent > parent && depth > 0)
        return fail_null(y, ERROR_USAGE, "stands neither level with what precedes nor outside");
    return value;
}

struct json_value *yaml_read(struct arena *arena, struct str text, struct error *err)
{
    struct yaml y = {.arena = arena, .rest = text, .err = err};
    if (!utf8_is_valid(text))
        return error_set_null(err, ERROR_USAGE, "line 1: the text is not UTF-8");
    if (!next_line(&y))
        return NULL;
    if (y.has_line && y.indent > 0)
        return fail_null(&y, ERROR_USAGE, "the first line must begin without blanks");
    struct json_value *value = read_block(&y, 0, true, 0);
    if (value == NULL && y.has_line && y.err->kind == ERROR_NONE)
        (void)fail(&y, ERROR_USAGE, "'key: value' was expected");
    if (value != NULL && y.has_line)
        return fail_null(&y, ERROR_USAGE, "stands neither level with what precedes nor inside");
    return value;
}
