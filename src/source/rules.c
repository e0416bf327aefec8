#include "source/rules.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/yaml_read.h"
#include "source/rule_private.h"

struct reading {
    struct source_rules *rules;
    struct error *err;
};

#define fail(r, ...) error_set((r)->err, ERROR_USAGE, __VA_ARGS__)

/* ---- small readers --------------------------------------------------------------------------- */

static bool read_text(struct reading *r, const struct json_value *rule, const char *key,
                      const char **ret)
{
    const struct json_value *value = json_get(rule, key);
    if (value == NULL || value->kind != JSON_STRING || value->text.len == 0)
        return fail(r, "'%.80s' must be a text", key);
    *ret = value->text.ptr;
    return true;
}

static bool read_severity(struct reading *r, const struct json_value *rule, const char *key,
                          enum severity *ret)
{
    const struct json_value *value = json_get(rule, key);
    if (value != NULL && value->kind == JSON_STRING && severity_read(value->text, ret) &&
        *ret != SEVERITY_NONE)
        return true;
    return fail(r, "'%.80s' must be low, medium, high or critical", key);
}

static bool read_flag(struct reading *r, const struct json_value *rule, const char *key, bool *ret)
{
    const struct json_value *value = json_get(rule, key);
    *ret = value != NULL && value->kind == JSON_BOOL && value->truth;
    return value == NULL || value->kind == JSON_BOOL ||
           fail(r, "'%.80s' must be true or false", key);
}

static bool read_number(struct reading *r, const struct json_value *rule, const char *key,
                        int64_t *ret)
{
    const struct json_value *value = json_get(rule, key);
    *ret = value != NULL ? value->integer : 0;
    return value == NULL || (value->kind == JSON_NUMBER && value->integer >= 0) ||
           fail(r, "'%.80s' must be a whole number", key);
}

static bool is_list_of_texts(const struct json_value *value)
{
    if (value->kind != JSON_ARRAY || value->count == 0)
        return false;
    for (const struct json_value *item = value->first; item != NULL; item = item->next)
        if (item->kind != JSON_STRING || item->text.len == 0)
            return false;
    return true;
}

static bool read_names(struct reading *r, const struct json_value *rule, const char *key,
                       struct rule_names *ret)
{
    const struct json_value *value = json_get(rule, key);
    *ret = (struct rule_names){};
    if (value == NULL)
        return true;
    if (!is_list_of_texts(value))
        return fail(r, "'%.80s' must be a list of texts", key);
    ret->list = arena_alloc(r->rules->arena, value->count * sizeof *ret->list);
    for (const struct json_value *item = value->first; item != NULL; item = item->next)
        ret->list[ret->count++] = item->text;
    return true;
}

static bool read_pattern(struct reading *r, const struct json_value *rule, const char *key,
                         pcre2_code **ret)
{
    const struct json_value *value = json_get(rule, key);
    int code;
    PCRE2_SIZE at;
    *ret = NULL;
    if (value == NULL)
        return true;
    if (value->kind == JSON_STRING)
        *ret = pcre2_compile((PCRE2_SPTR)value->text.ptr, value->text.len, 0, &code, &at, NULL);
    return *ret != NULL || fail(r, "'%.80s' must be a regular expression", key);
}

/* ---- questions ------------------------------------------------------------------------------- */

static const char *const kind_words[] = {
    [VALUE_UNKNOWN] = "unknown", [VALUE_NAME] = "name",     [VALUE_TEXT] = "text",
    [VALUE_PART] = "part",       [VALUE_NUMBER] = "number", [VALUE_TRUE] = "true",
    [VALUE_FALSE] = "false",     [VALUE_NONE] = "none",     [VALUE_OTHER] = "other",
};

static bool read_is_word(struct reading *r, const struct json_value *item,
                         struct rule_question *ret)
{
    struct str word =
        item->kind == JSON_BOOL ? str_from(item->truth ? "true" : "false") : item->text;
    if (str_is(word, "absent"))
        return ret->absent = true;
    if (str_is(word, "present"))
        return ret->present = true;
    for (size_t i = 0; i < COUNT_OF(kind_words); i++)
        if (str_is(word, kind_words[i])) {
            ret->kinds |= 1u << i;
            return true;
        }
    return fail(r, "'is' knows no '%.80s'", word.len > 0 ? word.ptr : "");
}

