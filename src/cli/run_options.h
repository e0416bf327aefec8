/*
 * What `testudo run` was told. Reading the words touches no file except to see whether one exists
 * (PATH=NAME is a path if there is such a file); loading then reads environment files, and code
 * from standard input.
 *
 * A flag given twice counts once, the last time, but for those that add: --env, --env-file, --file,
 * --input, --out, --accept-missing. After the source, words belong to the program.
 */
#pragma once

#include "base/arena.h"
#include "base/error.h"
#include "cli/batch_options.h"
#include "cli/options.h"
#include "model/run_request.h"

/* What the arena must hold: the lists and the code. */
enum { RUN_CODE_BYTES_MAX = 16 << 20, RUN_ARENA_BYTES = 64 << 20 };

struct run_options {
    struct run_request request;
    struct words env_files;
    struct batch_options batch;
    const char *stdin_path; /* or NULL: ours */
    const char *policy;     /* or NULL: none */
    bool code_from_stdin;
    bool json, verbose, dry_run, ask, help;
};

extern const struct option_table run_option_table;

[[nodiscard]] bool run_options_read(int argc, char **argv, struct arena *arena,
                                    struct run_options *ret_options, struct error *err);
[[nodiscard]] bool run_options_load(struct run_options *options, int stdin_fd, struct arena *arena,
                                    struct error *err);

/* --tty: what it excludes, what the program is told of our terminal, and a language alone means its
 * prompt. */
[[nodiscard]] bool run_options_add_terminal(struct run_options *options, struct arena *arena,
                                            struct error *err);

/* Opens what the guest reads: a fd of the caller's, -1 for nothing. */
[[nodiscard]] bool run_options_open_stdin(const struct run_options *options, int *ret_fd,
                                          struct error *err);
