/*
 * The search: the worker and the code under test in a box each, joined by a socket. What the worker
 * leaves becomes the module's suite.
 */
#pragma once

#include "proof/proof.h"

struct pair;

[[nodiscard]] struct pair *pair_start(const struct proof_job *job, const char *scratch,
                                      void (*done)(void *cookie, struct pair *pair),
                                      void (*progress)(void *cookie, struct str line), void *cookie,
                                      struct error *err);
void pair_cancel(struct pair *pair);

/* In `done`: puts the suite, and a trouble if there was one, into the module. */
void pair_take(struct pair *pair);
void pair_free(struct pair *pair);
