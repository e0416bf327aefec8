/*
 * Where we keep things: /var/lib/testudo and /var/cache/testudo for root, the XDG folders for a
 * plain user; TESTUDO_STATE overrides both. Folders of another owner, or that others may write,
 * are refused: what lies there becomes a box's root file system.
 */
#pragma once

#include "base/error.h"

enum state_kind { STATE_LASTING, STATE_CACHE };

/* The folder, made if need be. */
[[nodiscard]] int state_open(enum state_kind kind, struct error *err);

/* A folder below it, made if need be. */
[[nodiscard]] int state_open_below(int state, const char *name, struct error *err);

/* Its path, for messages; the caller frees it. */
char *state_path(enum state_kind kind);
