/*
 * The search: the worker and the code under test in a box each, joined by a socket. What the worker
 * leaves becomes the module's suite.
 */
#pragma once

#include "proof/proof.h"

struct search;

[[nodiscard]] struct search *search_start(const struct proof_job *job, const char *scratch,
                                          void (*done)(void *cookie, struct search *search),
                                          void (*progress)(void *cookie, struct str line),
                                          void *cookie, struct error *err);
void search_cancel(struct search *search);

/* In `done`: puts the suite, and a trouble if there was one, into the module. */
void search_take(struct search *search);
void search_drop(struct search *search);
