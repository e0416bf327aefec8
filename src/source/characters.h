/*
 * Characters that make a source look other than it is: controls that change the direction of
 * writing, which no grammar sees. Each line that has one is told of, as rule "hidden-direction".
 */
#pragma once

#include "source/findings.h"

void source_characters_find(struct source_findings *findings);
