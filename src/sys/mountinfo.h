/* Lines of /proc/self/mountinfo. */
#pragma once

#include "base/str.h"
#include <stdbool.h>

struct mountinfo {
    struct str root, point, type, options; /* parts of the line */
};

/* "36 32 0:30 ROOT POINT rw,… shared:1 - TYPE SOURCE OPTIONS" */
bool mountinfo_read(struct str line, struct mountinfo *ret);
