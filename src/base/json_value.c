#include "base/json_private.h"

#include <assert.h>
#include <inttypes.h>
#include <stdio.h>

#include "base/mem.h"
#include "base/text.h"
#include "base/utf8.h"

static const struct {
    const char *word, *phrase;
} kinds[] = {

#define X(name, word, phrase) [JSON_##name] = {word, phrase},
    JSON_KINDS(X)
#undef X
};

const char *json_kind_word(enum json_kind kind)
{
    assert((size_t)kind < COUNT_OF(kinds));
    return kinds[kind].word;
}

const struct json_value *json_get(const struct json_value *object, const char *key)
{
    if (object == NULL || object->kind != JSON_OBJECT)
        return NULL;
    for (const struct json_value *member = object->first; member != NULL; member = member->next)
        if (str_is(member->key, key))
            return member;
    return NULL;
}

const struct json_value *json_at(const struct json_value *array, size_t index)
{
    if (array == NULL || array->kind != JSON_ARRAY)
        return NULL;
    for (const struct json_value *item = array->first; item != NULL; item = item->next)
        if (index-- == 0)
            return item;
    return NULL;
}

const char *json_show_key(struct str key, char shown[JSON_SHOWN_MAX])
{
    auto_buf struct buf escaped;
    buf_init(&escaped, JSON_SHOWN_MAX - sizeof "...");
    text_escape(&escaped, key, false);
    struct str text = utf8_cut(buf_str(&escaped), escaped.max);
    memcpy(shown, text.ptr, text.len);
    memcpy(shown + text.len, escaped.over ? "..." : "", escaped.over ? sizeof "..." : 1);
    return shown;
}

/* "field 'x'", or "the value" for an item or the whole text. */
static bool refuse(const struct json_value *value, struct error *err, const char *what)
{
    char shown[JSON_SHOWN_MAX];
    if (value->key.ptr == NULL)
        return error_set(err, ERROR_USAGE, "the value %s", what);
    return error_set(err, ERROR_USAGE, "field '%s' %s", json_show_key(value->key, shown), what);
}

bool json_check_kind(const struct json_value *value, enum json_kind kind, struct error *err)
{
    if (value->kind == kind)
        return true;
    char what[64];
    snprintf(what, sizeof what, "must be %s, not %s", kinds[kind].phrase,
             kinds[value->kind].phrase);
    return refuse(value, err, what);
}

static bool is_known(struct str key, const char *const known[], size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (str_is(key, known[i]))
            return true;
    return false;
}

bool json_check_keys(const struct json_value *object, const char *const known[], size_t count,
                     struct error *err)
{
    if (!json_check_kind(object, JSON_OBJECT, err))
        return false;
    char shown[JSON_SHOWN_MAX];
    for (const struct json_value *member = object->first; member != NULL; member = member->next)
        if (!is_known(member->key, known, count))
            return error_set(err, ERROR_USAGE, "unknown field '%s'",
                             json_show_key(member->key, shown));
    return true;
}

bool json_check_integer(const struct json_value *value, int64_t min, int64_t max, struct error *err)
{
    if (!json_check_kind(value, JSON_NUMBER, err))
        return false;
    if (value->is_integer && value->integer >= min && value->integer <= max)
        return true;
    char what[96];
    snprintf(what, sizeof what, "must be a whole number from %" PRId64 " to %" PRId64, min, max);
    return refuse(value, err, what);
}
