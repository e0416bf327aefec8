/*
 * Reads a suite.json, which a stranger may have written: sizes are bounded, every index is checked,
 * names of tests are plain ones, lines are lines. What is wrong is an ERROR_INPUT.
 */
#pragma once

#include "base/arena.h"
#include "base/error.h"
#include "model/test_suite.h"

enum { SUITE_BYTES_MAX = 64 << 20, SUITE_ARENA_BYTES = 1 << 30 };

[[nodiscard]] bool suite_read(struct arena *arena, struct str text, struct test_suite *ret,
                              struct error *err);
