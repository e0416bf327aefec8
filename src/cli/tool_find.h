/*
 * Where somebody's tool is installed, and how a box starts it. Found are programs of PATH below
 * /usr, which every box sees, those of a Python environment, and of a folder of node's modules:
 * what they live in comes along read-only.
 */
#pragma once

#include "base/arena.h"
#include "base/error.h"
#include "cli/tool_box.h"

/* Adds what the box must see and the words that start the tool. False, without an error (NONE), if
 * it is not there. */
[[nodiscard]] bool tool_find(const char *name, struct tool_box *box, struct error *err);
