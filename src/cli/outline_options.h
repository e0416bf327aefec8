/* What `testudo outline` was told. Reading the words touches no file. */
#pragma once

#include "base/arena.h"
#include "base/error.h"
#include "cli/options.h"
#include "model/box.h"

enum outline_form {
    OUTLINE_FORM_TREE,
    OUTLINE_FORM_JSON,
    OUTLINE_FORM_API,
    OUTLINE_FORM_FIND,
    OUTLINE_FORM_DOT,
    OUTLINE_FORM_MERMAID,
    OUTLINE_FORM_MAP,
};

struct outline_options {
    struct words targets;
    const char *language, *stdin_filename, *find; /* or NULL */
    uint32_t depth, tokens;
    enum outline_form form; /* the last that was named; of FIND also `json` counts */
    bool all, json, help;
};

extern const struct option_table outline_option_table;

[[nodiscard]] bool outline_options_read(int argc, char **argv, struct arena *arena,
                                        struct outline_options *ret, struct error *err);
