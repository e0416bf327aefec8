/*
 * What the broker knows of this host, found out once: which mode it works in, which control groups
 * and which landlock there are, the compiled filters, the init, the folders of our state.
 */
#pragma once

#include "base/error.h"
#include "model/isolation.h"
#include "sys/cgroup.h"
#include "sys/seccomp.h"

struct sandbox_host {
    enum privilege_mode mode;
    struct cgroup_host cgroups;
    int landlock_abi; /* 0: none */
    int init;         /* the box's pid 1, sealed in memory; -1: not complete yet */
    struct seccomp_program strict;
    unsigned serial; /* of the boxes made so far */
};

/* Only what a first process must know at its birth. */
void sandbox_host_open(struct sandbox_host *ret_host);

/* The rest: control groups and init. Once is enough; again does nothing. */
[[nodiscard]] bool sandbox_host_complete(struct sandbox_host *host, struct error *err);
void sandbox_host_close(struct sandbox_host *host);

/* What a box on this host will be able to promise, as far as that is known beforehand. */
void sandbox_host_promise(const struct sandbox_host *host, struct isolation *ret_isolation);
