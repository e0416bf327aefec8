/*
 * What `testudo doctor` has to say, in three forms: for people, as Markdown for a page, as JSON.
 */
#pragma once

#include "base/buf.h"
#include "cli/doctor_box.h"
#include "cli/doctor_host.h"
#include "cli/doctor_steps.h"

struct doctor_report {
    struct doctor_host host;
    bool ran; /* else error says why no box could be made */
    struct doctor_boxes boxes;
    struct error error;
    struct doctor_step steps[DOCTOR_STEPS_MAX];
    int step_count;
};

/* How many guarantees have this level. */
int doctor_count(const struct doctor_report *report, enum guarantee_level level);

void doctor_say(const struct doctor_report *report, bool colours, struct buf *out);
void doctor_say_markdown(const struct doctor_report *report, struct buf *out);
void doctor_say_json(const struct doctor_report *report, struct buf *out);
