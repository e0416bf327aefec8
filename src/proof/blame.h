/*
 * Which of the changes of a perturbation a test does not hold under: tests that flipped go alone,
 * without the suite, once as they stand and once under each single change. Their reasons then say
 * what it was.
 */
#pragma once

#include "proof/check.h"

struct blame;

/* NULL without an error where no test flipped. `done` is called once, from the loop. */
[[nodiscard]] struct blame *blame_start(const struct proof_job *job, const char *scratch,
                                        void (*done)(void *cookie, struct blame *blame),
                                        void *cookie, struct error *err);
void blame_cancel(struct blame *blame); /* `done` follows */
void blame_free(struct blame *blame);
