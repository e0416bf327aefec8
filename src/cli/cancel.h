/* The signals by which a user ends us, as something to wait for: SIGINT, SIGTERM, SIGHUP. */
#pragma once

#include "base/error.h"

/* An fd that is readable when one has come; -1 on failure. They are blocked from now on. */
[[nodiscard]] int cancel_open(struct error *err);
