/* SARIF 2.1.0, as far as it says what was found where, and how bad it is. */
#include "model/foreign.h"

#include <string.h>

#include "base/json_read.h"
#include "base/mem.h"
#include "base/utf8.h"

enum { RULE_BYTES_MAX = 100, TOOL_BYTES_MAX = 40, NUMBER_MAX = 1 << 30, URI_BYTES_MAX = 4096 };

struct reading {
    struct arena *arena;
    foreign_hear *hear;
    void *cookie;
    const struct json_value *driver;
    const char *tool;
};

static struct str text_at(const struct json_value *object, const char *key)
{
    const struct json_value *value = json_get(object, key);
    return value != NULL && value->kind == JSON_STRING ? value->text : STR("");
}

static uint32_t number_at(const struct json_value *object, const char *key, uint32_t otherwise)
{
    const struct json_value *value = json_get(object, key);
    bool is_one = value != NULL && value->kind == JSON_NUMBER && value->is_integer &&
                  value->integer > 0 && value->integer <= NUMBER_MAX;
    return is_one ? (uint32_t)value->integer : otherwise;
}

static const char *keep(struct arena *arena, struct str text, size_t max)
{
    const char *end = memchr(text.ptr, '\0', text.len);
    if (end != NULL)
        text.len = (size_t)(end - text.ptr);
    return arena_string(arena, utf8_cut(text, max));
}

/* ---- places ---------------------------------------------------------------------------------- */

static int digit_of(char c)
{
    const char *digits = "0123456789abcdef0123456789ABCDEF", *at = strchr(digits, c);
    return c != '\0' && at != NULL ? (int)(at - digits) % 16 : -1;
}

/* "file:///a%20b" is "/a b". */
static const char *path_of(struct arena *arena, struct str uri)
{
    char path[URI_BYTES_MAX + 1];
    size_t length = 0;
    (void)str_take_prefix(&uri, "file://");
    for (size_t i = 0; i < uri.len && length < URI_BYTES_MAX; i++) {
        int high = i + 2 < uri.len && uri.ptr[i] == '%' ? digit_of(uri.ptr[i + 1]) : -1;
        int low = high >= 0 ? digit_of(uri.ptr[i + 2]) : -1;
        path[length++] = low >= 0 ? (char)(high * 16 + low) : uri.ptr[i];
        i += low >= 0 ? 2 : 0;
    }
    return keep(arena, str_of(path, length), URI_BYTES_MAX);
}

static void read_region(const struct json_value *region, struct finding *ret)
{
    ret->line = number_at(region, "startLine", 1);
    ret->column = number_at(region, "startColumn", 1);
    ret->end_line = number_at(region, "endLine", ret->line);
    ret->end_column = number_at(region, "endColumn", ret->column);
    if (ret->end_line < ret->line)
        ret->end_line = ret->line;
}

/* ---- how bad --------------------------------------------------------------------------------- */

static const struct json_value *rule_of(const struct reading *r, struct str id)
{
    const struct json_value *rules = json_get(r->driver, "rules");
    for (const struct json_value *rule = rules != NULL && rules->kind == JSON_ARRAY ? rules->first
                                                                                    : NULL;
         rule != NULL; rule = rule->next)
        if (str_equal(text_at(rule, "id"), id))
            return rule;
    return NULL;
}

static enum severity severity_of_level(struct str level)
{
    if (str_is(level, "error"))
        return SEVERITY_HIGH;
    return str_is(level, "note") || str_is(level, "none") ? SEVERITY_LOW : SEVERITY_MEDIUM;
}

/* "external/cwe/cwe-095", "CWE-95" */
static uint32_t cwe_of(const struct json_value *rule)
{
    const struct json_value *tags = json_get(json_get(rule, "properties"), "tags");
    for (const struct json_value *tag = tags != NULL && tags->kind == JSON_ARRAY ? tags->first
                                                                                 : NULL;
         tag != NULL; tag = tag->next) {
        struct str text = tag->kind == JSON_STRING ? tag->text : STR("");
        (void)str_take_prefix(&text, "external/cwe/");
        if (!str_take_prefix(&text, "cwe-") && !str_take_prefix(&text, "CWE-"))
            continue;
        uint32_t number = 0;
        for (size_t i = 0; i < text.len && i < 5 && text.ptr[i] >= '0' && text.ptr[i] <= '9'; i++)
            number = number * 10 + (uint32_t)(text.ptr[i] - '0');
        if (number > 0)
            return number;
    }
    return 0;
}

