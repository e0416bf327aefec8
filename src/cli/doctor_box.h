/*
 * The proof of `testudo doctor`: real boxes, made as for any run. The first prints what it sees of
 * itself, the others go past one limit each. What a box promises and what was seen must agree; a
 * guarantee that was seen broken counts as missing, whatever was promised.
 */
#pragma once

#include "base/arena.h"
#include "base/error.h"
#include "model/isolation.h"

struct doctor_proof {
    bool tested;
    const char *broken; /* what was seen instead, or NULL */
};

struct doctor_boxes {
    struct isolation isolation; /* as promised */
    struct doctor_proof proofs[GUARANTEE_COUNT];
    int count; /* of the boxes that ran */
};

/* False: no box could be made. The strings live in the arena. */
[[nodiscard]] bool doctor_run_boxes(struct doctor_boxes *ret_boxes, struct arena *arena,
                                    struct error *err);

/* After the proof. */
enum guarantee_level doctor_level(const struct doctor_boxes *boxes, enum guarantee which);
const char *doctor_why(const struct doctor_boxes *boxes, enum guarantee which);
const char *doctor_fix(const struct doctor_boxes *boxes, enum guarantee which);
