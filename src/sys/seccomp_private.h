/* The table of syscalls.def as data, shared by those who build, judge and test it. */
#pragma once

#include "sys/seccomp.h"
#include <stddef.h>

enum seccomp_call_id {

#define SYSCALL(name, x86_64, aarch64, answer, reason) CALL_##name,
#include "sys/syscalls.def"
    CALL_COUNT
};

/* An answer is an errno, or one of these. */
enum { ALLOW = 0, WATCH = -1, ARGS = -2 };

struct seccomp_call {
    const char *name;
    int16_t number[2]; /* by seccomp_column */
    int16_t answer;
    uint16_t reason;
};

enum seccomp_test {
    TEST_END,    /* no more conditions */
    TEST_IS,     /* (argument & mask) == value */
    TEST_IS_NOT, /* (argument & mask) != value */
    TEST_ABOVE,  /* argument > value, unsigned */
    TEST_HAS,    /* (argument & value) != 0 */
    TEST_IS_SET, /* not NULL: the only test of all 64 bits, as pointers have them */
};

struct seccomp_condition {
    uint8_t test, argument;
    uint32_t mask, value;
};

/* clang-format off */
#define ALWAYS                           {TEST_END, 0, 0, 0}
#define IS(argument, value)              {TEST_IS, argument, 0xffffffff, value}
#define IS_NOT(argument, value)          {TEST_IS_NOT, argument, 0xffffffff, value}
#define MASKED_IS_NOT(argument, mask, value) {TEST_IS_NOT, argument, mask, value}
#define ABOVE(argument, value)           {TEST_ABOVE, argument, 0xffffffff, value}
#define HAS(argument, bits)              {TEST_HAS, argument, 0xffffffff, bits}
#define IS_SET(argument)                 {TEST_IS_SET, argument, 0, 0}
/* clang-format on */

#define SECCOMP_CONDITIONS_MAX 4

struct seccomp_rule {
    uint16_t call;
    int16_t answer;
    uint16_t reason;
    struct seccomp_condition when[SECCOMP_CONDITIONS_MAX + 1];
};

extern const struct seccomp_call seccomp_calls[CALL_COUNT];
extern const struct seccomp_rule seccomp_rules[];
extern const size_t seccomp_rule_count;

#define SECCOMP_NUMBERS 480 /* more than any number in the table */
#define SECCOMP_X32_FIRST 0x40000000u
#define SECCOMP_X32_END 0x80000000u

/* x32 is a second set of numbers for the same kernel entry; only x86_64 has it. */
static inline bool seccomp_has_x32(uint32_t processor)
{
    return processor == AUDIT_ARCH_X86_64;
}

static inline int seccomp_column(uint32_t processor)
{
    return processor == AUDIT_ARCH_AARCH64;
}
