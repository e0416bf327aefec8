/*
 * An OCI bundle: config.json of a container that confines as much as the runtime can, for one
 * workload. Its root is FOLDER/root with /usr bound into it read-only.
 */
#pragma once

#include "bench/bench.h"

struct bundle {
    const char *folder;  /* where the bundle is made, below the bench's folder */
    const char *cgroups; /* cgroupsPath */
    int processes_max;
};

[[nodiscard]] bool bundle_write(struct bench *bench, const struct bundle *bundle,
                                enum workload_id workload, struct error *err);
