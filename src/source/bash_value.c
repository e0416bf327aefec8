#include "source/bash_private.h"

#include <string.h>

#include "base/mem.h"

enum { DEPTH_MAX = 60, CHILDREN_MAX = 256 };

enum bash_kind bash_kind(const struct follow *bash, TSNode node)
{
    return ts_node_is_null(node) ? BASH_ANY : (enum bash_kind)source_kind_of(bash->kinds, node);
}

static struct source_value part(struct follow *bash, const char *before, struct str name,
                                const char *after)
{
    return (struct source_value){
        .kind = VALUE_PART,
        .text = follow_join(bash, str_from(before), name, str_from(after)),
    };
}

/* ---- quotes ---------------------------------------------------------------------------------- */

static size_t escape_length(struct str text)
{
    size_t max = 2, from = 1;
    const char *digits = "";
    if (text.len >= 2 && strchr("xuU", text.ptr[1]) != NULL) {
        digits = "0123456789abcdefABCDEF";
        from = 2;
        max = text.ptr[1] == 'x' ? 4 : text.ptr[1] == 'u' ? 6 : 10;
    } else if (text.len >= 2 && text.ptr[1] >= '0' && text.ptr[1] <= '7') {
        digits = "01234567";
        max = 4;
    }
    while (from < max && from < text.len && text.ptr[from] != '\0' &&
           strchr(digits, text.ptr[from]) != NULL)
        from++;
    return from > 1 ? from : text.len < 2 ? text.len : 2;
}

/* $'\x72m', and what printf makes of its format. */
static void add_escaped(struct buf *out, struct str text)
{
    while (text.len > 0) {
        size_t length = text.ptr[0] == '\\' ? escape_length(text) : 1;
        if (text.ptr[0] == '\\')
            follow_text_add_escape(out, str_of(text.ptr, length));
        else
            buf_add_byte(out, text.ptr[0]);
        text = str_skip(text, length);
    }
}

/* r\m is rm; between double quotes only some characters lose the backslash before them. */
static void add_unquoted(struct buf *out, struct str text, bool in_quotes)
{
    for (size_t i = 0; i < text.len; i++) {
        bool escapes = text.ptr[i] == '\\' && i + 1 < text.len &&
                       (!in_quotes || str_has(STR("$`\"\\\n"), text.ptr[i + 1]));
        i += escapes;
        if (!escapes || text.ptr[i] != '\n')
            buf_add_byte(out, text.ptr[i]);
    }
}

static struct source_values plain(struct follow *bash, struct str text)
{
    struct follow_text out = follow_text_begin();
    add_unquoted(&out.bytes, text, false);
    return values_of(follow_text_end(bash, &out));
}

static struct source_values escaped(struct follow *bash, struct str text)
{
    struct follow_text out = follow_text_begin();
    add_escaped(&out.bytes, text);
    return values_of(follow_text_end(bash, &out));
}

/* What one of several would be is not known. */
static void add_values(struct follow *bash, struct follow_text *text,
                       const struct source_values *values)
{
    struct source_values unknown = values_of(part(bash, "$", STR("_"), ""));
    follow_text_add(text, values->count == 1 ? values : &unknown);
}

