/*
 * What one run has left in its work folder, put into the work folder of another one's box, before
 * that begins and after every process of the first is dead.
 *
 * All of it is a stranger's. It is copied: regular files with their modes and times but no setuid,
 * setgid or sticky bit, folders, and symbolic links as the texts that they are, which mean
 * something inside of a box only and are never followed here. Fifos, sockets, devices and what its
 * owner could not read himself are left out and counted; holes stay holes; a file with several
 * names becomes several. It is read with the ids of the one guest and written with those of the
 * other. What the new run brings itself lies there already and stays as it is.
 *
 * The disk of the new box bounds it, and time: more than fits is an error of kind LIMIT.
 */
#pragma once

#include "base/error.h"
#include "model/plan.h"
#include "model/run_result.h"

enum { CARRY_DEPTH_MAX = 128, CARRY_SECONDS = 30 };

struct carry {
    int work;                     /* of the run before; -1: nothing is carried */
    const struct box_link *links; /* that its box began with: they are not what it has left */
    uint32_t link_count;
};

struct carry_bounds {
    int64_t bytes_max;
    int seconds_max; /* 0: CARRY_SECONDS */
    int cancel_fd;   /* readable: stop; -1: nobody asks */
};

/* Into `work`; links that its box began with give way. *ret_stopped: it was asked to stop, and the
 * rest is missing. */
[[nodiscard]] bool carry_over(const struct carry *from, int work, const struct plan *plan,
                              const struct carry_bounds *bounds, struct run_carried *ret_carried,
                              bool *ret_stopped, struct error *err);
