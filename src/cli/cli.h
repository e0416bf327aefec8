/*
 * The command line: one file a subcommand, each with one const struct command; the table in cli.c
 * lists them. What all of them share is here: how help looks, how failures are shown.
 *
 * Our own failure ends in one line on stderr, a hint on a second one, and exit status 125; with
 * --json it is {"error": …} on stdout. Nothing that came from strangers is shown unescaped.
 */
#pragma once

#include "base/buf.h"
#include "base/error.h"
#include "cli/options.h"

struct command {
    const char *name, *summary;
    const char *usage;    /* lines of how to call it, each after "testudo " */
    const char *examples; /* and whatever else help says after the options; may be NULL */
    const struct option_table *options;
    int (*run)(int argc, char **argv); /* argv[0] is the command's name; the exit status */
};

extern const struct command command_run, command_languages, command_image, command_doctor,
    command_completion, command_bench, command_check, command_outline, command_rules, command_test,
    command_builds, command_chain, command_deps;
extern const struct command *const commands[]; /* NULL ends it */

/* The whole program after main.c has seen to its descriptors and signals. */
int cli_main(int argc, char **argv);

const struct command *command_find(const char *name);
void command_write_help(const struct command *command, struct buf *out);

/* Prints the command's help; the exit status. */
int cli_show_help(const struct command *command);

/* Shows the error; returns the exit status of trouble, 125. */
int cli_fail(const struct error *err, bool json);

/* Puts text on stdout; a reader that went away is no failure of ours. */
[[nodiscard]] bool cli_print(struct str text, struct error *err);

/* cli_print, then the exit status: `status`, or 125 when it could not be said. */
int cli_finish(const struct buf *out, int status);