static bool read_is(struct reading *r, const struct json_value *question, struct rule_question *ret)
{
    const struct json_value *value = json_get(question, "is");
    if (value == NULL)
        return true;
    if (value->kind != JSON_ARRAY)
        return fail(r, "'%.80s' must be a list", "is");
    for (const struct json_value *item = value->first; item != NULL; item = item->next)
        if (!read_is_word(r, item, ret))
            return false;
    return true;
}

/* "1 mode": a position, a keyword or both; "any" */
static bool read_argument(struct reading *r, const struct json_value *question,
                          struct rule_question *ret)
{
    const struct json_value *value = json_get(question, "argument");
    struct str rest, word;
    if (value != NULL && value->kind == JSON_NUMBER && value->integer >= 0 && value->integer < 10) {
        ret->positions = 1u << value->integer;
        return true;
    }
    if (value == NULL || value->kind != JSON_STRING)
        return fail(r, "'%.80s' is missing in a question", "argument");
    rest = value->text;
    while (str_take_until(&rest, ' ', &word)) {
        if (str_is(word, "any"))
            ret->any = true;
        else if (word.len == 1 && word.ptr[0] >= '0' && word.ptr[0] <= '9')
            ret->positions |= 1u << (word.ptr[0] - '0');
        else
            ret->keyword = word;
    }
    return true;
}

static bool read_question(struct reading *r, const struct json_value *value,
                          struct rule_question *ret)
{
    static const char *const keys[] = {"argument", "is",   "matches", "source",
                                       "name",     "bits", "below"};
    return json_check_keys(value, keys, COUNT_OF(keys), r->err) && read_argument(r, value, ret) &&
           read_is(r, value, ret) && read_pattern(r, value, "matches", &ret->matches) &&
           read_pattern(r, value, "source", &ret->source) &&
           read_names(r, value, "name", &ret->names) && read_number(r, value, "bits", &ret->bits) &&
           read_number(r, value, "below", &ret->below);
}

static bool read_questions(struct reading *r, const struct json_value *rule, const char *key,
                           struct rule_questions *ret)
{
    const struct json_value *value = json_get(rule, key);
    if (value == NULL)
        return true;
    if (value->kind != JSON_ARRAY)
        return fail(r, "'%.80s' must be a list of questions", key);
    ret->list = arena_alloc(r->rules->arena, value->count * sizeof *ret->list);
    for (const struct json_value *item = value->first; item != NULL; item = item->next)
        if (!read_question(r, item, &ret->list[ret->count++]))
            return false;
    return true;
}

/* ---- a rule ---------------------------------------------------------------------------------- */

static bool read_matcher(struct reading *r, const struct json_value *rule, struct rule_matcher *m)
{
    if (!read_names(r, rule, "call", &m->call) || !read_names(r, rule, "import", &m->import) ||
        !read_names(r, rule, "attribute", &m->attribute) ||
        !read_flag(r, rule, "passed", &m->passed) || !read_names(r, rule, "dynamic", &m->dynamic) ||
        !read_flag(r, rule, "built", &m->built) || !read_pattern(r, rule, "text", &m->text) ||
        !read_pattern(r, rule, "assign", &m->assign) ||
        !read_pattern(r, rule, "compare", &m->compare) ||
        !read_questions(r, rule, "when", &m->when) ||
        !read_questions(r, rule, "unless", &m->unless))
        return false;
    bool asks = m->call.count > 0 || m->import.count > 0 || m->attribute.count > 0 ||
                m->dynamic.count > 0 || m->text != NULL || m->assign != NULL || m->compare != NULL;
    return asks || fail(r, "it looks for nothing: no %.80s or the like", "call");
}

static bool read_languages(struct reading *r, const struct json_value *rule, uint32_t *ret)
{
    struct rule_names names;
    if (!read_names(r, rule, "languages", &names))
        return false;
    for (uint32_t i = 0; i < names.count; i++) {
        const struct source_language *language = source_language_find(names.list[i]);
        if (language == NULL)
            return fail(r, "there is no language '%.80s'", names.list[i].ptr);
        *ret |= 1u << language->id;
    }
    return *ret != 0 || fail(r, "'%.80s' is missing", "languages");
}

