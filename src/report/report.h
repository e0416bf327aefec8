/*
 * What `testudo test` found, in the forms that others read. Each writes one whole text; text that
 * came out of a box is escaped as its form wants it, so that it cannot become markup, a control
 * sequence or another value.
 */
#pragma once

#include "base/buf.h"
#include "model/tested.h"

void report_write_markdown(struct buf *out, const struct tested_project *project);
void report_write_json(struct buf *out, const struct tested_project *project);
void report_write_junit(struct buf *out, const struct tested_project *project);
void report_write_cobertura(struct buf *out, const struct tested_project *project);
void report_write_lcov(struct buf *out, const struct tested_project *project);

/* For a terminal: ten lines or so. `folder` is where the reports lie. */
void report_write_summary(struct buf *out, const struct tested_project *project,
                          const char *folder);

/* "31/40 (77 %)", "–" where there is nothing. */
void report_add_share(struct buf *out, uint32_t part, uint32_t whole);

/* Why a target has no test: as the engine says, or what its cases were dropped for. Empty if it has
 * one. */
void report_add_why(struct buf *out, const struct test_suite *suite,
                    const struct test_target *target);

/* By coverage.py, or else by our own goals. The caller frees the lines, which are in order. */
struct report_lines {
    struct tested_line *lines;
    uint32_t count;
};

struct report_lines report_lines_of(const struct tested_module *module);
