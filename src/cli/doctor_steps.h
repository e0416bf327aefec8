/*
 * What a box is made of, tried one by one when no box can be made (or when asked for): each step in
 * a forked child of its own, so that the one which this host forbids is named, with its fix. The
 * steps leave nothing behind.
 */
#pragma once

#include "base/arena.h"
#include "base/error.h"
#include "cli/doctor_host.h"

enum { DOCTOR_STEPS_MAX = 24 };

struct doctor_step {
    const char *name, *text;
    bool needed; /* without it there are no boxes; else only weaker ones */
    bool tried;  /* else it builds on one that failed */
    bool ok;
    struct error error; /* when it was tried and failed */
    const char *fix;
};

/* Returns how many. */
int doctor_try_steps(const struct doctor_host *host,
                     struct doctor_step ret_steps[DOCTOR_STEPS_MAX]);
