/* SARIF 2.1.0, as code hosts take it. Names become relative URIs, in which only what is plain
 * stands as it is. */
#include "report/checked.h"

#include <stdio.h>
#include <string.h>

#include "base/mem.h"
#include "model/fingerprint.h"

static void begin(struct json_writer *json, const char *key)
{
    json_key(json, key);
    json_object(json);
}

static const char *level_of(const struct finding *finding)
{
    return finding->severity >= SEVERITY_HIGH     ? "error"
           : finding->severity == SEVERITY_MEDIUM ? "warning"
                                                  : "note";
}

/* What code hosts sort by: from 7.0 on it is high, from 9.0 on critical. */
static const char *score_of(enum severity severity)
{
    static const char *const scores[] = {
        [SEVERITY_NONE] = "0.0", [SEVERITY_LOW] = "3.0",      [SEVERITY_MEDIUM] = "5.5",
        [SEVERITY_HIGH] = "8.0", [SEVERITY_CRITICAL] = "9.5",
    };
    return scores[severity];
}

static void add_uri(struct json_writer *json, const char *name)
{
    auto_buf struct buf uri;
    buf_init(&uri, 1 << 16);
    for (const char *c = strncmp(name, "./", 2) == 0 ? name + 2 : name; *c != '\0'; c++) {
        bool plain = (*c >= 'a' && *c <= 'z') || (*c >= 'A' && *c <= 'Z') ||
                     (*c >= '0' && *c <= '9') || strchr("/-._~", *c) != NULL;
        if (plain)
            buf_add_byte(&uri, *c);
        else
            buf_printf(&uri, "%%%02X", (unsigned char)*c);
    }
    json_key(json, "uri");
    json_str(json, buf_str(&uri));
}

/* ---- rules ----------------------------------------------------------------------------------- */

enum { RULES_SHOWN_MAX = 1024 };

struct shown_rules {
    uint32_t count;
    const struct finding *list[RULES_SHOWN_MAX];
};

static uint32_t index_of(const struct shown_rules *rules, const struct finding *finding)
{
    uint32_t i = 0;
    while (i < rules->count && strcmp(rules->list[i]->rule, finding->rule) != 0)
        i++;
    return i;
}

static void collect(struct shown_rules *rules, const struct checked *checked)
{
    for (uint32_t i = 0; i < checked->file_count; i++)
        for (uint32_t k = 0; k < checked->files[i].finding_count; k++) {
            const struct finding *finding = &checked->files[i].findings[k];
            if (index_of(rules, finding) == rules->count && rules->count < RULES_SHOWN_MAX)
                rules->list[rules->count++] = finding;
        }
}

static void write_rule(struct json_writer *json, const struct finding *finding)
{
    json_object(json);
    json_add_text(json, "id", finding->rule);
    begin(json, "defaultConfiguration");
    json_add_text(json, "level", level_of(finding));
    json_object_end(json);
    begin(json, "properties");
    json_add_text(json, "precision", severity_word(finding->confidence));
    if (!finding_is_syntax(finding))
        json_add_text(json, "security-severity", score_of(finding->severity));
    json_key(json, "tags");
    json_array(json);
    json_text(json, finding_is_syntax(finding) ? "correctness" : "security");
    if (finding->cwe > 0) {
        char tag[40];
        snprintf(tag, sizeof tag, "external/cwe/cwe-%03u", finding->cwe);
        json_text(json, tag);
    }
    json_array_end(json);
    json_object_end(json);
    json_object_end(json);
}

static void write_tool(struct json_writer *json, const struct shown_rules *rules)
{
    begin(json, "tool");
    begin(json, "driver");
    json_add_text(json, "name", "testudo");
    json_key(json, "rules");
    json_array(json);
    for (uint32_t i = 0; i < rules->count; i++)
        write_rule(json, rules->list[i]);
    json_array_end(json);
    json_object_end(json);
    json_object_end(json);
}

/* ---- results --------------------------------------------------------------------------------- */

