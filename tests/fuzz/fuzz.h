/*
 * A fuzz target is tests/fuzz/NAME_fuzz.c, which defines this function for one parser. It returns
 * 0, or -1 for an input that need not be kept. Its corpus is tests/fuzz/corpus/NAME/.
 *
 * `make fuzz T=NAME S=60` lets libFuzzer search; `make fuzz-corpus` replays what was found.
 */
#pragma once

#include <stddef.h>
#include <stdint.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
