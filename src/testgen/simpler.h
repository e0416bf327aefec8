/*
 * The programs that are a step simpler than one: a value made smaller, a statement or an option
 * left out. Which of them still does what it is there for, others find out.
 */
#pragma once

#include "testgen/program.h"

/* At most `max`, in a fixed order. */
uint32_t simpler_programs(struct arena *arena, const struct program *program, struct program *ret,
                          uint32_t max);
