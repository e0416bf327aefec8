/*
 * Where we keep things: /var/lib/testudo and /var/cache/testudo for root, the XDG folders for a
 * plain user; TESTUDO_STATE overrides both. Folders of another owner, or that others may write,
 * are refused: what lies there becomes a box's root file system.
 *
 * What all of a user's Testudos on this host must agree about lies in /run/testudo (or below
 * XDG_RUNTIME_DIR), whatever TESTUDO_STATE says, until the host is started anew.
 */
#pragma once

#include "base/error.h"

enum state_kind { STATE_LASTING, STATE_CACHE, STATE_OF_HOST };

/* The folder, made if need be. */
[[nodiscard]] int state_open(enum state_kind kind, struct error *err);

/* A folder below it, made if need be. */
[[nodiscard]] int state_open_below(int state, const char *name, struct error *err);

/* Its path, for messages; the caller frees it. */
char *state_path(enum state_kind kind);
