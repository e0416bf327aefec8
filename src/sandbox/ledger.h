/*
 * What a network namespace has counted and kept. A slot's outlives its boxes, and a box that sends,
 * even in vain, leaves numbers behind in /proc/net, or a flow label; nothing but the end of the
 * namespace takes them back. So the founder opens these files, and the broker looks whether they
 * still say what they said when nobody had been there.
 *
 * The sum is one that nobody can aim at: it depends on a random number of this process.
 */
#pragma once

#include "base/error.h"
#include <stdint.h>

enum { LEDGERS = 4 };

/* In the network namespace that is meant, with its /proc; the caller's to close, in failure too. */
[[nodiscard]] bool ledger_open(int ret_files[LEDGERS], struct error *err);

[[nodiscard]] bool ledger_sum(const int files[LEDGERS], uint64_t *ret_sum, struct error *err);
