#include "source/rule_private.h"

#include <string.h>

/* The message with {name} filled in. */
static const char *message_of(const struct source_rule *rule, struct str name, struct arena *arena)
{
    static const char hole[] = "{name}";
    const char *at = strstr(rule->message, hole);
    if (at == NULL)
        return rule->message;
    if (str_starts(name, "builtins."))
        name = str_skip(name, strlen("builtins."));
    return arena_text(arena, "%.*s%.*s%s", (int)(at - rule->message), rule->message,
                      (int)(name.len < 80 ? name.len : 80), name.ptr, at + strlen(hole));
}

static const struct source_rule *find_rule(const struct source_rules *rules, const char *id)
{
    for (uint32_t i = 0; i < rules->count; i++)
        if (strcmp(rules->list[i].id, id) == 0)
            return &rules->list[i];
    return NULL;
}

static bool is_said_by(const struct source_rules *rules, const struct finding *other,
                       const struct finding *finding)
{
    const struct source_rule *rule = find_rule(rules, other->rule);
    if (rule == NULL || rule->instead_of == NULL)
        return false;
    for (const struct json_value *id = rule->instead_of->first; id != NULL; id = id->next)
        if (str_is(id->text, finding->rule))
            return true;
    return false;
}

static bool is_before(uint32_t line, uint32_t column, uint32_t than_line, uint32_t than_column)
{
    return line < than_line || (line == than_line && column < than_column);
}

static bool is_within(const struct finding *inner, const struct finding *outer)
{
    return !is_before(inner->line, inner->column, outer->line, outer->column) &&
           is_before(inner->line, inner->column, outer->end_line, outer->end_column);
}

static bool is_settled(const struct source_rules *rules, const struct source_findings *findings,
                       uint32_t number)
{
    const struct finding *list = findings->list, *finding = &list[number];
    for (uint32_t i = 0; i < findings->count; i++)
        if (i != number && is_within(finding, &list[i]) && is_said_by(rules, &list[i], finding))
            return true;
    return false;
}

void source_rules_settle(const struct source_rules *rules, struct source_findings *findings)
{
    bool settled[FINDINGS_MAX];
    uint32_t kept = 0;
    for (uint32_t i = 0; i < findings->count; i++)
        settled[i] = is_settled(rules, findings, i);
    for (uint32_t i = 0; i < findings->count; i++)
        if (!settled[i])
            findings->list[kept++] = findings->list[i];
    findings->count = kept;
}

void source_rules_apply(const struct source_rules *rules, enum source_language_id language,
                        const struct source_fact *fact, struct source_findings *findings)
{
    struct str name;
    for (uint32_t i = 0; i < rules->count; i++) {
        const struct source_rule *rule = &rules->list[i];
        if (rule->off || (rule->languages & 1u << language) == 0 ||
            !rule_matches(rule->matcher, fact, &name))
            continue;
        const struct finding what = {
            .rule = rule->id,
            .message = message_of(rule, name, findings->arena),
            .severity = rule->severity,
            .confidence = fact->kind == FACT_PASSED ? SEVERITY_MEDIUM : rule->confidence,
            .cwe = rule->cwe,
        };
        source_findings_add(findings, &what, fact->start, fact->end);
    }
}
