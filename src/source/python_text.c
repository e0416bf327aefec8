#include "source/python_private.h"

#include <string.h>

#include "base/base64.h"
#include "base/mem.h"
#include "base/utf8.h"

enum { CHILDREN_MAX = 512 };

/* A text under way; one with holes is a PART. */
struct text {
    struct buf bytes;
    bool has_holes;
};

static struct source_value finish(struct python *p, struct text *text)
{
    if (text->bytes.over)
        text->has_holes = true;
    struct source_value value = {.kind = text->has_holes ? VALUE_PART : VALUE_TEXT};
    value.text = python_join(p, buf_str(&text->bytes), STR(""), STR(""));
    buf_done(&text->bytes);
    return value;
}

static struct text begin(void)
{
    struct text text = {};
    buf_init(&text.bytes, FACT_TEXT_MAX);
    return text;
}

static void add_value(struct text *text, const struct source_values *values)
{
    const struct source_value *value = &values->list[0];
    if (values->count == 1 && (value->kind == VALUE_TEXT || value->kind == VALUE_PART))
        buf_add_str(&text->bytes, value->text);
    if (values->count != 1 || value->kind != VALUE_TEXT)
        text->has_holes = true;
}

/* ---- literals -------------------------------------------------------------------------------- */

static int digit_of(char c)
{
    return c >= '0' && c <= '9'   ? c - '0'
           : c >= 'a' && c <= 'f' ? c - 'a' + 10
           : c >= 'A' && c <= 'F' ? c - 'A' + 10
                                  : 16;
}

static uint32_t number_of(struct str digits, uint32_t base)
{
    uint32_t number = 0;
    for (size_t i = 0; i < digits.len; i++)
        if ((uint32_t)digit_of(digits.ptr[i]) < base)
            number = number * base + (uint32_t)digit_of(digits.ptr[i]);
    return number;
}

static void add_point(struct buf *out, uint32_t point)
{
    char bytes[UTF8_MAX];
    if (point > 0x10ffff || (point >= 0xd800 && point < 0xe000))
        point = UTF8_REPLACEMENT;
    buf_add(out, bytes, utf8_write(point, bytes));
}

/* "\n", "\x41", "\u0041", "\101", and what stands for itself. */
static void add_escape(struct buf *out, struct str escape)
{
    static const char letters[] = "abfnrtv", bytes[] = "\a\b\f\n\r\t\v";
    char c = escape.len > 1 ? escape.ptr[1] : '\\';
    const char *letter = strchr(letters, c);
    if (escape.len < 2)
        buf_add_byte(out, c);
    else if (c == 'x' || c == 'u' || c == 'U')
        add_point(out, number_of(str_skip(escape, 2), 16));
    else if (c >= '0' && c <= '7')
        add_point(out, number_of(str_skip(escape, 1), 8));
    else if (c != '\0' && letter != NULL)
        buf_add_byte(out, bytes[letter - letters]);
    else if (c != '\n' && c != '\r')
        buf_add_byte(out, c);
}

/* The content's bytes, with its escapes read. */
static void add_content(const struct python *p, struct buf *out, TSNode content, bool raw)
{
    uint32_t at = ts_node_start_byte(content), end = ts_node_end_byte(content);
    uint32_t count = raw ? 0 : ts_node_child_count(content);
    for (uint32_t i = 0; i < count && i < CHILDREN_MAX; i++) {
        TSNode child = ts_node_child(content, i);
        uint32_t start = ts_node_start_byte(child);
        if (python_kind(child) != PYTHON_ESCAPE || start < at)
            continue;
        buf_add(out, p->tree->bytes.ptr + at, start - at);
        add_escape(out, source_node_text(p->tree, child));
        at = ts_node_end_byte(child);
    }
    buf_add(out, p->tree->bytes.ptr + at, end - at);
}

static bool is_raw(const struct python *p, TSNode start)
{
    struct str text = source_node_text(p->tree, start);
    return str_has(text, 'r') || str_has(text, 'R');
}

static void add_literal(struct python *p, struct text *text, TSNode node, uint32_t scope, int depth)
{
    bool raw = false;
    uint32_t count = ts_node_child_count(node);
    for (uint32_t i = 0; i < count && i < CHILDREN_MAX; i++) {
        TSNode child = ts_node_child(node, i);
        enum python_kind kind = python_kind(child);
        if (kind == PYTHON_STRING_START) {
            raw = is_raw(p, child);
        } else if (kind == PYTHON_STRING_CONTENT) {
            add_content(p, &text->bytes, child, raw);
        } else if (kind == PYTHON_INTERPOLATION) {
            struct source_values hole =
                python_values(p, source_node_field(child, "expression"), scope, depth + 1);
            add_value(text, &hole);
        }
    }
    text->has_holes = text->has_holes || count > CHILDREN_MAX;
}