static void write_place(struct json_writer *json, const struct checked_file *file,
                        const struct finding *finding)
{
    json_key(json, "locations");
    json_array(json);
    json_object(json);
    begin(json, "physicalLocation");
    begin(json, "artifactLocation");
    add_uri(json, file->name);
    json_object_end(json);
    begin(json, "region");
    json_add_int(json, "startLine", finding->line);
    json_add_int(json, "startColumn", finding->column);
    json_add_int(json, "endLine", finding->end_line);
    json_add_int(json, "endColumn", finding->end_column);
    json_object_end(json);
    json_object_end(json);
    json_object_end(json);
    json_array_end(json);
}

static void write_suppression(struct json_writer *json, const struct finding *finding)
{
    if (finding->ignored == NULL && !finding->known)
        return;
    json_key(json, "suppressions");
    json_array(json);
    json_object(json);
    json_add_text(json, "kind", finding->ignored != NULL ? "inSource" : "external");
    if (finding->ignored != NULL)
        json_add_text(json, "justification", finding->ignored);
    json_object_end(json);
    json_array_end(json);
}

static void write_result(struct json_writer *json, const struct checked_file *file, uint32_t number,
                         const struct shown_rules *rules)
{
    const struct finding *finding = &file->findings[number];
    char print[FINGERPRINT_HEX];
    fingerprint_of(file, number, print);
    json_object(json);
    json_add_text(json, "ruleId", finding->rule);
    if (index_of(rules, finding) < rules->count)
        json_add_int(json, "ruleIndex", index_of(rules, finding));
    json_add_text(json, "level", level_of(finding));
    begin(json, "message");
    json_add_text(json, "text", finding->message);
    json_object_end(json);
    write_place(json, file, finding);
    begin(json, "partialFingerprints");
    json_add_text(json, "testudo/v1", print);
    json_object_end(json);
    write_suppression(json, finding);
    json_object_end(json);
}

/* What was not wholly looked at is told of, so that nobody takes it for clean. */
static void write_invocation(struct json_writer *json, const struct checked *checked)
{
    json_key(json, "invocations");
    json_array(json);
    json_object(json);
    json_key(json, "executionSuccessful");
    json_bool(json, true);
    json_key(json, "toolExecutionNotifications");
    json_array(json);
    for (uint32_t i = 0; i < checked->file_count; i++) {
        const struct checked_file *file = &checked->files[i];
        if (file->state == CHECKED_WHOLE)
            continue;
        auto_free char *text =
            mem_text("%s: %s: %s", file->name,
                     file->state == CHECKED_PARTIAL ? "only partly looked at" : "not looked at",
                     file->why != NULL ? file->why : "");
        json_object(json);
        json_add_text(json, "level", "warning");
        begin(json, "message");
        json_add_text(json, "text", text);
        json_object_end(json);
        json_object_end(json);
    }
    json_array_end(json);
    json_object_end(json);
    json_array_end(json);
}

void checked_write_sarif(struct buf *out, const struct checked *checked)
{
    struct json_writer json;
    auto_free struct shown_rules *rules = mem_alloc(sizeof *rules);
    collect(rules, checked);
    json_start(&json, out);
    json_object(&json);
    json_add_text(&json, "$schema", "https://json.schemastore.org/sarif-2.1.0.json");
    json_add_text(&json, "version", "2.1.0");
    json_key(&json, "runs");
    json_array(&json);
    json_object(&json);
    write_tool(&json, rules);
    json_add_text(&json, "columnKind", "unicodeCodePoints");
    write_invocation(&json, checked);
    json_key(&json, "results");
    json_array(&json);
    for (uint32_t i = 0; i < checked->file_count; i++)
        for (uint32_t k = 0; k < checked->files[i].finding_count; k++)
            write_result(&json, &checked->files[i], k, rules);
    json_array_end(&json);
    json_object_end(&json);
    json_array_end(&json);
    json_object_end(&json);
    buf_add_byte(out, '\n');
}
