/* What tests of cgroup v2 share. */
#pragma once

#include "sys/cgroup.h"
#include "sys/cgroup_private.h"
#include "tests/test.h"
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#define CGROUP_V2_TREE "/sys/fs/cgroup"

enum { CGROUP_V2_ALL = CGROUP_MEMORY | CGROUP_PIDS | CGROUP_CPU | CGROUP_CPUACCT };

/* Skips unless version 2 has all of our controllers. */
static inline void cgroup_v2_need(void)
{
    char text[256];
    int folder = open(CGROUP_V2_TREE, O_PATH | O_CLOEXEC);
    bool read = cgroup_read(folder, "cgroup.controllers", text, sizeof text);
    close(folder);
    if (!read || strstr(text, "memory") == NULL || strstr(text, "pids") == NULL ||
        strstr(text, "cpu ") == NULL)
        test_skip("no cgroup v2 with memory, pids and cpu here");
}
