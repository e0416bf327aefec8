/*
 * How runtimes that size themselves by the machine are told what their box has. The same words
 * start a program and a runtime that waits for one, so that nobody can tell the two apart.
 */
#pragma once

#include "base/arena.h"
#include "model/box.h"

enum runtime { RUNTIME_NODE, RUNTIME_JAVA };

/* The program and its options, before whatever names the code. */
void runtime_add_command(enum runtime runtime, const char *program, const struct limits *limits,
                         struct words *argv, struct arena *arena);
