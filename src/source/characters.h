/*
 * Characters that make a source look other than it is, which no grammar sees: controls that turn
 * the direction of writing, letters that show nothing, and words in which a letter of another
 * alphabet stands for a Latin one. Each is told of where it stands, as a rule of its own.
 */
#pragma once

#include "source/findings.h"

/* NAME, id of the rule */
#define CHARACTER_RULES(X)                                                                         \
    X(DIRECTION, "hidden-direction")                                                               \
    X(HIDDEN, "hidden-character")                                                                  \
    X(MIXED, "mixed-alphabets")

enum character_rule {

#define X(name, id) CHARACTER_##name,
    CHARACTER_RULES(X)
#undef X
        CHARACTER_RULE_COUNT,
};

const char *character_rule_id(enum character_rule rule);

/* `off`: bit 1 << rule for those that are not looked for. */
void source_characters_find(struct source_findings *findings, uint32_t off);
