/* Integers of any size, as marshal writes them: digits of 15 bits, the lowest first. */
#pragma once

#include "base/buf.h"
#include "base/str.h"
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Turning digits into decimals takes the square of their number, so a stranger's are few. */
enum { BIG_BITS = 15, BIG_MASK = (1 << BIG_BITS) - 1, BIG_DIGITS_MAX = 600 };

struct big {
    bool negative;
    size_t count;
    uint16_t digits[BIG_DIGITS_MAX];
};

/* Decimal digits with or without "-"; what is past BIG_DIGITS_MAX is a mistake of the caller. */
void big_from_text(struct big *big, struct str decimal);
void big_to_text(struct buf *out, const struct big *big);
bool big_to_int64(const struct big *big, int64_t *ret_integer);
