/*
 * What a box sees of itself: the script that prints it, in nothing but a shell's own words, and the
 * judge of what was printed, line by line "KEY value". The judge reads what a box wrote, and trusts
 * nothing of it but its absence of surprises.
 */
#pragma once

#include "base/arena.h"
#include "base/str.h"
#include "cli/doctor_box.h"

extern const char doctor_look_script[];

void doctor_judge_look(struct str printed, const struct isolation *isolation, struct arena *arena,
                       struct doctor_proof proofs[GUARANTEE_COUNT]);
