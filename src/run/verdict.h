/* From the facts of a box's end to the verdict, and to one sentence that says it. */
#pragma once

#include "base/arena.h"
#include "model/run_result.h"

/* Fills in verdict, exit_code and signal from stage->end. */
void run_judge(struct run_stage *stage, const struct limits *limits);

/* "took longer than its time limit of 5 s" */
const char *run_message(const struct run_stage *stage, const struct limits *limits,
                        bool of_compiler, struct arena *arena);