/* ---- operators ------------------------------------------------------------------------------- */

static bool has_text(const struct source_values *values)
{
    for (uint32_t i = 0; i < values->count; i++)
        if (values->list[i].kind == VALUE_TEXT || values->list[i].kind == VALUE_PART)
            return true;
    return false;
}

/* "a" + b, "a %s" % b: known as far as its parts are; a text at all if one of them is. */
static struct source_value text_of_operator(struct python *p, TSNode node, uint32_t scope,
                                            int depth)
{
    struct text text = begin();
    struct str sign = source_node_text(p->tree, source_node_field(node, "operator"));
    struct source_values left = python_values(p, source_node_field(node, "left"), scope, depth + 1);
    bool adds = str_is(sign, "+"), fills = str_is(sign, "%");
    if (!adds && !(fills && has_text(&left))) {
        buf_done(&text.bytes);
        return VALUE_IS(UNKNOWN);
    }
    add_value(&text, &left);
    struct source_values right =
        python_values(p, source_node_field(node, "right"), scope, depth + 1);
    if (adds)
        add_value(&text, &right);
    else
        text.has_holes = true;
    struct source_value value = finish(p, &text);
    return has_text(&left) || has_text(&right) ? value : VALUE_IS(UNKNOWN);
}

struct source_value python_text_of(struct python *p, TSNode node, uint32_t scope, int depth)
{
    struct text text;
    if (python_kind(node) == PYTHON_BINARY_OPERATOR)
        return text_of_operator(p, node, scope, depth);
    text = begin();
    if (python_kind(node) == PYTHON_STRING) {
        add_literal(p, &text, node, scope, depth);
        return finish(p, &text);
    }
    uint32_t count = ts_node_named_child_count(node);
    for (uint32_t i = 0; i < count && i < CHILDREN_MAX; i++)
        add_literal(p, &text, ts_node_named_child(node, i), scope, depth);
    return finish(p, &text);
}

/* ---- calls ----------------------------------------------------------------------------------- */

static struct source_values argument(struct python *p, TSNode call, uint32_t number, uint32_t scope,
                                     int depth)
{
    TSNode list = source_node_field(call, "arguments");
    if (ts_node_is_null(list) || number >= ts_node_named_child_count(list))
        return (struct source_values){};
    return python_values(p, ts_node_named_child(list, number), scope, depth + 1);
}

static bool is_text(const struct source_values *values)
{
    return values->count == 1 && values->list[0].kind == VALUE_TEXT;
}

static struct source_value of_bytes(struct python *p, struct str bytes)
{
    struct text text = begin();
    buf_add_str(&text.bytes, bytes);
    return finish(p, &text);
}

static struct source_value text_of_join(struct python *p, TSNode call, struct str between,
                                        uint32_t scope, int depth)
{
    struct text text = begin();
    TSNode arguments = source_node_field(call, "arguments");
    TSNode list = ts_node_is_null(arguments) ? arguments : ts_node_named_child(arguments, 0);
    enum python_kind kind = python_kind(list);
    bool is_display = kind == PYTHON_LIST || kind == PYTHON_TUPLE;
    uint32_t count = is_display ? ts_node_named_child_count(list) : 0;
    text.has_holes = !is_display || count > CHILDREN_MAX;
    for (uint32_t i = 0; i < count && i < CHILDREN_MAX; i++) {
        struct source_values item =
            python_values(p, ts_node_named_child(list, i), scope, depth + 1);
        if (i > 0)
            buf_add_str(&text.bytes, between);
        add_value(&text, &item);
    }
    return finish(p, &text);
}

static struct source_value with_case(struct python *p, struct source_value value, bool upper)
{
    struct text text = begin();
    for (size_t i = 0; i < value.text.len; i++) {
        char c = value.text.ptr[i];
        bool changes = upper ? c >= 'a' && c <= 'z' : c >= 'A' && c <= 'Z';
        buf_add_byte(&text.bytes, changes ? (char)(c ^ ' ') : c);
    }
    text.has_holes = value.kind == VALUE_PART;
    return finish(p, &text);
}

