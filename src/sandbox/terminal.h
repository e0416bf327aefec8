/*
 * A terminal of the box's own: made inside, in the box's own devpts, by its first process while
 * that is not yet the guest's program; its far end is handed out. So the caller's terminal is
 * never inside, whatever the program does to its own.
 */
#pragma once

#include "base/error.h"
#include "model/box.h"

/* The near end, which has become the session's; the far end goes to the broker. Called by a leader
 * of a session, with the guest's ids and files; allocates nothing. -1 on failure. */
[[nodiscard]] int terminal_make(const struct box_spec *spec, int talk, struct error *err);
