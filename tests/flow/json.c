/* Expectations about JSON on standard output: `json PATH VALUE` and its relations. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/json_read.h"
#include "tests/flow/flow.h"

/* Several values, a line each, as a batch prints them, count as one array. */
static const struct json_value *read_lines(struct scene *scene, struct error *err)
{
    struct buf text;
    buf_init(&text, scene->out.max * 2);
    buf_add_byte(&text, '[');
    struct str line, rest = buf_str(&scene->out);
    while (str_take_line(&rest, &line)) {
        buf_add_text(&text, text.len > 1 ? "," : "");
        buf_add_str(&text, line);
    }
    buf_add_byte(&text, ']');
    const struct json_value *value = json_read(&scene->arena, buf_str(&text), err);
    buf_done(&text);
    return value;
}

static const struct json_value *read_output(struct scene *scene, struct error *err)
{
    const struct json_value *value = json_read(&scene->arena, buf_str(&scene->out), err);
    struct error ignored;
    if (value == NULL)
        value = read_lines(scene, &ignored);
    return value != NULL ? value : error_wrap_null(err, "stdout is not JSON");
}

/* `isolation.enforced[0]`, `[1].verdict`: NULL if nothing is there. */
static const struct json_value *follow(const struct json_value *value, const char *path)
{
    char key[256];
    while (value != NULL && *path != '\0') {
        if (*path == '[') {
            char *end;
            value = json_at(value, strtoul(path + 1, &end, 10));
            path = *end == ']' ? end + 1 : "";
        } else {
            path += *path == '.';
            size_t length = strcspn(path, ".[");
            snprintf(key, sizeof key, "%.*s", (int)length, path);
            value = json_get(value, key);
            path += length;
        }
    }
    return value;
}

static void describe(const struct json_value *value, char *into, size_t size)
{
    if (value->kind == JSON_STRING)
        snprintf(into, size, "\"%s\"", value->text.ptr);
    else if (value->kind == JSON_NUMBER)
        snprintf(into, size, "%.15g", value->number);
    else if (value->kind == JSON_BOOL)
        snprintf(into, size, "%s", value->truth ? "true" : "false");
    else if (value->kind == JSON_NULL)
        snprintf(into, size, "null");
    else
        snprintf(into, size, "an %s of %zu", json_kind_word(value->kind), value->count);
}

/* A quoted word means a string; a bare one the number, truth or null that it spells, if any. */
static bool equals(const struct json_value *value, struct word want)
{
    char *end;
    double number = strtod(want.text, &end);
    if (want.quoted || value->kind == JSON_STRING)
        return value->kind == JSON_STRING && str_is(value->text, want.text) &&
               (want.quoted || end == want.text || *end != '\0');
    if (value->kind == JSON_NUMBER)
        return end != want.text && *end == '\0' && value->number == number;
    if (value->kind == JSON_BOOL)
        return strcmp(want.text, value->truth ? "true" : "false") == 0;
    return value->kind == JSON_NULL && strcmp(want.text, "null") == 0;
}

static bool has_item(const struct json_value *array, struct word want)
{
    for (const struct json_value *item = array->first; item != NULL; item = item->next)
        if (equals(item, want))
            return true;
    return false;
}

static bool fail(const char *path, const struct json_value *value, struct error *err)
{
    char shown[300];
    describe(value, shown, sizeof shown);
    return error_set(err, ERROR_INPUT, "%s is %s", path, shown);
}

static bool expect_relation(const char *path, const struct json_value *value, const char *relation,
                            struct word want, struct error *err)
{
    bool contains = strcmp(relation, "contains") == 0, lacks = strcmp(relation, "lacks") == 0;
    if (strcmp(relation, "is") == 0)
        return equals(value, want) ? true : fail(path, value, err);
    if (value->kind == JSON_STRING)
        return expect_text(path, value->text, relation, want.text, err);
    if (value->kind != JSON_ARRAY || (!contains && !lacks))
        return fail(path, value, err);
    if (has_item(value, want) != contains)
        return error_set(err, ERROR_INPUT, "%s %s %s", path,
                         contains ? "does not contain" : "contains", want.text);
    return true;
}

bool expect_json(struct scene *scene, struct words words, struct error *err)
{
    if (words.count < 3)
        return error_set(err, ERROR_INPUT, "expect json needs a path and a value");
    const struct json_value *root = read_output(scene, err);
    if (root == NULL)
        return false;
    const char *path = words.list[1].text;
    const struct json_value *value = follow(root, path);
    struct word want = words.list[2];
    bool absent = strcmp(want.text, "absent") == 0 && !want.quoted;
    bool exists = strcmp(want.text, "exists") == 0 && !want.quoted;
    if (words.count == 3 && (absent || exists))
        return (value == NULL) == absent
                   ? true
                   : error_set(err, ERROR_INPUT, "%s is %s", path, absent ? "there" : "absent");
    if (value == NULL)
        return error_set(err, ERROR_INPUT, "%s is absent", path);
    if (!want.quoted && words_are_range(words, 2)) {
        if (value->kind != JSON_NUMBER)
            return fail(path, value, err);
        return expect_range(path, value->number, words, 2, err);
    }
    if (words.count == 4)
        return expect_relation(path, value, want.text, words.list[3], err);
    if (words.count != 3)
        return error_set(err, ERROR_INPUT, "expect json %s: too many words", path);
    return equals(value, want) ? true : fail(path, value, err);
}
