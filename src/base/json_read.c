#include "base/json_read.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/json_private.h"
#include "base/mem.h"

static bool fault(struct json_reader *json, size_t at, enum error_kind kind, const char *what)
{
    size_t line = 1, column = 1;
    for (size_t i = 0; i < at && i < json->text.len; i++) {
        char byte = json->text.ptr[i];
        if (byte == '\n') {
            line++;
            column = 1;
        } else if (((unsigned char)byte & 0xC0) != 0x80) { /* first bytes of characters only */
            column++;
        }
    }
    return error_set(json->err, kind, "line %zu, column %zu: %s", line, column, what);
}

bool json_fault(struct json_reader *json, size_t at, const char *what)
{
    return fault(json, at, ERROR_USAGE, what);
}

bool json_over_limit(struct json_reader *json, size_t at, const char *what)
{
    return fault(json, at, ERROR_LIMIT, what);
}

int json_peek(const struct json_reader *json)
{
    return json->at < json->text.len ? (unsigned char)json->text.ptr[json->at] : -1;
}

bool json_take(struct json_reader *json, char byte)
{
    if (json_peek(json) != byte)
        return false;
    json->at++;
    return true;
}

static void skip_blanks(struct json_reader *json)
{
    while (json_peek(json) == ' ' || json_peek(json) == '\t' || json_peek(json) == '\n' ||
           json_peek(json) == '\r')
        json->at++;
}

static struct json_value *new_value(struct json_reader *json)
{
    if (!arena_fits(json->arena, sizeof(struct json_value))) {
        json_over_limit(json, json->at, "the JSON text holds more than we accept");
        return NULL;
    }
    struct json_value *value = arena_alloc(json->arena, sizeof *value);
    value->offset = json->at;
    return value;
}

static bool read_word(struct json_reader *json, struct json_value *value)
{
    struct str rest = str_skip(json->text, json->at);
    value->kind = JSON_BOOL;
    if (str_take_prefix(&rest, "true"))
        value->truth = true;
    else if (str_take_prefix(&rest, "null"))
        value->kind = JSON_NULL;
    else if (!str_take_prefix(&rest, "false"))
        return json_fault(json, json->at, "expected a value");
    json->at = json->text.len - rest.len;
    return true;
}

/* After "[" or "{" and its children: what follows one of them. `ret_more` says whether another
 * must come. */
static bool read_border(struct json_reader *json, char end, bool *ret_more)
{
    skip_blanks(json);
    *ret_more = json_take(json, ',');
    if (*ret_more || json_take(json, end))
        return true;
    return json_fault(json, json->at, end == ']' ? "expected ',' or ']'" : "expected ',' or '}'");
}

static bool read_key(struct json_reader *json, struct str *ret_key)
{
    skip_blanks(json);
    if (json_peek(json) != '"')
        return json_fault(json, json->at, "expected a key in double quotes");
    if (!json_read_string(json, ret_key))
        return false;
    skip_blanks(json);
    return json_take(json, ':') || json_fault(json, json->at, "expected ':'");
}

static struct json_value *read_value(struct json_reader *json);

static bool read_children(struct json_reader *json, struct json_value *parent, char end)
{
    struct json_value **place = &parent->first;
    skip_blanks(json);
    if (json_take(json, end))
        return true;
    bool more = true;
    while (more) {
        struct str key = {};
        if (parent->kind == JSON_OBJECT && !read_key(json, &key))
            return false;
        *place = read_value(json);
        if (*place == NULL || !read_border(json, end, &more))
            return false;
        (*place)->key = key;
        place = &(*place)->next;
        parent->count++;
    }
    return true;
}

static int compare_keys(const void *left, const void *right)
{
    const struct json_value *a = *(struct json_value *const *)left;
    const struct json_value *b = *(struct json_value *const *)right;
    size_t length = a->key.len < b->key.len ? a->key.len : b->key.len;
    int order = memcmp(a->key.ptr, b->key.ptr, length);
    if (order == 0)
        order = (a->key.len > b->key.len) - (a->key.len < b->key.len);
    return order;
}

/* Two parsers that disagree about which of two equal keys counts are a way around a check. Sorting
 * keeps a stranger's object of a million keys from costing a million squared. The list of members
 * is on the heap, but bounded by what the arena took for them. */
static bool refuse_twins(struct json_reader *json, const struct json_value *object)
{
    if (object->count < 2)
        return true;
    auto_free const struct json_value **members = mem_grow(NULL, object->count, sizeof *members);
    size_t count = 0;
    for (const struct json_value *member = object->first; member != NULL; member = member->next)
        members[count++] = member;
    qsort(members, count, sizeof *members, compare_keys);
    for (size_t i = 1; i < count; i++) {
        if (!str_equal(members[i - 1]->key, members[i]->key))
            continue;
        size_t a = members[i - 1]->offset, b = members[i]->offset;
        char shown[JSON_SHOWN_MAX];
        char what[JSON_SHOWN_MAX + 32];
        snprintf(what, sizeof what, "the key '%s' stands twice in one object",
                 json_show_key(members[i]->key, shown));
        return json_fault(json, a > b ? a : b, what);
    }
    return true;
}

static bool read_container(struct json_reader *json, struct json_value *value, char end)
{
    if (json->depth == JSON_DEPTH_MAX)
        return json_over_limit(json, json->at, "the JSON text is nested too deeply");
    json->depth++;
    json->at++;
    value->kind = end == ']' ? JSON_ARRAY : JSON_OBJECT;
    if (!read_children(json, value, end))
        return false;
    json->depth--;
    return value->kind == JSON_ARRAY || refuse_twins(json, value);
}

static bool read_content(struct json_reader *json, struct json_value *value)
{
    switch (json_peek(json)) {
    case '{':
        return read_container(json, value, '}');
    case '[':
        return read_container(json, value, ']');
    case '"':
        value->kind = JSON_STRING;
        return json_read_string(json, &value->text);
    case '-':
    case '0' ... '9':
        return json_read_number(json, value);
    default:
        return read_word(json, value);
    }
}

static struct json_value *read_value(struct json_reader *json)
{
    skip_blanks(json);
    struct json_value *value = new_value(json);
    if (value == NULL || !read_content(json, value))
        return NULL;
    return value;
}

struct json_value *json_read(struct arena *arena, struct str text, struct error *err)
{
    struct json_reader json = {.arena = arena, .text = text, .err = err};
    struct json_value *value = read_value(&json);
    if (value == NULL)
        return NULL;
    skip_blanks(&json);
    if (json.at < text.len) {
        json_fault(&json, json.at, "expected the end after the value");
        return NULL;
    }
    return value;
}