static bool read_examples(struct reading *r, const struct json_value *rule, const char *key,
                          const struct json_value **ret)
{
    *ret = json_get(rule, key);
    return (*ret != NULL && is_list_of_texts(*ret)) ||
           fail(r, "'%.80s' must be a list of examples", key);
}

static bool read_rule(struct reading *r, const struct json_value *rule, struct source_rule *ret)
{
    static const char *const keys[] = {
        "id",   "languages", "group",  "severity", "confidence", "cwe",    "message",   "why",
        "fix",  "bad",       "good",   "call",     "passed",     "import", "attribute", "dynamic",
        "text", "built",     "assign", "compare",  "when",       "unless", "instead_of"};
    int64_t cwe;
    ret->matcher = arena_alloc(r->rules->arena, sizeof *ret->matcher);
    if (!json_check_keys(rule, keys, COUNT_OF(keys), r->err) ||
        !read_text(r, rule, "group", &ret->group) ||
        !read_text(r, rule, "message", &ret->message) || !read_text(r, rule, "why", &ret->why) ||
        !read_text(r, rule, "fix", &ret->fix) || !read_languages(r, rule, &ret->languages) ||
        !read_severity(r, rule, "severity", &ret->severity) ||
        !read_severity(r, rule, "confidence", &ret->confidence) ||
        !read_number(r, rule, "cwe", &cwe) || !read_examples(r, rule, "bad", &ret->bad) ||
        !read_examples(r, rule, "good", &ret->good))
        return false;
    ret->cwe = (uint32_t)cwe;
    ret->instead_of = json_get(rule, "instead_of");
    if (ret->instead_of != NULL && !is_list_of_texts(ret->instead_of))
        return fail(r, "'%.80s' must be a list of texts", "instead_of");
    return read_matcher(r, rule, ret->matcher);
}

static bool add_rule(struct reading *r, const struct json_value *rule)
{
    struct source_rules *rules = r->rules;
    const char *id;
    if (!read_text(r, rule, "id", &id))
        return false;
    for (uint32_t i = 0; i < rules->count; i++)
        if (strcmp(rules->list[i].id, id) == 0)
            return fail(r, "there is a rule '%.80s' already", id);
    if (rules->count == RULES_MAX)
        return error_set(r->err, ERROR_LIMIT, "there are more than %d rules", RULES_MAX);
    struct source_rule *next = &rules->list[rules->count++]; /* counted, so that it is released */
    next->id = id;
    return read_rule(r, rule, next) || error_wrap(r->err, "rule %.80s", id);
}

/* ---- all of them ----------------------------------------------------------------------------- */

void source_rules_init(struct source_rules *rules, struct arena *arena)
{
    *rules = (struct source_rules){.arena = arena};
    rules->list = arena_alloc(arena, RULES_MAX * sizeof *rules->list);
}

static void questions_done(struct rule_questions *questions)
{
    for (uint32_t i = 0; i < questions->count; i++) {
        pcre2_code_free(questions->list[i].matches);
        pcre2_code_free(questions->list[i].source);
    }
}

void source_rules_done(struct source_rules *rules)
{
    for (uint32_t i = 0; i < rules->count; i++) {
        struct rule_matcher *matcher = rules->list[i].matcher;
        if (matcher == NULL)
            continue;
        pcre2_code_free(matcher->text);
        pcre2_code_free(matcher->assign);
        pcre2_code_free(matcher->compare);
        questions_done(&matcher->when);
        questions_done(&matcher->unless);
    }
    rules->count = 0;
}

bool source_rules_add(struct source_rules *rules, struct str text, struct error *err)
{
    struct reading r = {rules, err};
    const struct json_value *list = yaml_read(rules->arena, text, err);
    if (list == NULL)
        return false;
    if (list->kind != JSON_ARRAY)
        return error_set(err, ERROR_USAGE, "a file of rules is a list");
    for (const struct json_value *rule = list->first; rule != NULL; rule = rule->next)
        if (!add_rule(&r, rule))
            return false;
    return true;
}
