/*
 * Files into a box before it starts, and out of it when every process in it is dead, through the
 * held fd of its work folder.
 *
 * What the guest made is never trusted: names are resolved below the folder and never through a
 * link, only regular files are read, and everything done in the folder is done with the guest's own
 * uid and gid, so nothing happens there that the guest could not have done himself.
 */
#pragma once

#include "base/error.h"
#include "model/plan.h"
#include "model/run_result.h"

enum { FILES_OUT_MAX = 10000, FILES_OUT_SECONDS = 30 };

[[nodiscard]] bool files_put(int work, const struct request_file *files, uint32_t count,
                             struct error *err);

/* One file that is to be there, as an fd that can be read; at most `bytes_max` long. */
[[nodiscard]] int files_open_out(int work, const char *name, int64_t bytes_max, struct error *err);

/* Puts into /work what a compiler made. */
[[nodiscard]] bool files_put_program(int work, const char *name, int from, int64_t bytes_max,
                                     struct error *err);

/* The same of bytes. */
[[nodiscard]] bool files_put_made(int work, const char *name, struct str made, struct error *err);

struct files_bounds {
    int64_t bytes_max;
    int seconds_max; /* 0: FILES_OUT_SECONDS */
};

/* Copies all that matches to the folders that were named, and lists it in the result. */
[[nodiscard]] bool files_collect(int work, const struct request_out *outs, uint32_t count,
                                 const struct files_bounds *bounds, struct run_result *result,
                                 struct error *err);
