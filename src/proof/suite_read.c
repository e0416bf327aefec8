#include "proof/suite_read.h"

#include "base/json_read.h"
#include "base/utf8.h"

enum { NAME_BYTES_MAX = 200, LINES_MAX = 10000000 };

struct reader {
    struct arena *arena;
    struct test_suite *suite;
    struct error *err;
};

/* ---- single members -------------------------------------------------------------------------- */

static bool get_text(struct reader *r, const struct json_value *object, const char *key,
                     struct str *ret)
{
    const struct json_value *value = json_get(object, key);
    if (value == NULL || value->kind != JSON_STRING)
        return error_set(r->err, ERROR_INPUT, "'%s' is no text", key);
    *ret = value->text;
    return true;
}

static bool get_number(struct reader *r, const struct json_value *object, const char *key,
                       int64_t min, int64_t max, int64_t *ret)
{
    const struct json_value *value = json_get(object, key);
    if (value == NULL || !value->is_integer || value->integer < min || value->integer > max)
        return error_set(r->err, ERROR_INPUT, "'%s' is no number in its range", key);
    *ret = value->integer;
    return true;
}

static bool get_u32(struct reader *r, const struct json_value *object, const char *key, int64_t end,
                    uint32_t *ret)
{
    int64_t number;
    if (!get_number(r, object, key, 0, end - 1, &number))
        return false;
    *ret = (uint32_t)number;
    return true;
}

/* A callable's index, or -1. */
static bool get_owner(struct reader *r, const struct json_value *object, int32_t *ret)
{
    int64_t number;
    if (!get_number(r, object, "callable", -1, (int64_t)r->suite->callable_count - 1, &number))
        return false;
    *ret = (int32_t)number;
    return true;
}

static bool get_truth(struct reader *r, const struct json_value *object, const char *key, bool *ret)
{
    const struct json_value *value = json_get(object, key);
    if (value == NULL || value->kind != JSON_BOOL)
        return error_set(r->err, ERROR_INPUT, "'%s' is neither true nor false", key);
    *ret = value->truth;
    return true;
}

/* A line of source: it must not become two. */
static bool is_line(struct str text)
{
    return !str_has(text, '\n') && !str_has(text, '\r') && !str_has(text, '\0');
}

/* A long case is wrapped; every line of it stays inside of the list that it is an item of. */
static bool is_item(struct str text)
{
    struct str line;
    if (str_has(text, '\r') || str_has(text, '\0'))
        return false;
    while (str_take_line(&text, &line))
        if (!str_starts(line, "        "))
            return false;
    return true;
}

static bool get_lines(struct reader *r, const struct json_value *object, const char *key,
                      const struct str **ret, uint32_t *ret_count)
{
    const struct json_value *list = json_get(object, key);
    if (list == NULL || list->kind != JSON_ARRAY)
        return error_set(r->err, ERROR_INPUT, "'%s' is no list", key);
    struct str *lines = arena_alloc(r->arena, (list->count + 1) * sizeof *lines);
    uint32_t count = 0;
    for (const struct json_value *item = list->first; item != NULL; item = item->next) {
        if (item->kind != JSON_STRING || !is_line(item->text))
            return error_set(r->err, ERROR_INPUT, "'%s' holds something else than lines", key);
        lines[count++] = item->text;
    }
    *ret = lines;
    *ret_count = count;
    return true;
}

static bool get_indexes(struct reader *r, const struct json_value *object, const char *key,
                        uint32_t end, const uint32_t **ret, uint32_t *ret_count)
{
    const struct json_value *list = json_get(object, key);
    if (list == NULL || list->kind != JSON_ARRAY)
        return error_set(r->err, ERROR_INPUT, "'%s' is no list", key);
    uint32_t *numbers = arena_alloc(r->arena, (list->count + 1) * sizeof *numbers);
    uint32_t count = 0;
    for (const struct json_value *item = list->first; item != NULL; item = item->next) {
        if (!item->is_integer || item->integer < 0 || item->integer >= end)
            return error_set(r->err, ERROR_INPUT, "'%s' points to nothing", key);
        numbers[count++] = (uint32_t)item->integer;
    }
    *ret = numbers;
    *ret_count = count;
    return true;
}

/* ---- lists of things ------------------------------------------------------------------------- */

typedef bool read_one(struct reader *r, const struct json_value *from, void *to);

static bool read_list(struct reader *r, const struct json_value *object, const char *key,
                      size_t size, read_one *read, void *ret_list, uint32_t *ret_count)
{
    const struct json_value *list = json_get(object, key);
    if (list == NULL || list->kind != JSON_ARRAY)
        return error_set(r->err, ERROR_INPUT, "'%s' is no list", key);
    char *things = arena_alloc(r->arena, (list->count + 1) * size);
    uint32_t count = 0;
    for (const struct json_value *item = list->first; item != NULL; item = item->next)
        if (!read(r, item, things + size * count++))
            return error_wrap(r->err, "%s[%u]", key, count - 1);
    memcpy(ret_list, &things, sizeof things);
    *ret_count = count;
    return true;
}

static bool read_callable(struct reader *r, const struct json_value *from, void *to)
{
    struct test_callable *callable = to;
    return get_text(r, from, "name", &callable->name) &&
           get_u32(r, from, "line", LINES_MAX, &callable->line) &&
           get_u32(r, from, "end", LINES_MAX, &callable->end) &&
           get_truth(r, from, "test", &callable->test);
}

