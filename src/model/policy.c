#include "model/policy.h"

#include <string.h>

#include "base/json_read.h"
#include "base/mem.h"
#include "base/text.h"
#include "base/yaml_read.h"

enum { NAME_BYTES_MAX = 100, REASONS_MAX = 3 };

/* ---- reading --------------------------------------------------------------------------------- */

static bool is_name(struct str text)
{
    for (size_t i = 0; i < text.len; i++)
        if (text.ptr[i] <= ' ' || text.ptr[i] > '~' || strchr("\"'\\{}[],#", text.ptr[i]) != NULL)
            return false;
    return text.len > 0 && text.len <= NAME_BYTES_MAX;
}

static bool read_names(struct arena *arena, const struct json_value *policy, const char *key,
                       struct words *ret, struct error *err)
{
    const struct json_value *list = json_get(policy, key);
    if (list == NULL)
        return true;
    if (list->kind != JSON_ARRAY)
        return error_set(err, ERROR_USAGE, "'%s' must be a list of names", key);
    for (const struct json_value *item = list->first; item != NULL; item = item->next) {
        if (item->kind != JSON_STRING || !is_name(item->text))
            return error_set(err, ERROR_USAGE, "in '%s' there must be names alone", key);
        words_add(ret, arena, item->text.ptr);
    }
    return true;
}

static bool read_flag(const struct json_value *policy, const char *key, bool *ret,
                      struct error *err)
{
    const struct json_value *value = json_get(policy, key);
    *ret = value != NULL && value->kind == JSON_BOOL && value->truth;
    return value == NULL || value->kind == JSON_BOOL ||
           error_set(err, ERROR_USAGE, "'%s' must be true or false", key);
}

static bool read_risk(const struct json_value *policy, enum severity *ret, struct error *err)
{
    const struct json_value *value = json_get(policy, "risk");
    *ret = SEVERITY_NONE;
    if (value == NULL || (value->kind == JSON_STRING && severity_read(value->text, ret)))
        return true;
    return error_set(err, ERROR_USAGE, "'risk' must be none, low, medium, high or critical");
}

static bool read_policy(struct arena *arena, const struct json_value *value, struct policy *ret,
                        struct error *err)
{
    static const char *const keys[] = {"name",   "risk",    "syntax", "incomplete", "rules",
                                       "except", "imports", "calls",  "attributes"};
    const struct json_value *name = json_get(value, "name");
    if (!json_check_keys(value, keys, COUNT_OF(keys), err))
        return false;
    if (name == NULL || name->kind != JSON_STRING || !is_name(name->text))
        return error_set(err, ERROR_USAGE, "'name' is missing, or has more than a name");
    ret->name = name->text.ptr;
    return read_risk(value, &ret->risk, err) && read_flag(value, "syntax", &ret->syntax, err) &&
           read_flag(value, "incomplete", &ret->incomplete, err) &&
           read_names(arena, value, "rules", &ret->rules, err) &&
           read_names(arena, value, "except", &ret->except, err) &&
           read_names(arena, value, "imports", &ret->imports, err) &&
           read_names(arena, value, "calls", &ret->calls, err) &&
           read_names(arena, value, "attributes", &ret->attributes, err);
}

bool policy_read(struct arena *arena, struct str text, struct policy *ret, struct error *err)
{
    const struct json_value *value = yaml_read(arena, text, err);
    struct policy policy = {};
    if (value == NULL || !read_policy(arena, value, &policy, err))
        return false;
    *ret = policy;
    return true;
}

/* ---- rules ----------------------------------------------------------------------------------- */

static void write_head(struct buf *out, const char *id, const char *message)
{
    buf_printf(out,
               "- id: %s\n  languages: [python, javascript, typescript, tsx, bash]\n"
               "  group: policy\n  severity: low\n  confidence: high\n  cwe: 0\n"
               "  message: \"%s\"\n  why: The policy says so.\n  fix: Ask whoever made it.\n"
               "  bad: [none]\n  good: [none]\n",
               id, message);
}

