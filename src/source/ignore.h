/*
 * Comments by which a source's author says that a finding is meant:
 *
 *     eval(code)  # testudo: ignore python-eval the text is our own
 *
 * on the finding's line, or alone on the line before it. A rule must be named, and a reason given;
 * otherwise the comment counts for nothing. Ignored findings stay in the result, with the reason.
 */
#pragma once

#include "source/findings.h"

void source_ignore_apply(struct source_findings *findings);
