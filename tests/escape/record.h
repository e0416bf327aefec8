/*
 * What came of all trials, kept for docs/attacks.md, which is written by the run and never by hand.
 */
#pragma once

#include "tests/escape/escape.h"

void record_way(const struct attack *attack, enum outcome outcome);
void record_control(const struct attack *attack, bool layers_off, enum outcome outcome);
void record_layer(const char *word, bool left_out, enum outcome outcome);

[[nodiscard]] bool record_write(const char *path, struct error *err);

/* Every attack has its line in the file. */
[[nodiscard]] bool record_is_complete(const char *path, struct error *err);
