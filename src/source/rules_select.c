/* Which rules are looked for. */
#include "source/rules.h"

#include "source/characters.h"

static bool is_meant(struct str pattern, const char *id)
{
    struct str name = str_from(id);
    if (!str_ends(pattern, "*"))
        return str_equal(pattern, name);
    return name.len >= pattern.len - 1 && memcmp(pattern.ptr, id, pattern.len - 1) == 0;
}

static bool is_listed(const struct json_value *list, const char *id)
{
    for (const struct json_value *item = list != NULL ? list->first : NULL; item != NULL;
         item = item->next)
        if (is_meant(item->text, id))
            return true;
    return false;
}

/* A name that was mistyped would otherwise make all look clean. */
static bool check_ids(const struct source_rules *rules, const struct json_value *list,
                      struct error *err)
{
    for (const struct json_value *item = list != NULL ? list->first : NULL; item != NULL;
         item = item->next) {
        bool found = false;
        for (enum character_rule k = 0; k < CHARACTER_RULE_COUNT; k++)
            found = found || is_meant(item->text, character_rule_id(k));
        for (uint32_t i = 0; i < rules->count; i++)
            found = found || is_meant(item->text, rules->list[i].id);
        if (!found)
            return error_set(err, ERROR_USAGE, "there is no rule '%.80s'", item->text.ptr);
    }
    return true;
}

bool source_rules_select(struct source_rules *rules, const struct json_value *select,
                         const struct json_value *ignore, struct error *err)
{
    bool all = select == NULL || select->count == 0;
    if (!check_ids(rules, select, err) || !check_ids(rules, ignore, err))
        return false;
    for (uint32_t i = 0; i < rules->count; i++) {
        const char *id = rules->list[i].id;
        rules->list[i].off = (!all && !is_listed(select, id)) || is_listed(ignore, id);
    }
    for (enum character_rule k = 0; k < CHARACTER_RULE_COUNT; k++)
        if ((!all && !is_listed(select, character_rule_id(k))) ||
            is_listed(ignore, character_rule_id(k)))
            rules->characters_off |= 1u << k;
    return true;
}
