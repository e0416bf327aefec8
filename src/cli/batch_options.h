/* `testudo run --batch` and the few options that go with it. */
#pragma once

#include "base/error.h"
#include "cli/options.h"

enum { BATCH_JOBS_MAX = 256 };

struct batch_options {
    const char *path; /* "-": standard input; NULL: no batch */
    int jobs;         /* 0: one for each processor */
    bool ordered;
    const char *out_dir; /* NULL: "." */
};

[[nodiscard]] bool batch_read_jobs(const char *value, int *ret_jobs, struct error *err);

/* `of_batch` is an option that needs --batch, `other` one that does not go with it, `source` what
 * to run: NULL each if there was none. */
[[nodiscard]] bool batch_check(const struct batch_options *options,
                               const struct option_row *of_batch, const struct option_row *other,
                               const char *source, struct error *err);
