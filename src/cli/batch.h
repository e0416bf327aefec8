/*
 * testudo run --batch: run requests in, a JSON object a line; results out, a line each.
 *
 * Requests are read as fast as there is room to run them and results are taken: at most `jobs` run
 * at once, and nothing is begun while a megabyte of results waits for its reader. Each request has
 * a box and a work folder of its own; all share one broker, which lives as long as the batch.
 *
 * A line that cannot be used, and a failure of ours, give {"index": …, "error": …} in their place,
 * and the batch goes on. A signal cancels what runs: its results are printed too.
 */
#pragma once

#include "cli/batch_options.h"

/* The exit status. */
int batch_run(const struct batch_options *options);
