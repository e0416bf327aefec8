/*
 * What `testudo chain` was told: its parts, each with the options of `testudo run`, between words
 * that join them; or a file with a request.
 *
 * The words that join are such wherever they stand, behind "--" as well: who lets strangers choose
 * words writes a request. They are no options of `run`, where words after the source belong to the
 * program.
 */
#pragma once

#include "cli/run_options.h"
#include "model/chain.h"

struct chain_options {
    struct chain_request request; /* of a file: after chain_options_load */
    struct run_options *parts;    /* as many; NULL: a file's */
    const char *request_path;     /* "-": standard input; NULL: parts */
    const char *out_dir;
    bool json, verbose, dry_run, help;
};

extern const struct option_table chain_option_table;

[[nodiscard]] bool chain_options_read(int argc, char **argv, struct arena *arena,
                                      struct chain_options *ret_options, struct error *err);

/* Reads the request, code from standard input, and environment files. */
[[nodiscard]] bool chain_options_load(struct chain_options *options, struct arena *arena,
                                      struct error *err);

/* What each part reads: one fd each, -1 for nothing, all the caller's to close but 0. */
[[nodiscard]] bool chain_options_open_inputs(const struct chain_options *options, int *ret_fds,
                                             struct error *err);
