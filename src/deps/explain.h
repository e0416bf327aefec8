/*
 * Why an installation failed, in words that say what to do: from how its box ended, what the gate
 * has refused, and what the installer left as its own reason. The last is a stranger's text.
 */
#pragma once

#include "deps/install.h"
#include "model/run_result.h"
#include "role/gate_ledger.h"

struct explain_case {
    const struct install *install;
    const struct gate_ledger *ledger;
    const struct run_result *result;
    struct str failure; /* three lines: what, what to do, which package; each may be missing */
};

bool explain_failure(const struct explain_case *what, struct error *err); /* returns false */

/* The first connection that a rule refused, or NULL. */
const char *explain_refused(const struct explain_case *what, struct arena *arena);

/* One line for each connection, at the end of our log. */
void explain_log(const struct explain_case *what);
