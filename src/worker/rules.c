/*
 * The operation `rules`: reads the rules of the folders {"rules": [folder]} and tells each, a line
 * of JSON each. Rules of a project are a stranger's, so they too are read in a box.
 */
#include <unistd.h>

#include "base/json_write.h"
#include "source/characters.h"
#include "source/rules.h"
#include "sys/fd.h"
#include "worker/operation.h"

enum { LINE_BYTES_MAX = 4 << 20 };

static void add_list(struct json_writer *json, const char *key, const struct json_value *list)
{
    json_key(json, key);
    json_array(json);
    for (const struct json_value *item = list != NULL ? list->first : NULL; item != NULL;
         item = item->next)
        json_str(json, item->text);
    json_array_end(json);
}

static bool tell(const struct source_rule *rule, struct error *err)
{
    auto_buf struct buf line;
    struct json_writer json;
    buf_init(&line, LINE_BYTES_MAX);
    json_start(&json, &line);
    json_object(&json);
    json_add_text(&json, "id", rule->id);
    json_add_text(&json, "group", rule->group);
    json_add_text(&json, "severity", severity_word(rule->severity));
    json_add_text(&json, "confidence", severity_word(rule->confidence));
    json_key(&json, "cwe");
    json_int(&json, rule->cwe);
    json_add_text(&json, "message", rule->message);
    json_add_text(&json, "why", rule->why);
    json_add_text(&json, "fix", rule->fix);
    add_list(&json, "bad", rule->bad);
    add_list(&json, "good", rule->good);
    json_object_end(&json);
    buf_add_byte(&line, '\n');
    return fd_write_all(STDOUT_FILENO, buf_str(&line), err);
}

/* Those that no file can say: they look at characters, not at what code means. */
static bool tell_of_characters(struct error *err)
{
    for (enum character_rule k = 0; k < CHARACTER_RULE_COUNT; k++) {
        const struct character_text *text = character_rule_text(k);
        const struct source_rule rule = {
            .id = text->what.rule,
            .group = "characters",
            .message = text->what.message,
            .why = text->why,
            .fix = text->fix,
            .severity = text->what.severity,
            .confidence = text->what.confidence,
            .cwe = text->what.cwe,
        };
        if (!tell(&rule, err))
            return false;
    }
    return true;
}

static bool tell_all(const struct source_rules *rules, struct error *err)
{
    for (uint32_t i = 0; i < rules->count; i++)
        if (!tell(&rules->list[i], err))
            return false;
    return true;
}

static bool run(const struct json_value *options, struct arena *arena, struct error *err)
{
    struct source_rules rules;
    const struct json_value *list = json_get(options, "rules");
    bool ok = true;
    source_rules_init(&rules, arena);
    for (const struct json_value *item = list != NULL ? list->first : NULL; ok && item != NULL;
         item = item->next)
        ok = item->kind == JSON_STRING && source_rules_add_folder(&rules, item->text.ptr, err);
    ok = ok && tell_all(&rules, err) && tell_of_characters(err);
    source_rules_done(&rules);
    return ok;
}

const struct operation operation_rules = {"rules", run, NULL};
