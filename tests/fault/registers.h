/* What a traced process's system call is and gives, changed: the part that knows the processor. */
#pragma once

#include <stdbool.h>
#include <sys/types.h>

/* At its entry: no call is made. */
[[nodiscard]] bool registers_skip_call(pid_t pid);

/* At its exit. */
[[nodiscard]] bool registers_set_result(pid_t pid, long result);
