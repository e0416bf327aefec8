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
