/* Time that never jumps, for measuring and deadlines. */
#pragma once

#include <stdint.h>

int64_t clock_now_ns(void); /* CLOCK_MONOTONIC */

static inline double clock_ms(int64_t ns)
{
    return (double)ns / 1e6;
}
