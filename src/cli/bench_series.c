#include "cli/bench_series.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/mem.h"

void series_add_ns(struct series *series, int64_t ns)
{
    if (series->count == series->room) {
        series->room = series->room > 0 ? series->room * 2 : 64;
        series->values = mem_grow(series->values, series->room, sizeof *series->values);
    }
    series->values[series->count++] = clock_ms(ns);
}

void series_done(struct series *series)
{
    free(series->values);
    *series = (struct series){};
}

static int compare(const void *a, const void *b)
{
    double one = *(const double *)a, other = *(const double *)b;
    return (one > other) - (one < other);
}

double series_at(const struct series *series, double part)
{
    double beyond = (double)series->count * (1 - part);
    if (series->count == 0 || (part > 0.5 && beyond < 0.999))
        return NAN;
    auto_free double *sorted = mem_alloc(series->count * sizeof *sorted);
    memcpy(sorted, series->values, series->count * sizeof *sorted);
    qsort(sorted, series->count, sizeof *sorted, compare);
    size_t rank = (size_t)ceil((double)series->count * part - 1e-9);
    return sorted[rank > 0 ? rank - 1 : 0];
}
