/*
 * testudo run --batch, testudo check --batch: requests in, a JSON object a line; results out, a
 * line each. What a request is, and what is done with it, is the trade's (batch_item.h).
 *
 * Requests are read as fast as there is room to run them and results are taken: at most `jobs` run
 * at once, and nothing is begun while a megabyte of results waits for its reader. Each request has
 * a box and a work folder of its own; all share one broker, which lives as long as the batch.
 *
 * A line that cannot be used, and a failure of ours, give {"index": …, "error": …} in their place,
 * and the batch goes on. A signal cancels what runs: its results are printed too.
 */
#pragma once

#include "cli/batch_item.h"
#include "cli/batch_options.h"

/* The exit status. */
int batch_run(const struct batch_options *options, const struct batch_trade *trade);
