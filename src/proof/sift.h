/*
 * What a case must add to be worth its place, by what the engine says that it proves: it reaches a
 * branch or kills a mutant, or else is its target's only test; that is more than a branch that the
 * project's own tests reach; and no case of the same target before it proves just the same.
 *
 * A mutant always counts: which of them the project's own tests kill is not known.
 */
#pragma once

#include "model/tested.h"

/* Marks those that do not; afterwards test_goal.own says what the project's own tests reach. */
void sift_suite(struct tested_module *module);
