#include "report/checked.h"

static void write_summary(struct json_writer *json, const struct checked *checked)
{
    struct checked_sums sums = checked_sum(checked);
    json_object(json);
    json_key(json, "risk");
    json_text(json, severity_word(sums.risk));
    json_key(json, "complete");
    json_bool(json, checked_is_whole(checked));
    json_add_int(json, "files", checked->file_count);
    json_add_int(json, "partial", sums.states[CHECKED_PARTIAL]);
    json_add_int(json, "skipped", sums.states[CHECKED_SKIPPED]);
    json_add_int(json, "lines", sums.lines);
    json_add_int(json, "syntax_errors", sums.syntax);
    for (enum severity severity = SEVERITY_LOW; severity < SEVERITY_COUNT; severity++)
        json_add_int(json, severity_word(severity), sums.found[severity]);
    json_add_int(json, "ignored", sums.ignored);
    json_add_int(json, "known", sums.known);
    json_key(json, "left_out");
    left_out_write_json(json, &checked->trees);
    json_object_end(json);
}

void checked_add_json(struct json_writer *json, const struct checked *checked)
{
    json_key(json, "files");
    json_array(json);
    for (uint32_t i = 0; i < checked->file_count; i++)
        checked_write_file(json, &checked->files[i]);
    json_array_end(json);
    json_key(json, "summary");
    write_summary(json, checked);
}

void checked_write_json(struct buf *out, const struct checked *checked)
{
    struct json_writer json;
    json_start(&json, out);
    json_object(&json);
    checked_add_json(&json, checked);
    json_object_end(&json);
    buf_add_byte(out, '\n');
}