static bool read_goal(struct reader *r, const struct json_value *from, void *to)
{
    struct test_goal *goal = to;
    return get_owner(r, from, &goal->callable) &&
           get_u32(r, from, "line", LINES_MAX, &goal->line) &&
           get_text(r, from, "kind", &goal->kind) && get_text(r, from, "text", &goal->text);
}

static bool read_mutant(struct reader *r, const struct json_value *from, void *to)
{
    struct test_mutant *mutant = to;
    return get_owner(r, from, &mutant->callable) &&
           get_u32(r, from, "line", LINES_MAX, &mutant->line) &&
           get_text(r, from, "operator", &mutant->operator) &&
           get_text(r, from, "before", &mutant->before) &&
           get_text(r, from, "after", &mutant->after) && get_text(r, from, "fate", &mutant->fate);
}

static bool read_target(struct reader *r, const struct json_value *from, void *to)
{
    struct test_target *target = to;
    return get_u32(r, from, "callable", r->suite->callable_count, &target->callable) &&
           get_text(r, from, "why", &target->why);
}

static bool read_suspicion(struct reader *r, const struct json_value *from, void *to)
{
    struct test_suspicion *suspicion = to;
    return get_owner(r, from, &suspicion->callable) &&
           get_text(r, from, "kind", &suspicion->kind) &&
           get_text(r, from, "text", &suspicion->text) &&
           get_text(r, from, "reproducer", &suspicion->reproducer);
}

static bool read_rejection(struct reader *r, const struct json_value *from, void *to)
{
    struct test_rejection *rejection = to;
    return get_text(r, from, "stage", &rejection->stage) &&
           get_text(r, from, "reason", &rejection->reason) &&
           get_text(r, from, "text", &rejection->text);
}

static bool read_case(struct reader *r, const struct json_value *from, void *to)
{
    struct test_case *one = to;
    return get_text(r, from, "id", &one->id) && get_text(r, from, "line", &one->line) &&
           (is_item(one->line) ||
            error_set(r->err, ERROR_INPUT, "'line' is not an item of a list")) &&
           get_indexes(r, from, "goals", r->suite->goal_count, &one->goals, &one->goal_count) &&
           get_indexes(r, from, "kills", r->suite->mutant_count, &one->kills, &one->kill_count);
}

/* What the name of a test becomes part of: a node id of pytest, and reports. */
static bool name_is_plain(struct str name)
{
    if (!str_starts(name, "test_") || name.len > NAME_BYTES_MAX)
        return false;
    for (size_t i = 0; i < name.len; i++) {
        unsigned char byte = (unsigned char)name.ptr[i];
        bool word = byte == '_' || byte >= 0x80 || (byte >= '0' && byte <= '9') ||
                    (byte >= 'a' && byte <= 'z') || (byte >= 'A' && byte <= 'Z');
        if (!word)
            return false;
    }
    return utf8_is_valid(name);
}

static bool read_block(struct reader *r, const struct json_value *from, void *to)
{
    struct test_block *block = to;
    if (!get_text(r, from, "name", &block->name) ||
        !get_u32(r, from, "callable", r->suite->callable_count, &block->target) ||
        !get_lines(r, from, "imports", &block->imports, &block->import_count) ||
        (json_get(from, "definitions") != NULL &&
         !get_lines(r, from, "definitions", &block->definitions, &block->definition_count)) ||
        !get_lines(r, from, "head", &block->head, &block->head_count) ||
        !get_lines(r, from, "tail", &block->tail, &block->tail_count) ||
        !read_list(r, from, "cases", sizeof *block->cases, read_case, &block->cases,
                   &block->case_count))
        return false;
    if (block->case_count == 0)
        return error_set(r->err, ERROR_INPUT, "there is no case");
    return name_is_plain(block->name) || error_set(r->err, ERROR_INPUT, "'name' is no plain one");
}

static bool read_facts(struct reader *r, const struct json_value *json)
{
    struct test_suite *suite = r->suite;
    const struct json_value *why = json_get(json, "why");
    if (why != NULL && why->kind == JSON_STRING)
        suite->why = why->text;
    return get_text(r, json, "module", &suite->module) && get_text(r, json, "path", &suite->path) &&
           get_text(r, json, "digest", &suite->digest) &&
           get_text(r, json, "runtime", &suite->runtime) &&
           get_u32(r, json, "lines", LINES_MAX, &suite->lines) &&
           get_number(r, json, "seed", 0, INT64_MAX, &suite->seed) &&
           get_number(r, json, "executions", 0, INT64_MAX, &suite->executions) &&
           get_truth(r, json, "cut", &suite->cut);
}

#define LIST(field, read)                                                                          \
    read_list(r, json, #field "s", sizeof *suite->field##s, read, &suite->field##s,                \
              &suite->field##_count)

/* In the order in which they point to each other. */
static bool read_lists(struct reader *r, const struct json_value *json)
{
    struct test_suite *suite = r->suite;
    return LIST(callable, read_callable) && LIST(goal, read_goal) && LIST(mutant, read_mutant) &&
           LIST(target, read_target) && LIST(suspicion, read_suspicion) &&
           LIST(rejection, read_rejection) && LIST(block, read_block);
}

bool suite_read(struct arena *arena, struct str text, struct test_suite *ret, struct error *err)
{
    struct reader r = {arena, ret, err};
    *ret = (struct test_suite){};
    const struct json_value *json = json_read(arena, text, err);
    if (json != NULL && read_facts(&r, json) && read_lists(&r, json))
        return true;
    *ret = (struct test_suite){};
    err->kind = ERROR_INPUT;
    return error_wrap(err, "the engine's suite");
}
