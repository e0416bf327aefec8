#include "testgen/marshal_private.h"

#include <assert.h>

static void times_ten_and(struct big *big, uint32_t carry)
{
    for (size_t i = 0; i < big->count; i++) {
        uint32_t sum = big->digits[i] * 10u + carry;
        big->digits[i] = sum & BIG_MASK;
        carry = sum >> BIG_BITS;
    }
    if (carry == 0)
        return;
    assert(big->count < BIG_DIGITS_MAX);
    big->digits[big->count++] = (uint16_t)carry;
}

void big_from_text(struct big *big, struct str decimal)
{
    *big = (struct big){.negative = str_take_prefix(&decimal, "-")};
    for (size_t i = 0; i < decimal.len; i++)
        times_ten_and(big, (uint32_t)(decimal.ptr[i] - '0'));
}

/* Divides in place and returns the rest. */
static uint32_t divide(struct big *big, uint32_t by)
{
    uint64_t rest = 0;
    for (size_t i = big->count; i-- > 0;) {
        uint64_t part = rest << BIG_BITS | big->digits[i];
        big->digits[i] = (uint16_t)(part / by);
        rest = part % by;
    }
    while (big->count > 0 && big->digits[big->count - 1] == 0)
        big->count--;
    return (uint32_t)rest;
}

void big_to_text(struct buf *out, const struct big *big)
{
    enum { PART = 10000, PART_DIGITS = 4, PARTS_MAX = BIG_DIGITS_MAX * 2 };

    uint32_t parts[PARTS_MAX];
    struct big rest = *big;
    size_t count = 0;
    while (rest.count > 0)
        parts[count++] = divide(&rest, PART);
    if (big->negative)
        buf_add_byte(out, '-');
    buf_printf(out, "%u", count > 0 ? parts[count - 1] : 0);
    for (size_t i = count; i-- > 1;)
        buf_printf(out, "%0*u", PART_DIGITS, parts[i - 1]);
}

bool big_to_int64(const struct big *big, int64_t *ret_integer)
{
    uint64_t number = 0;
    for (size_t i = big->count; i-- > 0;) {
        if (number >> (64 - BIG_BITS) != 0)
            return false;
        number = number << BIG_BITS | big->digits[i];
    }
    if (number > (uint64_t)INT64_MAX + big->negative)
        return false;
    *ret_integer = (int64_t)(big->negative ? -number : number);
    return true;
}
