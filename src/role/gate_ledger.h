/*
 * What a gate and its connections have done, in memory that they share with whoever started it:
 * counts, and one line for each connection. The reader trusts none of it: a connection's process
 * parses what strangers sent.
 */
#pragma once

#include <stdatomic.h>
#include <stdint.h>

#include "base/error.h"
#include "base/str.h"

enum { GATE_LOG_MAX = 512 << 10, GATE_LINE_MAX = 640 };

struct gate_ledger {
    _Atomic int64_t down, up; /* bytes, of all connections */
    _Atomic uint32_t connections;
    _Atomic uint32_t log_length; /* may exceed what there is room for */
    char log[GATE_LOG_MAX];
};

[[nodiscard]] struct gate_ledger *gate_ledger_new(struct error *err);
void gate_ledger_free(struct gate_ledger *ledger);

enum gate_outcome { GATE_FAILED, GATE_REFUSED, GATE_CAPPED, GATE_ALLOWED, GATE_OUTCOMES };

struct gate_record {
    enum gate_outcome outcome;
    char to[280];  /* "pypi.org:443" */
    char why[120]; /* of a refusal or a failure; else the address */
    int64_t up, down, ms;
};

void gate_ledger_note(struct gate_ledger *ledger, const struct gate_record *record);

/* The records in the order of their ends. `*at` starts as 0; false after the last one. */
bool gate_ledger_next(const struct gate_ledger *ledger, uint32_t *at,
                      struct gate_record *ret_record);

/* A record as it stands in the log: one line, in which nothing acts on a terminal. */
struct buf;
void gate_record_write(const struct gate_record *record, struct buf *out);
