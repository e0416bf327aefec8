#include "report/checked.h"

static void add_number(struct json_writer *json, const char *key, int64_t number)
{
    json_key(json, key);
    json_int(json, number);
}

static void write_summary(struct json_writer *json, const struct checked *checked)
{
    struct checked_sums sums = checked_sum(checked);
    json_object(json);
    json_key(json, "risk");
    json_text(json, severity_word(sums.risk));
    json_key(json, "complete");
    json_bool(json, sums.states[CHECKED_WHOLE] == checked->file_count && sums.left_out == 0);
    add_number(json, "files", checked->file_count);
    add_number(json, "partial", sums.states[CHECKED_PARTIAL]);
    add_number(json, "skipped", sums.states[CHECKED_SKIPPED]);
    add_number(json, "lines", sums.lines);
    add_number(json, "syntax_errors", sums.syntax);
    for (enum severity severity = SEVERITY_LOW; severity < SEVERITY_COUNT; severity++)
        add_number(json, severity_word(severity), sums.found[severity]);
    add_number(json, "ignored", sums.ignored);
    add_number(json, "known", sums.known);
    json_object_end(json);
}

void checked_write_json(struct buf *out, const struct checked *checked)
{
    struct json_writer json;
    json_start(&json, out);
    json_object(&json);
    json_key(&json, "files");
    json_array(&json);
    for (uint32_t i = 0; i < checked->file_count; i++)
        checked_write_file(&json, &checked->files[i]);
    json_array_end(&json);
    json_key(&json, "summary");
    write_summary(&json, checked);
    json_object_end(&json);
    buf_add_byte(out, '\n');
}
