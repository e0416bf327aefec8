#include "sys/cgroup_private.h"

#include <inttypes.h>
#include <stdio.h>
#include <unistd.h>

#include "sys/fd.h"

enum { PERIOD_US = 100000 };

static bool limit_memory(int folder, int64_t bytes, struct error *err)
{
    if (!cgroup_put_number(folder, "memory.max", bytes, err))
        return false;
    if (faccessat(folder, "memory.swap.max", F_OK, 0) == 0 &&
        !cgroup_put_number(folder, "memory.swap.max", 0, err))
        return false;
    /* out of memory ends the box, not some process in it that the rest would wait for */
    return cgroup_put_number(folder, "memory.oom.group", 1, err);
}

static bool limit(int folder, unsigned controllers, const struct cgroup_limits *limits,
                  struct error *err)
{
    if ((controllers & CGROUP_MEMORY) && !limit_memory(folder, limits->memory_bytes, err))
        return false;
    if ((controllers & CGROUP_PIDS) &&
        !cgroup_put_number(folder, "pids.max", limits->processes, err))
        return false;
    if (controllers & CGROUP_CPU) {
        char text[64];
        snprintf(text, sizeof text, "%" PRId64 " %d", limits->cpus_milli * PERIOD_US / 1000,
                 PERIOD_US);
        return fd_put_text(folder, "cpu.max", text, err);
    }
    return true;
}

static bool set_idle(int folder, bool idle, struct error *err)
{
    return cgroup_put_number(folder, "cpu.weight", idle ? 1 : 100, err);
}

static void measure(int folder, unsigned controllers, struct cgroup_usage *usage)
{
    char text[2048];
    if (controllers & CGROUP_MEMORY) {
        usage->memory_peak_bytes = cgroup_read_number(folder, "memory.peak"); /* from 5.19 */
        if (cgroup_read(folder, "memory.events", text, sizeof text))
            usage->oom_kills = cgroup_find_number(text, "oom_kill");
    }
    if (controllers & CGROUP_PIDS) {
        usage->processes_peak = cgroup_read_number(folder, "pids.peak"); /* from 6.1 */
        if (cgroup_read(folder, "pids.events", text, sizeof text))
            usage->forks_refused = cgroup_find_number(text, "max");
    }
    if ((controllers & CGROUP_CPUACCT) && cgroup_read(folder, "cpu.stat", text, sizeof text)) {
        usage->cpu_user_ns = cgroup_find_number(text, "user_usec") * 1000;
        usage->cpu_system_ns = cgroup_find_number(text, "system_usec") * 1000;
    }
}

static int64_t cpu_ns(int folder)
{
    char text[2048];
    if (!cgroup_read(folder, "cpu.stat", text, sizeof text))
        return -1;
    int64_t microseconds = cgroup_find_number(text, "usage_usec");
    return microseconds >= 0 ? microseconds * 1000 : -1;
}

const struct cgroup_version cgroup_v2 = {limit, set_idle, measure, cpu_ns, NULL};
