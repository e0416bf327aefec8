/*
 * Collects the findings of one source. Who adds one says where it lies; place, excerpt and marks
 * are made of the text. The strings of `what` are lent until the arena goes; long ones are cut.
 */
#pragma once

#include "base/arena.h"
#include "model/checked.h"
#include "source/text.h"

struct source_findings {
    const struct source_text *text;
    struct arena *arena;
    struct finding *list; /* of FINDINGS_MAX */
    uint32_t count, left_out;
};

void source_findings_init(struct source_findings *findings, const struct source_text *text,
                          struct arena *arena);

/* From `what` rule, message, severity, confidence and cwe are taken; bytes [start, end). */
void source_findings_add(struct source_findings *findings, const struct finding *what,
                         uint32_t start, uint32_t end);

/* By place, and each only once. */
void source_findings_sort(struct source_findings *findings);
