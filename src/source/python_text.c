#include "source/python_private.h"

#include <string.h>

#include "base/base64.h"
#include "base/mem.h"
#include "base/utf8.h"

enum { CHILDREN_MAX = 512 };

/* ---- literals -------------------------------------------------------------------------------- */

/* The content's bytes, with its escapes read. */
static void add_content(const struct follow *p, struct buf *out, TSNode content, bool raw)
{
    uint32_t at = ts_node_start_byte(content), end = ts_node_end_byte(content);
    uint32_t count = raw ? 0 : ts_node_child_count(content);
    for (uint32_t i = 0; i < count && i < CHILDREN_MAX; i++) {
        TSNode child = ts_node_child(content, i);
        uint32_t start = ts_node_start_byte(child);
        if (python_kind(child) != PYTHON_ESCAPE || start < at)
            continue;
        buf_add(out, p->tree->bytes.ptr + at, start - at);
        follow_text_add_escape(out, source_node_text(p->tree, child));
        at = ts_node_end_byte(child);
    }
    buf_add(out, p->tree->bytes.ptr + at, end - at);
}

static bool is_raw(const struct follow *p, TSNode start)
{
    struct str text = source_node_text(p->tree, start);
    return str_has(text, 'r') || str_has(text, 'R');
}

static void add_literal(struct follow *p, struct follow_text *text, TSNode node, uint32_t scope,
                        int depth)
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
            follow_text_add(text, &hole);
        }
    }
    text->has_holes = text->has_holes || count > CHILDREN_MAX;
}

/* ---- operators ------------------------------------------------------------------------------- */

/* "a" + b, "a %s" % b: known as far as its parts are; a text at all if one of them is. */
static struct source_value text_of_operator(struct follow *p, TSNode node, uint32_t scope,
                                            int depth)
{
    struct follow_text text = follow_text_begin();
    struct str sign = source_node_text(p->tree, source_node_field(node, "operator"));
    struct source_values left = python_values(p, source_node_field(node, "left"), scope, depth + 1);
    bool adds = str_is(sign, "+"), fills = str_is(sign, "%");
    if (!adds && !(fills && values_have_text(&left))) {
        buf_done(&text.bytes);
        return VALUE_IS(UNKNOWN);
    }
    follow_text_add(&text, &left);
    struct source_values right =
        python_values(p, source_node_field(node, "right"), scope, depth + 1);
    if (adds)
        follow_text_add(&text, &right);
    else
        text.has_holes = true;
    struct source_value value = follow_text_end(p, &text);
    return values_have_text(&left) || values_have_text(&right) ? value : VALUE_IS(UNKNOWN);
}

struct source_value python_text_of(struct follow *p, TSNode node, uint32_t scope, int depth)
{
    struct follow_text text;
    if (python_kind(node) == PYTHON_BINARY_OPERATOR)
        return text_of_operator(p, node, scope, depth);
    text = follow_text_begin();
    if (python_kind(node) == PYTHON_STRING) {
        add_literal(p, &text, node, scope, depth);
        return follow_text_end(p, &text);
    }
    uint32_t count = ts_node_named_child_count(node);
    for (uint32_t i = 0; i < count && i < CHILDREN_MAX; i++)
        add_literal(p, &text, ts_node_named_child(node, i), scope, depth);
    return follow_text_end(p, &text);
}

/* ---- calls ----------------------------------------------------------------------------------- */

static struct source_values argument(struct follow *p, TSNode call, uint32_t number, uint32_t scope,
                                     int depth)
{
    TSNode list = source_node_field(call, "arguments");
    if (ts_node_is_null(list) || number >= ts_node_named_child_count(list))
        return (struct source_values){};
    return python_values(p, ts_node_named_child(list, number), scope, depth + 1);
}

static struct source_value text_of_join(struct follow *p, TSNode call, struct str between,
                                        uint32_t scope, int depth)
{
    struct follow_text text = follow_text_begin();
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
        follow_text_add(&text, &item);
    }
    return follow_text_end(p, &text);
}

static struct source_value text_of_replace(struct follow *p, TSNode call, struct source_value of,
                                           uint32_t scope, int depth)
{
    struct source_values old = argument(p, call, 0, scope, depth);
    struct source_values new = argument(p, call, 1, scope, depth);
    if (of.kind != VALUE_TEXT || !values_are_text(&old) || !values_are_text(&new))
        return (struct source_value){.kind = VALUE_PART, .text = of.text};
    return follow_text_replaced(p, of.text, old.list[0].text, new.list[0].text);
}

/* A method of a text that is known, or of a part. */
static bool text_of_method(struct follow *p, TSNode call, uint32_t scope, int depth,
                           struct source_value *ret)
{
    TSNode function = source_node_field(call, "function");
    if (python_kind(function) != PYTHON_ATTRIBUTE)
        return false;
    struct str name = source_node_text(p->tree, source_node_field(function, "attribute"));
    if (!follow_is_one_of(name, "format join lower upper replace strip encode decode"))
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
        *ret = follow_text_with_case(p, text, str_is(name, "upper"));
    else
        *ret = text;
    return true;
}

static struct source_value rotated(struct follow *p, struct str from)
{
    struct follow_text text = follow_text_begin();
    for (size_t i = 0; i < from.len; i++) {
        char c = from.ptr[i], base = c >= 'a' ? 'a' : 'A';
        bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
        buf_add_byte(&text.bytes, letter ? (char)(base + (c - base + 13) % 26) : c);
    }
    return follow_text_end(p, &text);
}

bool python_text_of_call(struct follow *p, TSNode call, const struct source_value *what,
                         uint32_t scope, int depth, struct source_value *ret)
{
    struct source_values first;
    if (text_of_method(p, call, scope, depth, ret))
        return true;
    if (what->kind != VALUE_NAME ||
        !follow_is_one_of(what->text,
                          "builtins.chr builtins.str base64.b64decode builtins.bytes.fromhex "
                          "builtins.bytearray.fromhex codecs.decode"))
        return false;
    first = argument(p, call, 0, scope, depth);
    if (first.count != 1)
        return false;
    struct source_value value = first.list[0];
    if (str_is(what->text, "builtins.chr") && value.kind == VALUE_NUMBER && value.number >= 0) {
        char bytes[UTF8_MAX];
        bool good = value.number < 0xd800;
        *ret = good ? follow_text_of(p, str_of(bytes, utf8_write((uint32_t)value.number, bytes)))
                    : VALUE_IS(UNKNOWN);
        return true;
    }
    if (value.kind != VALUE_TEXT)
        return false;
    if (str_is(what->text, "base64.b64decode"))
        *ret = follow_text_from_base64(p, value.text);
    else if (str_ends(what->text, ".fromhex"))
        *ret = follow_text_from_hex(p, value.text);
    else
        *ret = str_is(what->text, "codecs.decode") ? rotated(p, value.text) : value;
    return true;
}
