/*
 * Characters that make a source look other than it is, which no grammar sees: controls that turn
 * the direction of writing, letters that show nothing, and words in which a letter of another
 * alphabet stands for a Latin one. Each is told of where it stands, as a rule of its own.
 */
#pragma once

#include "source/findings.h"

enum character_rule {
    CHARACTER_DIRECTION,
    CHARACTER_HIDDEN,
    CHARACTER_MIXED,
    CHARACTER_RULE_COUNT,
};

/* What is said of each, as the files of rules say it of theirs. */
struct character_text {
    struct finding what;
    const char *why, *fix;
};

const char *character_rule_id(enum character_rule rule);
const struct character_text *character_rule_text(enum character_rule rule);

/* `off`: bit 1 << rule for those that are not looked for. */
void source_characters_find(struct source_findings *findings, uint32_t off);
