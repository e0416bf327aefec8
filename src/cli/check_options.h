/* What `testudo check` was told. Reading the words touches no file. */
#pragma once

#include "base/arena.h"
#include "base/error.h"
#include "cli/options.h"
#include "model/box.h"
#include "model/checked.h"

struct check_options {
    struct words targets;
    const char *language, *stdin_filename; /* or NULL */
    enum severity fail_on;                 /* NONE: never */
    bool quiet, json, help;
};

extern const struct option_table check_option_table;

[[nodiscard]] bool check_options_read(int argc, char **argv, struct arena *arena,
                                      struct check_options *ret, struct error *err);
