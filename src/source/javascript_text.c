#include "source/javascript_private.h"

#include <string.h>

#include "base/mem.h"
#include "base/utf8.h"

enum { CHILDREN_MAX = 512 };

/* ---- literals -------------------------------------------------------------------------------- */

/* Older grammars' templates have no node for their plain text; then what lies between is it. */
static void add_literal(struct follow *js, struct follow_text *text, TSNode node, uint32_t scope,
                        int depth)
{
    uint32_t count = ts_node_named_child_count(node), at = ts_node_start_byte(node) + 1;
    uint32_t end = ts_node_end_byte(node) - 1;
    const char *bytes = js->tree->bytes.ptr;
    for (uint32_t i = 0; i < count && i < CHILDREN_MAX; i++) {
        TSNode child = ts_node_named_child(node, i);
        enum javascript_kind kind = javascript_kind(js, child);
        uint32_t start = ts_node_start_byte(child);
        if (start > at)
            buf_add(&text->bytes, bytes + at, start - at);
        if (kind == JS_ESCAPE) {
            follow_text_add_escape(&text->bytes, source_node_text(js->tree, child));
        } else if (kind == JS_SUBSTITUTION) {
            struct source_values hole =
                javascript_values(js, ts_node_named_child(child, 0), scope, depth + 1);
            follow_text_add(text, &hole);
        } else {
            buf_add_str(&text->bytes, source_node_text(js->tree, child));
        }
        at = ts_node_end_byte(child);
    }
    if (end > at && count <= CHILDREN_MAX)
        buf_add(&text->bytes, bytes + at, end - at);
    text->has_holes = text->has_holes || count > CHILDREN_MAX;
}

static struct source_value text_of_sum(struct follow *js, TSNode node, uint32_t scope, int depth)
{
    struct source_values left =
        javascript_values(js, source_node_field(node, "left"), scope, depth + 1);
    struct source_values right =
        javascript_values(js, source_node_field(node, "right"), scope, depth + 1);
    if (!values_have_text(&left) && !values_have_text(&right))
        return VALUE_IS(UNKNOWN);
    struct follow_text text = follow_text_begin();
    follow_text_add(&text, &left);
    follow_text_add(&text, &right);
    return follow_text_end(js, &text);
}

struct source_value javascript_text_of(struct follow *js, TSNode node, uint32_t scope, int depth)
{
    if (javascript_kind(js, node) == JS_BINARY)
        return text_of_sum(js, node, scope, depth);
    struct follow_text text = follow_text_begin();
    if (ts_node_end_byte(node) - ts_node_start_byte(node) >= 2)
        add_literal(js, &text, node, scope, depth);
    return follow_text_end(js, &text);
}

/* ---- calls ----------------------------------------------------------------------------------- */

/* "abc".split("").reverse().join("") is the text backwards. */
static bool text_of_backwards(struct follow *js, TSNode object, uint32_t scope, int depth,
                              struct source_value *ret)
{
    TSNode split = object;
    static const char *const names[] = {"reverse", "split"};
    for (size_t i = 0; i < COUNT_OF(names); i++) {
        TSNode member = i == 0 ? object : split;
        if (javascript_kind(js, member) != JS_CALL)
            return false;
        member = source_node_field(member, "function");
        if (javascript_kind(js, member) != JS_MEMBER ||
            !str_is(source_node_text(js->tree, source_node_field(member, "property")), names[i]))
            return false;
        split = source_node_field(member, "object");
    }
    struct source_values of = javascript_values(js, split, scope, depth + 1);
    if (!values_are_text(&of))
        return false;
    *ret = follow_text_reversed(js, of.list[0]);
    return true;
}

/* ["a", "b"].join("") */
static bool text_of_join(struct follow *js, TSNode call, TSNode array, uint32_t scope, int depth,
                         struct source_value *ret)
{
    struct source_values between = javascript_argument(js, call, 0, scope, depth);
    uint32_t count = ts_node_named_child_count(array);
    if (javascript_kind(js, array) != JS_ARRAY || count > CHILDREN_MAX)
        return false;
    struct follow_text text = follow_text_begin();
    for (uint32_t i = 0; i < count; i++) {
        struct source_values item =
            javascript_values(js, ts_node_named_child(array, i), scope, depth + 1);
        if (i > 0 && between.count > 0)
            follow_text_add(&text, &between);
        else if (i > 0)
            buf_add_byte(&text.bytes, ',');
        follow_text_add(&text, &item);
    }
    *ret = follow_text_end(js, &text);
    return true;
}

static struct source_value text_of_replace(struct follow *js, TSNode call, struct source_value of,
                                           uint32_t scope, int depth)
{
    struct source_values old = javascript_argument(js, call, 0, scope, depth);
    struct source_values new = javascript_argument(js, call, 1, scope, depth);
    if (of.kind != VALUE_TEXT || !values_are_text(&old) || !values_are_text(&new))
        return (struct source_value){.kind = VALUE_PART, .text = of.text};
    return follow_text_replaced(js, of.text, old.list[0].text, new.list[0].text);
}

