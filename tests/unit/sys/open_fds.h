/* How many descriptors this process has open: for tests that none is forgotten. */
#pragma once

#include <dirent.h>

#include "tests/test.h"

static inline int open_fds_count(void)
{
    int count = 0;
    DIR *dir = opendir("/proc/self/fd");
    CHECK(dir != NULL);
    while (readdir(dir) != NULL)
        count++;
    closedir(dir);
    return count;
}
