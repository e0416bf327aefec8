/* What `testudo check` was told. Reading the words touches no file. */
#pragma once

#include "base/arena.h"
#include "base/error.h"
#include "cli/batch_options.h"
#include "cli/options.h"
#include "model/box.h"
#include "model/checked.h"

/* NAME, word */
#define CHECK_FORMATS(X)                                                                           \
    X(TERMINAL, "terminal")                                                                        \
    X(JSON, "json")                                                                                \
    X(SARIF, "sarif")                                                                              \
    X(GITHUB, "github")                                                                            \
    X(JUNIT, "junit")

enum check_format {

#define X(name, word) CHECK_AS_##name,
    CHECK_FORMATS(X)
#undef X
};

struct check_options {
    struct words targets;
    struct words select, ignore;           /* ids of rules; "python-*" */
    struct words tools, imports;           /* tools: words, or "auto" or "none" alone */
    const char *language, *stdin_filename; /* or NULL */
    const char *policy, *baseline, *write_baseline;
    const char *changed; /* since which commit, or NULL */
    const char *config;  /* a file, "none", or NULL: looked for */
    enum check_format format;
    enum severity fail_on; /* NONE: never */
    bool names_severity;   /* fail_on was given */
    struct batch_options batch;
    bool all, fix, diff, quiet, json, help;
};

extern const struct option_table check_option_table;

[[nodiscard]] bool check_options_read(int argc, char **argv, struct arena *arena,
                                      struct check_options *ret, struct error *err);
