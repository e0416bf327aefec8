/* What may be said about measured times. */
#include "cli/bench_series.h"

#include <math.h>

#include "tests/test.h"

static double part_of(size_t count, double part)
{
    struct series series = {};
    for (size_t i = 0; i < count; i++)
        series_add_ns(&series, (int64_t)((i * 7919) % count + 1) * 1000000);
    double value = series_at(&series, part);
    series_done(&series);
    return value;
}

TEST(series_tells_percentiles_by_nearest_rank)
{
    CHECK(part_of(1, 0.5) == 1);
    CHECK(part_of(5, 0.5) == 3);
    CHECK(part_of(100, 0.5) == 50);
    CHECK(part_of(100, 0.95) == 95);
    CHECK(part_of(100, 0.99) == 99);
    CHECK(part_of(1000, 0.99) == 990);
}

TEST(series_does_not_tell_a_percentile_that_is_only_the_largest_value)
{
    CHECK(isnan(part_of(0, 0.5)));
    CHECK(isnan(part_of(19, 0.95)));
    CHECK(part_of(20, 0.95) == 19);
    CHECK(isnan(part_of(99, 0.99)));
}
