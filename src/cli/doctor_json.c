#include "base/json_write.h"
#include "cli/doctor_report.h"

/* Empty texts are null. */
static void pair(struct json_writer *json, const char *key, const char *value)
{
    json_key(json, key);
    json_text(json, value != NULL && value[0] != '\0' ? value : NULL);
}

static void write_guarantee(const struct doctor_boxes *boxes, enum guarantee which,
                            struct json_writer *json)
{
    json_object(json);
    pair(json, "name", guarantee_word(which));
    pair(json, "text", guarantee_text(which));
    pair(json, "level", guarantee_level_word(doctor_level(boxes, which)));
    pair(json, "mechanism", mechanism_text(boxes->isolation.state[which].mechanism));
    json_key(json, "tested");
    json_bool(json, boxes->proofs[which].tested);
    pair(json, "why", doctor_why(boxes, which));
    pair(json, "fix", doctor_fix(boxes, which));
    json_object_end(json);
}

static void write_guarantees(const struct doctor_report *report, struct json_writer *json)
{
    json_key(json, "guarantees");
    json_array(json);
    for (enum guarantee i = 0; report->ran && i < GUARANTEE_COUNT; i++)
        write_guarantee(&report->boxes, i, json);
    json_array_end(json);
}

static void write_step(const struct doctor_step *step, struct json_writer *json)
{
    json_object(json);
    pair(json, "name", step->name);
    pair(json, "text", step->text);
    json_key(json, "needed");
    json_bool(json, step->needed);
    json_key(json, "tried");
    json_bool(json, step->tried);
    json_key(json, "ok");
    json_bool(json, step->ok);
    pair(json, "why", step->error.text);
    pair(json, "fix", step->fix);
    json_object_end(json);
}

static void write_steps(const struct doctor_report *report, struct json_writer *json)
{
    if (report->step_count == 0)
        return;
    json_key(json, "steps");
    json_array(json);
    for (int i = 0; i < report->step_count; i++)
        write_step(&report->steps[i], json);
    json_array_end(json);
}

static void write_error(const struct error *err, struct json_writer *json)
{
    json_key(json, "error");
    json_object(json);
    pair(json, "kind", error_kind_word(err->kind));
    pair(json, "code", error_kind_word(err->kind));
    pair(json, "stage", err->stage);
    json_key(json, "errno");
    json_int(json, err->number);
    pair(json, "message", err->text);
    pair(json, "hint", err->hint);
    json_object_end(json);
}

void doctor_say_json(const struct doctor_report *report, struct buf *out)
{
    struct json_writer json;
    json_start(&json, out);
    json_object(&json);
    json_key(&json, "ok");
    json_bool(&json, report->ran && doctor_count(report, GUARANTEE_MISSING) == 0);
    pair(&json, "mode", report->host.mode == MODE_ROOT ? "root" : "rootless");
    json_key(&json, "host");
    doctor_host_json(&report->host, &json);
    write_guarantees(report, &json);
    write_steps(report, &json);
    if (!report->ran)
        write_error(&report->error, &json);
    json_object_end(&json);
    buf_add_byte(out, '\n');
}