/* Python's own functions have names without a module in a policy. */
static void write_names(struct buf *out, const char *key, const struct words *names, bool within,
                        bool builtins)
{
    buf_printf(out, "  %s:\n", key);
    for (uint32_t i = 0; i < names->count; i++) {
        buf_printf(out, "  - \"%s\"\n", names->list[i]);
        if (within)
            buf_printf(out, "  - \"%s.*\"\n  - \"%s/*\"\n", names->list[i], names->list[i]);
        if (builtins && strchr(names->list[i], '.') == NULL)
            buf_printf(out, "  - \"builtins.%s\"\n  - \"new %s\"\n", names->list[i],
                       names->list[i]);
    }
}

void policy_write_rules(const struct policy *policy, struct buf *out)
{
    if (policy->imports.count > 0) {
        write_head(out, "policy-import", "{name} must not be imported");
        write_names(out, "import", &policy->imports, true, false);
    }
    if (policy->calls.count > 0) {
        write_head(out, "policy-call", "{name} must not be called");
        write_names(out, "call", &policy->calls, false, true);
        buf_add_text(out, "  passed: true\n");
    }
    if (policy->attributes.count > 0) {
        write_head(out, "policy-attribute", "{name} must not be used");
        write_names(out, "attribute", &policy->attributes, false, false);
    }
}

/* ---- judging --------------------------------------------------------------------------------- */

static bool is_listed(const struct words *names, const char *rule)
{
    for (uint32_t i = 0; i < names->count; i++) {
        size_t length = strlen(names->list[i]);
        bool open = length > 0 && names->list[i][length - 1] == '*';
        if (open ? strncmp(names->list[i], rule, length - 1) == 0
                 : strcmp(names->list[i], rule) == 0)
            return true;
    }
    return false;
}

bool policy_refuses(const struct policy *policy, const struct finding *finding)
{
    struct finding bare = *finding;
    bare.ignored = NULL;
    bare.known = false;
    if (finding_is_syntax(finding))
        return policy->syntax;
    if (is_listed(&policy->except, finding->rule))
        return false;
    if (strncmp(finding->rule, "policy-", strlen("policy-")) == 0 ||
        is_listed(&policy->rules, finding->rule))
        return true;
    return policy->risk != SEVERITY_NONE && finding_risk(&bare) >= policy->risk;
}

static void add_reason(struct buf *out, uint32_t number, const char *name, uint32_t line,
                       const char *why)
{
    if (number > REASONS_MAX)
        return;
    buf_add_text(out, number > 1 ? "; " : "");
    text_escape(out, str_from(name), false);
    if (line > 0)
        buf_printf(out, ":%u", line);
    buf_add_text(out, ": ");
    text_escape(out, str_from(why), false);
}

static uint32_t judge_file(const struct policy *policy, const struct checked_file *file,
                           uint32_t count, struct buf *out)
{
    bool incomplete = file->state != CHECKED_WHOLE || file->findings_left_out > 0;
    for (uint32_t i = 0; i < file->finding_count; i++)
        if (policy_refuses(policy, &file->findings[i]))
            add_reason(out, ++count, file->name, file->findings[i].line, file->findings[i].message);
    if (incomplete && policy->incomplete)
        add_reason(out, ++count, file->name, 0,
                   file->why != NULL ? file->why : "has more findings than are told");
    return count;
}

bool policy_judge(const struct policy *policy, const struct checked *checked, struct buf *out)
{
    uint32_t count = 0;
    size_t start = out->len;
    buf_printf(out, "was refused by policy %s: ", policy->name);
    for (uint32_t i = 0; i < checked->file_count; i++)
        count = judge_file(policy, &checked->files[i], count, out);
    if (checked->file_count == 0 && policy->incomplete)
        add_reason(out, ++count, "the source", 0, "nothing in it can be looked at");
    if (count > REASONS_MAX)
        buf_printf(out, "; and %u more", count - REASONS_MAX);
    if (count == 0 && !out->over) {
        out->len = start;
        out->data[start] = '\0';
    }
    return count > 0;
}