static struct source_value text_of_concat(struct follow *js, TSNode call, struct source_value of,
                                          uint32_t scope, int depth)
{
    struct follow_text text = follow_text_begin();
    struct source_values first = values_of(of), next;
    follow_text_add(&text, &first);
    for (uint32_t i = 0; (next = javascript_argument(js, call, i, scope, depth)).count > 0; i++)
        follow_text_add(&text, &next);
    return follow_text_end(js, &text);
}

/* A method of a text that is known, or of a part. */
static bool text_of_method(struct follow *js, TSNode call, uint32_t scope, int depth,
                           struct source_value *ret)
{
    TSNode function = source_node_field(call, "function");
    if (javascript_kind(js, function) != JS_MEMBER)
        return false;
    TSNode object = source_node_field(function, "object");
    struct str name = source_node_text(js->tree, source_node_field(function, "property"));
    if (str_is(name, "join"))
        return text_of_join(js, call, object, scope, depth, ret) ||
               text_of_backwards(js, object, scope, depth, ret);
    if (!follow_is_one_of(name, "concat replace replaceAll toLowerCase toUpperCase trim toString"))
        return false;
    struct source_values of = javascript_values(js, object, scope, depth + 1);
    struct source_value text = of.list[0];
    if (of.count != 1 || (text.kind != VALUE_TEXT && text.kind != VALUE_PART))
        return false;
    if (str_starts(name, "to") && str_ends(name, "Case"))
        *ret = follow_text_with_case(js, text, str_is(name, "toUpperCase"));
    else if (str_starts(name, "replace"))
        *ret = text_of_replace(js, call, text, scope, depth);
    else
        *ret = str_is(name, "concat") ? text_of_concat(js, call, text, scope, depth) : text;
    return true;
}

/* String.fromCharCode(101, 118) */
static struct source_value text_of_codes(struct follow *js, TSNode call, uint32_t scope, int depth)
{
    struct follow_text text = follow_text_begin();
    struct source_values code;
    for (uint32_t i = 0; (code = javascript_argument(js, call, i, scope, depth)).count > 0; i++) {
        bool known = code.count == 1 && code.list[0].kind == VALUE_NUMBER &&
                     code.list[0].number >= 0 && code.list[0].number < 0x110000;
        text.has_holes = text.has_holes || !known;
        if (known)
            follow_text_add_point(&text.bytes, (uint32_t)code.list[0].number);
    }
    return follow_text_end(js, &text);
}

/* "%65val" */
static struct source_value unescaped(struct follow *js, struct str from)
{
    struct follow_text text = follow_text_begin();
    while (from.len > 0) {
        bool is_code = from.ptr[0] == '%' && from.len >= 3;
        if (is_code)
            buf_add_byte(&text.bytes, (char)follow_number(str_of(from.ptr + 1, 2), 16));
        else
            buf_add_byte(&text.bytes, from.ptr[0]);
        from = str_skip(from, is_code ? 3 : 1);
    }
    return follow_text_end(js, &text);
}

static struct source_value from_buffer(struct follow *js, TSNode call, struct str text,
                                       uint32_t scope, int depth)
{
    struct source_values code = javascript_argument(js, call, 1, scope, depth);
    if (!values_are_text(&code))
        return code.count == 0 ? follow_text_of(js, text) : VALUE_IS(UNKNOWN);
    if (str_is(code.list[0].text, "hex"))
        return follow_text_from_hex(js, text);
    return str_is(code.list[0].text, "base64") ? follow_text_from_base64(js, text)
                                               : follow_text_of(js, text);
}

bool javascript_text_of_call(struct follow *js, TSNode call, const struct source_value *what,
                             uint32_t scope, int depth, struct source_value *ret)
{
    if (text_of_method(js, call, scope, depth, ret))
        return true;
    if (value_is_named(what, "String.fromCharCode") ||
        value_is_named(what, "String.fromCodePoint")) {
        *ret = text_of_codes(js, call, scope, depth);
        return true;
    }
    if (what->kind != VALUE_NAME ||
        !follow_is_one_of(what->text, "atob unescape decodeURIComponent decodeURI String "
                                      "Buffer.from buffer.Buffer.from"))
        return false;
    struct source_values first = javascript_argument(js, call, 0, scope, depth);
    if (!values_are_text(&first))
        return false;
    struct str text = first.list[0].text;
    if (value_is_named(what, "atob"))
        *ret = follow_text_from_base64(js, text);
    else if (str_ends(what->text, ".from"))
        *ret = from_buffer(js, call, text, scope, depth);
    else
        *ret = value_is_named(what, "String") ? first.list[0] : unescaped(js, text);
    return true;
}
