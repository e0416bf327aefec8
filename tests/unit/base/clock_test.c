#include "base/clock.h"

#include <time.h>

#include "tests/test.h"

TEST(clock_never_goes_back_and_counts_nanoseconds)
{
    int64_t start = clock_now_ns();
    CHECK(start > 0);
    CHECK(nanosleep(&(struct timespec){.tv_nsec = 20000000}, NULL) == 0);
    int64_t passed = clock_now_ns() - start;
    CHECK(passed >= 20000000);
    CHECK(passed < INT64_C(5000000000));
    CHECK(clock_ms(1500000) == 1.5);
}
