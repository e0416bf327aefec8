/* Reading what checked_write_file wrote: strictly, because a worker that was taken over writes what
 * it likes. */
#include "model/checked.h"

#include "base/json_read.h"
#include "base/mem.h"

enum { NUMBER_MAX = 1 << 30, CWE_MAX = 100000 };

static bool read_text(const struct json_value *object, const char *key, const char **ret,
                      struct error *err)
{
    const struct json_value *value = json_get(object, key);
    if (value == NULL || value->kind != JSON_STRING || str_has(value->text, '\0'))
        return error_set(err, ERROR_USAGE, "'%s' is no text", key);
    *ret = value->text.ptr;
    return true;
}

static bool read_text_or_null(const struct json_value *object, const char *key, const char **ret,
                              struct error *err)
{
    const struct json_value *value = json_get(object, key);
    if (value == NULL || value->kind != JSON_NULL)
        return read_text(object, key, ret, err);
    *ret = NULL;
    return true;
}

static bool read_number(const struct json_value *object, const char *key, int64_t max,
                        uint32_t *ret, struct error *err)
{
    const struct json_value *value = json_get(object, key);
    if (value == NULL)
        return error_set(err, ERROR_USAGE, "'%s' is missing", key);
    if (!json_check_integer(value, 0, max, err))
        return false;
    *ret = (uint32_t)value->integer;
    return true;
}

static bool read_severity(const struct json_value *object, const char *key, enum severity *ret,
                          struct error *err)
{
    const char *word;
    return read_text(object, key, &word, err) &&
           (severity_read(str_from(word), ret) ||
            error_set(err, ERROR_USAGE, "'%s' is no severity", key));
}

static bool read_state(const struct json_value *object, enum checked_state *ret, struct error *err)
{
    static const char *const words[] = {
#define X(name, word, meaning) word,
        CHECKED_STATES(X)
#undef X
    };
    const char *word;
    if (!read_text(object, "state", &word, err))
        return false;
    for (size_t i = 0; i < COUNT_OF(words); i++) {
        if (strcmp(word, words[i]) != 0)
            continue;
        *ret = (enum checked_state)i;
        return true;
    }
    return error_set(err, ERROR_USAGE, "'state' is none");
}

static bool read_finding(const struct json_value *object, struct finding *ret, struct error *err)
{
    return read_text(object, "rule", &ret->rule, err) &&
           read_severity(object, "severity", &ret->severity, err) &&
           read_severity(object, "confidence", &ret->confidence, err) &&
           read_number(object, "cwe", CWE_MAX, &ret->cwe, err) &&
           read_text(object, "message", &ret->message, err) &&
           read_number(object, "line", NUMBER_MAX, &ret->line, err) &&
           read_number(object, "column", NUMBER_MAX, &ret->column, err) &&
           read_number(object, "end_line", NUMBER_MAX, &ret->end_line, err) &&
           read_number(object, "end_column", NUMBER_MAX, &ret->end_column, err) &&
           read_text(object, "excerpt", &ret->excerpt, err) &&
           read_number(object, "excerpt_at", FINDING_EXCERPT_MAX, &ret->excerpt_at, err) &&
           read_number(object, "excerpt_marks", FINDING_EXCERPT_MAX, &ret->excerpt_marks, err) &&
           read_text_or_null(object, "ignored", &ret->ignored, err);
}

static bool read_findings(struct arena *arena, const struct json_value *object,
                          struct checked_file *ret, struct error *err)
{
    const struct json_value *list = json_get(object, "findings");
    if (list == NULL || list->kind != JSON_ARRAY || list->count > FINDINGS_MAX)
        return error_set(err, ERROR_USAGE, "'findings' is no list of %d at most", FINDINGS_MAX);
    if (!arena_fits(arena, list->count * sizeof *ret->findings))
        return error_set(err, ERROR_LIMIT, "there is no room for so many findings");
    ret->findings = arena_alloc(arena, list->count * sizeof *ret->findings);
    for (const struct json_value *item = list->first; item != NULL; item = item->next)
        if (!read_finding(item, &ret->findings[ret->finding_count++], err))
            return error_wrap(err, "finding %u", ret->finding_count);
    return true;
}

static bool read_file(struct arena *arena, const struct json_value *object,
                      struct checked_file *ret, struct error *err)
{
    uint32_t bytes;
    if (!read_text(object, "name", &ret->name, err) ||
        !read_text_or_null(object, "language", &ret->language, err) ||
        !read_state(object, &ret->state, err) ||
        !read_text_or_null(object, "why", &ret->why, err) ||
        !read_number(object, "bytes", UINT32_MAX, &bytes, err) ||
        !read_number(object, "lines", NUMBER_MAX, &ret->lines, err) ||
        !read_number(object, "findings_left_out", NUMBER_MAX, &ret->findings_left_out, err))
        return false;
    ret->bytes = bytes;
    return read_findings(arena, object, ret, err);
}

bool checked_read_file(struct arena *arena, struct str line, struct checked_file *ret,
                       struct error *err)
{
    struct checked_file file = {};
    const struct json_value *object = json_read(arena, line, err);
    if (object == NULL || !read_file(arena, object, &file, err))
        return error_wrap(err, "read what the worker says");
    *ret = file;
    return true;
}
