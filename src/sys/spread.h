/*
 * Starting a child on another processor. The kernel leaves a forked child on its parent's processor
 * until the parent sleeps; where both have work to do at once, that costs the whole overlap.
 *
 * The parent takes stock before the fork and pushes after it; the child, first of all, lets itself
 * go wherever the parent may. Nobody is pushed while the machine is busy. It is a matter of speed
 * only: what fails changes nothing.
 */
#pragma once

#include <sched.h>
#include <stdbool.h>
#include <sys/types.h>

struct spread {
    cpu_set_t allowed; /* to the parent, and so to the child in the end */
    bool useful;       /* there is more than one */
};

struct spread spread_begin(void);
void spread_push(const struct spread *spread, pid_t child);
void spread_arrive(const struct spread *spread);