static struct source_values values_of_string(struct follow *bash, TSNode node, int depth)
{
    uint32_t count = ts_node_named_child_count(node), at = ts_node_start_byte(node) + 1;
    uint32_t end = ts_node_end_byte(node) - 1;
    const char *bytes = bash->tree->bytes.ptr;
    if (count == 1 && ts_node_start_byte(ts_node_named_child(node, 0)) == at &&
        ts_node_end_byte(ts_node_named_child(node, 0)) == end &&
        bash_kind(bash, ts_node_named_child(node, 0)) != BASH_STRING_CONTENT)
        return bash_values(bash, ts_node_named_child(node, 0), depth + 1);
    struct follow_text text = follow_text_begin();
    for (uint32_t i = 0; i < count && i < CHILDREN_MAX; i++) {
        TSNode child = ts_node_named_child(node, i);
        uint32_t start = ts_node_start_byte(child);
        if (start > at)
            buf_add(&text.bytes, bytes + at, start - at);
        if (bash_kind(bash, child) == BASH_STRING_CONTENT) {
            add_unquoted(&text.bytes, source_node_text(bash->tree, child), true);
        } else {
            struct source_values hole = bash_values(bash, child, depth + 1);
            add_values(bash, &text, &hole);
        }
        at = ts_node_end_byte(child);
    }
    if (end > at)
        buf_add(&text.bytes, bytes + at, end - at);
    text.has_holes = text.has_holes || count > CHILDREN_MAX;
    return values_of(follow_text_end(bash, &text));
}

static struct source_values values_together(struct follow *bash, TSNode node, const char *between,
                                            int depth)
{
    uint32_t count = ts_node_named_child_count(node);
    struct follow_text text = follow_text_begin();
    for (uint32_t i = 0; i < count && i < CHILDREN_MAX; i++) {
        struct source_values next = bash_values(bash, ts_node_named_child(node, i), depth + 1);
        if (i > 0)
            buf_add_text(&text.bytes, between);
        add_values(bash, &text, &next);
    }
    text.has_holes = text.has_holes || count > CHILDREN_MAX;
    return values_of(follow_text_end(bash, &text));
}

/* ---- variables ------------------------------------------------------------------------------- */

static struct source_values values_of_binding(struct follow *bash, uint32_t number, int depth)
{
    struct follow_binding *binding = &bash->bindings[number];
    if (binding->known != NULL)
        return *binding->known;
    if (binding->kind != BINDING_NODE || binding->busy)
        return values_of(part(bash, "$", binding->name, ""));
    binding->busy = true;
    struct source_values values = ts_node_is_null(binding->node)
                                      ? plain(bash, STR(""))
                                      : bash_values(bash, binding->node, depth + 1);
    binding->busy = false;
    if (arena_fits(bash->arena, sizeof values))
        binding->known = (struct source_values *)arena_copy(bash->arena, &values, sizeof values);
    return values;
}

/* x=r; x+=m: the bindings come last first. */
static bool values_of_appended(struct follow *bash, struct str name, int depth,
                               struct source_values *ret)
{
    enum { PIECES_MAX = 16 };

    uint32_t pieces[PIECES_MAX], count = 0, first = 0;
    for (uint32_t i = 0; (i = follow_binding_of(bash, BASH_VARIABLES, name, i)) != 0;) {
        if (count == PIECES_MAX)
            return false;
        pieces[count++] = i;
        first += !str_is(bash->bindings[i].text, "+=");
    }
    if (count < 2 || first != 1 || str_is(bash->bindings[pieces[count - 1]].text, "+="))
        return false;
    struct follow_text text = follow_text_begin();
    while (count-- > 0) {
        struct source_values next = values_of_binding(bash, pieces[count], depth);
        add_values(bash, &text, &next);
    }
    *ret = values_of(follow_text_end(bash, &text));
    return true;
}

static struct source_values values_of_variable(struct follow *bash, struct str name, int depth)
{
    struct source_values values = {};
    if (values_of_appended(bash, name, depth, &values))
        return values;
    for (uint32_t i = 0; (i = follow_binding_of(bash, BASH_VARIABLES, name, i)) != 0;) {
        struct source_values more = values_of_binding(bash, i, depth);
        values_add_all(&values, &more);
    }
    if (values.count == 0 && str_is(name, "IFS"))
        return values_of((struct source_value){.kind = VALUE_TEXT, .text = STR(" ")});
    if (values.count == 0)
        values_add(&values, part(bash, "$", name, ""));
    return values;
}

static bool is_bound(const struct follow *bash, struct str name)
{
    return follow_binding_of(bash, BASH_VARIABLES, name, 0) != 0;
}

