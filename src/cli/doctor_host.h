/*
 * What `testudo doctor` finds out about the host without making a box: facts, and remarks on those
 * that stand in a box's way. Finding out changes nothing here, and cannot fail: what cannot be
 * found out is not known.
 */
#pragma once

#include "base/arena.h"
#include "base/buf.h"
#include "base/json_write.h"
#include "model/isolation.h"
#include <stdint.h>

enum { DOCTOR_CONTROLLERS = 4, DOCTOR_FILES = 4, DOCTOR_REMARKS_MAX = 16 };

struct doctor_controller {
    const char *name;
    int version;       /* 1 or 2; 0: not mounted here */
    const char *place; /* our own group in it, as a path; NULL: none */
};

/* Somebody else's ids in the range that root's boxes get. */
struct doctor_overlap {
    const char *file; /* NULL: none in this file */
    const char *name;
    int64_t line, first, count;
};

struct doctor_remark {
    const char *what, *fix;
};

struct doctor_host {
    const char *kernel, *machine;
    enum privilege_mode mode;
    struct doctor_controller controllers[DOCTOR_CONTROLLERS];
    int landlock_abi;
    int64_t max_user_namespaces, unprivileged_userns_clone; /* -1: no such sysctl here */
    int64_t apparmor_restrict_unprivileged_userns;
    bool kvm;
    const char *container, *container_sign; /* NULL: none seen */
    const char *state;
    int64_t state_free_bytes; /* -1: not known */
    struct doctor_overlap overlaps[DOCTOR_FILES];
    struct doctor_remark remarks[DOCTOR_REMARKS_MAX];
    int remark_count;
};

/* The strings live in the arena. */
void doctor_host_look(struct doctor_host *ret_host, struct arena *arena);

void doctor_host_say(const struct doctor_host *host, struct buf *out);
void doctor_host_json(const struct doctor_host *host, struct json_writer *json);
