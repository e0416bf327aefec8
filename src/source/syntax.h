/*
 * What a text breaks of its language's grammar, as findings of rule FINDING_SYNTAX: where it shows
 * first, and a plain sentence about what is probably wrong. One error often has many consequences,
 * so of each place that cannot be understood one thing is said, and no more than SYNTAX_MAX in all.
 */
#pragma once

#include "source/findings.h"
#include "source/tree.h"

enum { SYNTAX_MAX = 20 };

void source_syntax_find(const struct source_tree *tree, struct source_findings *findings);
