#include "source/rule_private.h"

#include <string.h>

enum { MATCH_STEPS_MAX = 100000, MATCH_KIB_MAX = 4096 };

/* ---- texts ----------------------------------------------------------------------------------- */

/* An expression that needs more steps than we grant is taken for one that does not match. */
static bool pattern_matches(const pcre2_code *pattern, struct str text)
{
    pcre2_match_context *limits = pcre2_match_context_create(NULL);
    pcre2_match_data *data = pcre2_match_data_create(1, NULL);
    pcre2_set_match_limit(limits, MATCH_STEPS_MAX);
    pcre2_set_depth_limit(limits, MATCH_STEPS_MAX);
    pcre2_set_heap_limit(limits, MATCH_KIB_MAX);
    int found = pcre2_match(pattern, (PCRE2_SPTR)text.ptr, text.len, 0, 0, data, limits);
    pcre2_match_data_free(data);
    pcre2_match_context_free(limits);
    return found >= 0;
}

/* "os.system"; "os.*" begins so, "*.execute" ends so. */
static bool name_matches(struct str pattern, struct str name)
{
    if (str_starts(pattern, "*"))
        return str_ends(name, pattern.ptr + 1);
    if (!str_ends(pattern, "*"))
        return str_equal(pattern, name);
    pattern.len--;
    return name.len >= pattern.len && memcmp(name.ptr, pattern.ptr, pattern.len) == 0;
}

static bool names_have(const struct rule_names *names, struct str name)
{
    for (uint32_t i = 0; i < names->count; i++)
        if (name_matches(names->list[i], name))
            return true;
    return false;
}

static bool find_name(const struct rule_names *names, const struct source_values *values,
                      struct str *ret_name)
{
    for (uint32_t i = 0; i < values->count && names->count > 0; i++) {
        const struct source_value *value = &values->list[i];
        if ((value->kind != VALUE_NAME && value->kind != VALUE_TEXT) ||
            !names_have(names, value->text))
            continue;
        *ret_name = value->text;
        return true;
    }
    return false;
}

/* ---- questions ------------------------------------------------------------------------------- */

static bool value_answers(const struct rule_question *q, const struct source_value *value)
{
    bool has_text = value->kind == VALUE_TEXT || value->kind == VALUE_PART;
    if (q->kinds != 0 && (q->kinds & 1u << value->kind) == 0)
        return false;
    if (q->matches != NULL && (!has_text || !pattern_matches(q->matches, value->text)))
        return false;
    if (q->names.count > 0 && (value->kind != VALUE_NAME || !names_have(&q->names, value->text)))
        return false;
    if (q->bits != 0 && (value->kind != VALUE_NUMBER || (value->number & q->bits) == 0))
        return false;
    return q->below == 0 || (value->kind == VALUE_NUMBER && value->number < q->below);
}

/* For `when` it is enough that one of the values may be meant, `unless` must be sure of all. */
static bool argument_answers(const struct rule_question *q, const struct source_argument *argument,
                             bool surely)
{
    uint32_t count = argument->value.count, yes = 0;
    for (uint32_t i = 0; i < count; i++)
        yes += value_answers(q, &argument->value.list[i]);
    return surely ? yes == count && count > 0 : yes > 0;
}

static bool is_asked_for(const struct rule_question *q, const struct source_argument *argument,
                         int position)
{
    if (q->any)
        return true;
    if (argument->keyword.len > 0)
        return q->keyword.len > 0 && str_equal(argument->keyword, q->keyword);
    return position < 10 && (q->positions & 1u << position) != 0;
}

/* "absent" alone is no question about a value that is there. */
static bool asks_for_value(const struct rule_question *q)
{
    return !q->absent || q->present || q->kinds != 0 || q->matches != NULL || q->names.count > 0 ||
           q->bits != 0 || q->below != 0;
}

/* What a call spreads may hold the argument: then it is neither absent nor known. */
static bool question_holds(const struct rule_question *q, const struct source_fact *fact,
                           bool surely)
{
    int position = 0;
    bool present = false, spreads = false;
    for (uint32_t i = 0; i < fact->argument_count; i++) {
        const struct source_argument *argument = &fact->arguments[i];
        spreads = spreads || argument->spreads;
        if (!argument->spreads && is_asked_for(q, argument, position) &&
            (q->source == NULL || pattern_matches(q->source, argument->source))) {
            present = true;
            if (asks_for_value(q) && argument_answers(q, argument, surely))
                return true;
        }
        position += argument->keyword.len == 0;
    }
    return q->absent && !present && !spreads;
}

static bool all_hold(const struct rule_questions *questions, const struct source_fact *fact)
{
    for (uint32_t i = 0; i < questions->count; i++)
        if (!question_holds(&questions->list[i], fact, false))
            return false;
    return true;
}

static bool one_holds(const struct rule_questions *questions, const struct source_fact *fact)
{
    for (uint32_t i = 0; i < questions->count; i++)
        if (question_holds(&questions->list[i], fact, true))
            return true;
    return false;
}

/* ---- matchers -------------------------------------------------------------------------------- */

static bool text_matches(const struct rule_matcher *m, const struct source_values *values)
{
    for (uint32_t i = 0; i < values->count && m->text != NULL; i++) {
        enum value_kind kind = values->list[i].kind;
        bool is_asked = kind == VALUE_PART || (kind == VALUE_TEXT && !m->built);
        if (is_asked && pattern_matches(m->text, values->list[i].text))
            return true;
    }
    return false;
}

static bool is_meant(const struct rule_matcher *m, const struct source_fact *fact,
                     struct str *ret_name)
{
    const struct source_values *what = &fact->what;
    *ret_name = what->count > 0 ? what->list[0].text : STR("");
    switch (fact->kind) {
    case FACT_CALL:
        return find_name(&m->call, what, ret_name);
    case FACT_PASSED:
        return m->passed && find_name(&m->call, what, ret_name);
    case FACT_IMPORT:
        return find_name(&m->import, what, ret_name);
    case FACT_ATTRIBUTE:
        return find_name(&m->attribute, what, ret_name);
    case FACT_ASSIGN:
        return m->assign != NULL && pattern_matches(m->assign, *ret_name);
    case FACT_COMPARE:
        return m->compare != NULL && pattern_matches(m->compare, *ret_name);
    case FACT_TEXT:
        return text_matches(m, what);
    case FACT_DYNAMIC:
        return find_name(&m->dynamic, what, ret_name);
    }
    return false;
}

bool rule_matches(const struct rule_matcher *matcher, const struct source_fact *fact,
                  struct str *ret_name)
{
    bool asks = fact->kind == FACT_CALL || fact->kind == FACT_ASSIGN ||
                fact->kind == FACT_COMPARE || fact->kind == FACT_DYNAMIC;
    return is_meant(matcher, fact, ret_name) &&
           (!asks || (all_hold(&matcher->when, fact) && !one_holds(&matcher->unless, fact)));
}
