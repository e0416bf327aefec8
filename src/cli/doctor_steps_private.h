/* What is done in each step (doctor_acts.c), and what its refusal means (doctor_fixes.c). */
#pragma once

#include "cli/doctor_steps.h"

enum doctor_fix_kind {
    FIX_NAMESPACE,
    FIX_IDS,
    FIX_MOUNT,
    FIX_PROC,
    FIX_DEVICE,
    FIX_OVERLAY,
    FIX_SECCOMP,
    FIX_LANDLOCK,
    FIX_CGROUP
};

const char *doctor_fix_for(enum doctor_fix_kind kind, const struct doctor_host *host,
                           const struct error *why);

/* All but the last two run as process 1 in fresh namespaces. */
typedef bool doctor_act(struct error *err);
doctor_act doctor_act_nothing, doctor_act_ids, doctor_act_network, doctor_act_ipc,
    doctor_act_host_name, doctor_act_cgroup_namespace, doctor_act_private_mounts, doctor_act_tmpfs,
    doctor_act_bind, doctor_act_overlay, doctor_act_proc, doctor_act_terminals, doctor_act_root,
    doctor_act_landlock, doctor_act_seccomp, doctor_act_devices, doctor_act_cgroups;
