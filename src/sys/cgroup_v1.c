#include "sys/cgroup_private.h"

#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <unistd.h>

#include "sys/fd.h"

enum { PERIOD_US = 100000 };

static bool limit_memory(int folder, int64_t bytes, struct error *err)
{
    bool swap_counts = faccessat(folder, "memory.memsw.limit_in_bytes", F_OK, 0) == 0;
    /* the sum of both may never be below memory alone, and a folder that is used again has limits
     */
    if (swap_counts && !cgroup_put_number(folder, "memory.memsw.limit_in_bytes", -1, err))
        return false;
    if (!cgroup_put_number(folder, "memory.limit_in_bytes", bytes, err))
        return false;
    /* network buffers are counted apart there, and would come on top */
    if (faccessat(folder, "memory.kmem.tcp.limit_in_bytes", F_OK, 0) == 0 &&
        !cgroup_put_number(folder, "memory.kmem.tcp.limit_in_bytes", bytes / 4, err))
        return false;
    /* memory and swap together; absent on kernels without swap accounting, where there may be
     * swap all the same: then swappiness keeps the box out of it */
    if (swap_counts)
        return cgroup_put_number(folder, "memory.memsw.limit_in_bytes", bytes, err);
    return cgroup_put_number(folder, "memory.swappiness", 0, err);
}

static bool limit(int folder, unsigned controllers, const struct cgroup_limits *limits,
                  struct error *err)
{
    if ((controllers & CGROUP_MEMORY) && !limit_memory(folder, limits->memory_bytes, err))
        return false;
    if ((controllers & CGROUP_PIDS) &&
        !cgroup_put_number(folder, "pids.max", limits->processes, err))
        return false;
    if ((controllers & CGROUP_CPU) &&
        !cgroup_put_number(folder, "cpu.cfs_quota_us", limits->cpus_milli * PERIOD_US / 1000, err))
        return false;
    return true;
}

/* The least share that there is, and the usual one. */
static bool set_idle(int folder, bool idle, struct error *err)
{
    return cgroup_put_number(folder, "cpu.shares", idle ? 2 : 1024, err);
}

static void measure(int folder, unsigned controllers, struct cgroup_usage *usage)
{
    char text[256];
    if (controllers & CGROUP_MEMORY) {
        usage->memory_peak_bytes = cgroup_read_number(folder, "memory.max_usage_in_bytes");
        if (cgroup_read(folder, "memory.oom_control", text, sizeof text))
            usage->oom_kills = cgroup_find_number(text, "oom_kill");
    }
    if (controllers & CGROUP_PIDS) {
        usage->processes_peak = cgroup_read_number(folder, "pids.peak");
        if (cgroup_read(folder, "pids.events", text, sizeof text))
            usage->forks_refused = cgroup_find_number(text, "max");
    }
    if (controllers & CGROUP_CPUACCT) {
        int64_t system = cgroup_read_number(folder, "cpuacct.usage_sys");
        int64_t all = cgroup_read_number(folder, "cpuacct.usage");
        usage->cpu_system_ns = system;
        usage->cpu_user_ns = all > system ? all - system : 0;
    }
}

static int64_t cpu_ns(int folder)
{
    return cgroup_read_number(folder, "cpuacct.usage");
}

static bool reset(int folder, unsigned controllers, int64_t *ret_oom_kills, struct error *err)
{
    char text[256];
    if (!cgroup_read(folder, "tasks", text, sizeof text) || text[0] != '\0')
        return error_set(err, ERROR_INTERNAL, "a control group is not empty after its box's end");
    if (controllers & CGROUP_MEMORY) {
        if (!cgroup_put_number(folder, "memory.max_usage_in_bytes", 0, err))
            return false;
        if (cgroup_read(folder, "memory.oom_control", text, sizeof text))
            *ret_oom_kills = cgroup_find_number(text, "oom_kill");
    }
    return !(controllers & CGROUP_CPUACCT) || cgroup_put_number(folder, "cpuacct.usage", 0, err);
}

const struct cgroup_version cgroup_v1 = {limit, set_idle, measure, cpu_ns, reset};
