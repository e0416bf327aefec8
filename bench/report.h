/* What the bench says at its end: for people as tables, for programs as JSON. */
#pragma once

#include "base/buf.h"
#include "bench/bench.h"

/* Where and when; taken before measuring, because the load average is of then. */
struct report_host {
    char date[32], kernel[80], cpu[80], load[32];
    long cores;
};

void report_look_at_host(struct report_host *ret_host);

/* The first lines. */
void report_write_head(const struct bench *bench, const struct report_host *host, struct buf *out);
void report_write_tables(const struct bench *bench, struct buf *out);
void report_write_bars(const struct bench *bench, struct buf *out);
void report_write_json(const struct bench *bench, const struct report_host *host, struct buf *out);
