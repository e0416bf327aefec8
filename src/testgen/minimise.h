/*
 * Chosen tests become simpler: shorter texts, smaller numbers, fewer items, statements and options,
 * while each still reaches the goals and kills the mutants that it is there for. What replaces an
 * exam is an exam of its own, so nothing is claimed that was not seen.
 */
#pragma once

#include "testgen/matrix.h"

/* Of the chosen exams those that were not tried before. False: the guest is lost. */
[[nodiscard]] bool minimise_chosen(struct matrix *matrix, uint64_t executions_end,
                                   struct error *err);