static size_t name_length(struct str text)
{
    size_t length = 0;
    while (length < text.len &&
           (text.ptr[length] == '_' || (text.ptr[length] >= '0' && text.ptr[length] <= '9') ||
            (text.ptr[length] >= 'a' && text.ptr[length] <= 'z') ||
            (text.ptr[length] >= 'A' && text.ptr[length] <= 'Z')))
        length++;
    return length;
}

/* ${x:1:2} of a text that is known. */
static struct source_values values_of_slice(struct follow *bash, struct str name,
                                            const struct source_values *of, struct str numbers)
{
    struct str first = {}, second = {};
    (void)str_take_until(&numbers, ':', &first);
    (void)str_take_until(&numbers, ':', &second);
    bool plain_numbers =
        first.len > 0 && name_length(first) == first.len && name_length(second) == second.len;
    if (!values_are_text(of) || !plain_numbers)
        return values_of(part(bash, "$", name, ""));
    struct str text = of->list[0].text;
    uint32_t from = follow_number(first, 10), count = follow_number(second, 10);
    text = str_skip(text, from < text.len ? from : text.len);
    text.len = second.len > 0 && count < text.len ? count : text.len;
    return values_of((struct source_value){.kind = VALUE_TEXT, .text = text});
}

/* "${x}", "${x:-y}", "${x:?}", "${!x}", "${x[@]}" and others, by their text. */
static struct source_values values_of_expansion(struct follow *bash, TSNode node, int depth)
{
    struct str text = source_node_text(bash->tree, node);
    text = text.len >= 3 ? str_of(text.ptr + 2, text.len - 3) : STR("");
    bool indirect = str_take_prefix(&text, "!");
    bool counts = str_take_prefix(&text, "#");
    struct str name = str_of(text.ptr, name_length(text)), rest = str_skip(text, name.len);
    if (name.len == 0 || counts)
        return values_of(part(bash, "$", name, ""));
    struct source_values values = values_of_variable(bash, name, depth);
    if (indirect)
        return values_are_text(&values) ? values_of_variable(bash, values.list[0].text, depth + 1)
                                        : values_of(part(bash, "$", name, ""));
    if (rest.len == 0 || rest.ptr[0] == '[')
        return values;
    bool colon = str_take_prefix(&rest, ":");
    if (str_starts(rest, "?"))
        return is_bound(bash, name) && values_are_text(&values)
                   ? values
                   : values_of(part(bash, "$!", name, ""));
    if (str_starts(rest, "-") || str_starts(rest, "=")) {
        TSNode other = ts_node_named_child(node, ts_node_named_child_count(node) - 1);
        struct source_values more = bash_kind(bash, other) == BASH_VARIABLE
                                        ? plain(bash, STR(""))
                                        : bash_values(bash, other, depth + 1);
        if (!is_bound(bash, name))
            return more;
        values_add_all(&values, &more);
        return values;
    }
    return colon ? values_of_slice(bash, name, &values, rest)
                 : values_of(part(bash, "$", name, ""));
}

/* ---- commands in words ----------------------------------------------------------------------- */

static TSNode first_command(const struct follow *bash, TSNode node, int depth)
{
    uint32_t count = depth > DEPTH_MAX ? 0 : ts_node_named_child_count(node);
    if (bash_kind(bash, node) == BASH_COMMAND)
        return node;
    for (uint32_t i = 0; i < count; i++) {
        TSNode found = first_command(bash, ts_node_named_child(node, i), depth + 1);
        if (!ts_node_is_null(found))
            return found;
    }
    return (TSNode){};
}

