/*
 * Who is measured, and by which command lines. Each peer gets the same image as our boxes have,
 * the host's /usr read-only with a fresh /proc, /dev and /tmp, and is told to isolate as much as
 * it can; each gets the same limits where it knows limits. Where a choice made no difference to
 * isolation, the one that is faster for the peer was taken.
 */
#pragma once

#include "bench/bench.h"

/* Makes the list, prepares each and tries it once; whoever fails is skipped with the reason. */
[[nodiscard]] bool contestants_init(struct bench *bench, struct error *err);

/* These fill in the commands of one contestant. An error means that it takes no part. */
typedef bool contestant_prepare(struct bench *bench, struct contestant *contestant,
                                struct error *err);

/* Each workload but HELLO (a file that only the bare command and ours can see) after `prefix`. */
void contestant_set_commands(struct contestant *contestant, const struct line *prefix);
struct line *contestant_add_undo(struct contestant *contestant);

/* A command that must succeed before the contestant can be measured. */
[[nodiscard]] bool contestant_run_step(const struct bench *bench,
                                       const struct contestant *contestant, const struct line *step,
                                       struct error *err);

/* runtimes that read an OCI bundle */
contestant_prepare oci_prepare_crun, oci_prepare_runc, oci_prepare_runsc;

/* those that keep images and containers */
contestant_prepare engine_prepare_docker, engine_prepare_podman;

/* single programs */
contestant_prepare tool_prepare_bwrap, tool_prepare_firejail, tool_prepare_nsjail,
    tool_prepare_isolate;
