/*
 * A host's name as the gate compares it: ASCII letters, digits and hyphens in labels, small
 * letters, without the dot that may end it. What spells an address is no name, in whatever base it
 * is written, so an allowlist of names cannot be got round by one.
 */
#pragma once

#include "base/str.h"

enum { GATE_HOST_MAX = 253 };

struct gate_host {
    char name[GATE_HOST_MAX + 1];
};

/* NULL, or why it is not a host's name. */
const char *gate_host_read(struct str text, struct gate_host *ret_host);

/* A pattern is a name, or "*." and a name: then every name below it, and not that name itself. */
bool gate_host_fits(const struct gate_host *host, const char *pattern);

/* NULL, or why the text is no pattern. Small letters only, as it is compared. */
const char *gate_pattern_check(const char *pattern);