static struct source_values printed(struct follow *bash, const struct bash_words *words,
                                    bool escapes)
{
    struct follow_text text = follow_text_begin();
    for (uint32_t i = 1; i < words->count; i++) {
        const struct source_values *next = &words->list[i].value;
        if (values_are_text(next) && i == 1 &&
            follow_is_one_of(next->list[0].text, "-n -e -ne -en %s %s\\n"))
            continue;
        if (text.bytes.len > 0)
            buf_add_byte(&text.bytes, ' ');
        if (values_are_text(next) && escapes)
            add_escaped(&text.bytes, next->list[0].text);
        else
            add_values(bash, &text, next);
    }
    return values_of(follow_text_end(bash, &text));
}

/* $(echo …) and $(echo … | base64 -d) are known; else which command prints is. */
static struct source_values values_of_output(struct follow *bash, TSNode node, const char *before,
                                             int depth)
{
    TSNode body = ts_node_named_child(node, 0), command = first_command(bash, node, 0);
    struct bash_words words, last;
    if (ts_node_is_null(command))
        return values_of(part(bash, before, STR(""), ")"));
    bash_words_of(bash, command, depth + 1, &words);
    struct str name = bash_name_of(&words);
    bool prints = str_is(name, "echo") || str_is(name, "printf");
    bool alone = ts_node_eq(body, command) && ts_node_named_child_count(node) == 1;
    bool piped = bash_kind(bash, body) == BASH_PIPELINE && ts_node_named_child_count(body) == 2 &&
                 bash_kind(bash, ts_node_named_child(body, 1)) == BASH_COMMAND;
    struct source_values text = prints ? printed(bash, &words, true) : (struct source_values){};
    if (prints && alone)
        return text;
    if (prints && piped && values_are_text(&text)) {
        bash_words_of(bash, ts_node_named_child(body, 1), depth + 1, &last);
        if (str_is(bash_name_of(&last), "base64"))
            return values_of(follow_text_from_base64(bash, text.list[0].text));
        if (str_is(bash_name_of(&last), "rev"))
            return values_of(follow_text_reversed(bash, text.list[0]));
    }
    return values_of(part(bash, before, name, ")"));
}

/* ---- words ----------------------------------------------------------------------------------- */

static struct str inside(struct str text, size_t start, size_t end)
{
    return text.len >= start + end ? str_of(text.ptr + start, text.len - start - end) : STR("");
}

static struct source_values values_of_kind(struct follow *bash, TSNode node, int depth)
{
    struct str text = source_node_text(bash->tree, node);
    switch ((int)bash_kind(bash, node)) {
    case BASH_RAW_STRING:
        return values_of((struct source_value){.kind = VALUE_TEXT, .text = inside(text, 1, 1)});
    case BASH_ANSI_STRING:
        return escaped(bash, inside(text, 2, 1));
    case BASH_STRING:
        return values_of_string(bash, node, depth);
    case BASH_TRANSLATED_STRING:
    case BASH_COMMAND_NAME:
        return bash_values(bash, ts_node_named_child(node, 0), depth + 1);
    case BASH_CONCATENATION:
        return values_together(bash, node, "", depth);
    case BASH_ARRAY:
        return values_together(bash, node, " ", depth);
    case BASH_SIMPLE_EXPANSION:
        return values_of_variable(bash, str_skip(text, 1), depth);
    case BASH_EXPANSION:
        return values_of_expansion(bash, node, depth);
    case BASH_COMMAND_SUBSTITUTION:
        return values_of_output(bash, node, "$(", depth);
    case BASH_PROCESS_SUBSTITUTION:
        return values_of_output(bash, node, "<(", depth);
    case BASH_ARITHMETIC:
        return values_of(part(bash, "$((", STR(""), "))"));
    default:
        return plain(bash, text);
    }
}

struct source_values bash_values(struct follow *bash, TSNode node, int depth)
{
    struct source_values unknown =
        values_of((struct source_value){.kind = VALUE_PART, .text = STR("$_")});
    if (ts_node_is_null(node))
        return unknown;
    if (depth > DEPTH_MAX || bash->fuel == 0) {
        bash->cut = true;
        return unknown;
    }
    bash->fuel--;
    return values_of_kind(bash, node, depth);
}
