/*
 * Running a program of the host, outside any box, with the caller's rights: only what we chose
 * ourselves (a compiler's --version, apt-get), never a stranger's, and never in the path of a run.
 */
#pragma once

#include "base/buf.h"
#include "base/error.h"

/* Its standard output, with a clean environment and nothing to read; ended after ten seconds. A
 * status other than 0 is an error. */
[[nodiscard]] bool host_command_ask(const char *const argv[], struct buf *out, struct error *err);

/* With our own terminal and environment, until it ends; the first word is found by PATH. */
[[nodiscard]] bool host_command_do(const char *const argv[], int *ret_status, struct error *err);