static struct source_value replaced(struct python *p, struct str text, struct str old,
                                    struct str new)
{
    struct text out = begin();
    while (text.len > 0) {
        bool here = old.len > 0 && text.len >= old.len && memcmp(text.ptr, old.ptr, old.len) == 0;
        buf_add_str(&out.bytes, here ? new : str_of(text.ptr, 1));
        text = str_skip(text, here ? old.len : 1);
    }
    return finish(p, &out);
}

static struct source_value text_of_replace(struct python *p, TSNode call, struct source_value of,
                                           uint32_t scope, int depth)
{
    struct source_values old = argument(p, call, 0, scope, depth);
    struct source_values new = argument(p, call, 1, scope, depth);
    if (of.kind != VALUE_TEXT || !is_text(&old) || !is_text(&new))
        return (struct source_value){.kind = VALUE_PART, .text = of.text};
    return replaced(p, of.text, old.list[0].text, new.list[0].text);
}

static bool is_one_of(struct str name, const char *list)
{
    struct str rest = str_from(list), piece;
    while (str_take_until(&rest, ' ', &piece))
        if (str_equal(piece, name))
            return true;
    return false;
}

/* A method of a text that is known, or of a part. */
static bool text_of_method(struct python *p, TSNode call, uint32_t scope, int depth,
                           struct source_value *ret)
{
    TSNode function = source_node_field(call, "function");
    if (python_kind(function) != PYTHON_ATTRIBUTE)
        return false;
    struct str name = source_node_text(p->tree, source_node_field(function, "attribute"));
    if (!is_one_of(name, "format join lower upper replace strip encode decode"))
        return false;
    struct source_values of =
        python_values(p, source_node_field(function, "object"), scope, depth + 1);
    struct source_value text = of.list[0];
    if (of.count != 1 || (text.kind != VALUE_TEXT && text.kind != VALUE_PART))
        return false;
    if (str_is(name, "join"))
        *ret = text_of_join(p, call, text.text, scope, depth);
    else if (str_is(name, "format"))
        *ret = (struct source_value){.kind = VALUE_PART, .text = text.text};
    else if (str_is(name, "replace"))
        *ret = text_of_replace(p, call, text, scope, depth);
    else if (str_is(name, "lower") || str_is(name, "upper"))
        *ret = with_case(p, text, str_is(name, "upper"));
    else
        *ret = text;
    return true;
}

static struct source_value from_hex(struct python *p, struct str digits)
{
    struct text text = begin();
    for (size_t i = 0; i + 1 < digits.len; i += 2)
        buf_add_byte(&text.bytes, (char)number_of(str_of(digits.ptr + i, 2), 16));
    return finish(p, &text);
}

static struct source_value from_base64(struct python *p, struct str text)
{
    auto_buf struct buf out;
    buf_init(&out, FACT_TEXT_MAX);
    return base64_read(&out, text) ? of_bytes(p, buf_str(&out)) : VALUE_IS(UNKNOWN);
}

static struct source_value rotated(struct python *p, struct str from)
{
    struct text text = begin();
    for (size_t i = 0; i < from.len; i++) {
        char c = from.ptr[i], base = c >= 'a' ? 'a' : 'A';
        bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
        buf_add_byte(&text.bytes, letter ? (char)(base + (c - base + 13) % 26) : c);
    }
    return finish(p, &text);
}

bool python_text_of_call(struct python *p, TSNode call, const struct source_value *what,
                         uint32_t scope, int depth, struct source_value *ret)
{
    struct source_values first;
    if (text_of_method(p, call, scope, depth, ret))
        return true;
    if (what->kind != VALUE_NAME ||
        !is_one_of(what->text, "builtins.chr builtins.str base64.b64decode builtins.bytes.fromhex "
                               "builtins.bytearray.fromhex codecs.decode"))
        return false;
    first = argument(p, call, 0, scope, depth);
    if (first.count != 1)
        return false;
    struct source_value value = first.list[0];
    if (str_is(what->text, "builtins.chr") && value.kind == VALUE_NUMBER && value.number >= 0) {
        char bytes[UTF8_MAX];
        bool good = value.number < 0xd800;
        *ret = good ? of_bytes(p, str_of(bytes, utf8_write((uint32_t)value.number, bytes)))
                    : VALUE_IS(UNKNOWN);
        return true;
    }
    if (value.kind != VALUE_TEXT)
        return false;
    if (str_is(what->text, "base64.b64decode"))
        *ret = from_base64(p, value.text);
    else if (str_ends(what->text, ".fromhex"))
        *ret = from_hex(p, value.text);
    else
        *ret = str_is(what->text, "codecs.decode") ? rotated(p, value.text) : value;
    return true;
}