/* The score that code hosts use, "0.0" to "10.0". */
static enum severity severity_of(const struct json_value *rule, struct str level)
{
    struct str score = text_at(json_get(rule, "properties"), "security-severity");
    if (score.len == 0 || score.ptr[0] < '0' || score.ptr[0] > '9')
        return severity_of_level(level);
    bool is_ten = str_starts(score, "10");
    int whole = is_ten ? 10 : score.ptr[0] - '0';
    return whole >= 9   ? SEVERITY_CRITICAL
           : whole >= 7 ? SEVERITY_HIGH
           : whole >= 4 ? SEVERITY_MEDIUM
                        : SEVERITY_LOW;
}

/* ---- results --------------------------------------------------------------------------------- */

static struct str level_of(const struct json_value *result, const struct json_value *rule)
{
    struct str level = text_at(result, "level");
    return level.len > 0 ? level : text_at(json_get(rule, "defaultConfiguration"), "level");
}

static void tell(const struct reading *r, const struct json_value *result)
{
    const struct json_value *locations = json_get(result, "locations");
    const struct json_value *place = json_get(json_at(locations, 0), "physicalLocation");
    const struct json_value *suppressed = json_get(result, "suppressions");
    struct str id = text_at(result, "ruleId");
    struct str uri = text_at(json_get(place, "artifactLocation"), "uri");
    const struct json_value *rule = rule_of(r, id);
    struct finding finding = {
        .rule = arena_text(r->arena, "%s:%s", r->tool, keep(r->arena, id, RULE_BYTES_MAX)),
        .message = keep(r->arena, text_at(json_get(result, "message"), "text"), FINDING_TEXT_MAX),
        .severity = severity_of(rule, level_of(result, rule)),
        .confidence = SEVERITY_MEDIUM,
        .cwe = cwe_of(rule),
        .excerpt = "",
        .excerpt_marks = 1,
        .ignored = suppressed != NULL && suppressed->count > 0 ? "suppressed there" : NULL,
    };
    read_region(json_get(place, "region"), &finding);
    if (uri.len > 0)
        r->hear(r->cookie, path_of(r->arena, uri), &finding);
}

static bool read_run(struct reading *r, const struct json_value *run, struct error *err)
{
    const struct json_value *results = json_get(run, "results");
    r->driver = json_get(json_get(run, "tool"), "driver");
    struct str name = text_at(r->driver, "name");
    if (name.len == 0)
        return error_set(err, ERROR_INPUT, "a run names no tool");
    r->tool = keep(r->arena, name, TOOL_BYTES_MAX);
    for (const struct json_value *result =
             results != NULL && results->kind == JSON_ARRAY ? results->first : NULL;
         result != NULL; result = result->next)
        tell(r, result);
    return true;
}

bool foreign_read_sarif(struct str text, struct arena *arena, foreign_hear *hear, void *cookie,
                        struct error *err)
{
    struct reading r = {.arena = arena, .hear = hear, .cookie = cookie};
    if (text.len > FOREIGN_TEXT_MAX || !arena_fits(arena, text.len * FOREIGN_ROOM_FACTOR))
        return error_set(err, ERROR_LIMIT, "it has more than %d MiB", FOREIGN_TEXT_MAX >> 20);
    const struct json_value *all = json_read(arena, text, err);
    if (all == NULL)
        return err->kind = ERROR_INPUT, false;
    const struct json_value *runs = json_get(all, "runs");
    if (runs == NULL || runs->kind != JSON_ARRAY)
        return error_set(err, ERROR_INPUT, "it is no SARIF: there are no runs");
    for (const struct json_value *run = runs->first; run != NULL; run = run->next)
        if (!read_run(&r, run, err))
            return false;
    return true;
}
