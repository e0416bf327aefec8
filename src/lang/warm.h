/*
 * Can a step run in an interpreter that has started already, and of which kind? Only where nobody
 * could tell the difference: the interpreter's own options and those variables that it reads at its
 * start must be what the waiting one was started with; only a hash seed can be any number. A parked
 * runtime has its working folder, too, and was told its limits.
 */
#pragma once

#include "model/plan.h"

enum warm lang_warm(const struct plan_step *step);
