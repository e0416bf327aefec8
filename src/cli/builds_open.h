/*
 * The store of what compilers made (run/store.h), where this user has it: the folder "builds" of
 * his cache (sandbox/state.h). TESTUDO_BUILDS says how many bytes it may have, such as 4G; "0"
 * is no store.
 */
#pragma once

#include "base/error.h"
#include <stdint.h>

struct store;

#define BUILDS_VARIABLE "TESTUDO_BUILDS"

/* What the variable says, or the usual. False: it says nothing that can be understood. */
[[nodiscard]] bool builds_bytes_max(int64_t *ret_bytes, struct error *err);

/* NULL with ERROR_NONE: it was told that there is none. */
[[nodiscard]] struct store *builds_open(struct error *err);

/* For runs, which go on without a store: why there is none does not matter to them. */
struct store *builds_open_for_runs(void);

/* For the cleanup attribute. */
void builds_close(struct store **store);
