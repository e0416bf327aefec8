/*
 * Runs a filter program as the kernel would: the few instructions that system call filters use.
 * Anything else, or leaving the program, fails the test.
 */
#pragma once

#include <linux/filter.h>
#include <linux/seccomp.h>
#include <string.h>

#include "tests/test.h"

static inline bool bpf_jump_taken(const struct sock_filter *at, uint32_t value)
{
    switch (BPF_OP(at->code)) {
    case BPF_JEQ:
        return value == at->k;
    case BPF_JGT:
        return value > at->k;
    case BPF_JGE:
        return value >= at->k;
    case BPF_JSET:
        return (value & at->k) != 0;
    default:
        test_check(false, "a known jump", __FILE__, __LINE__);
        return false;
    }
}

static inline uint32_t bpf_load(const struct seccomp_data *call, uint32_t offset)
{
    uint32_t value;
    CHECK(offset % 4 == 0 && offset <= sizeof *call - sizeof value);
    memcpy(&value, (const char *)call + offset, sizeof value);
    return value;
}

static inline uint32_t bpf_simulate(const struct sock_filter *code, size_t count,
                                    const struct seccomp_data *call)
{
    uint32_t value = 0;
    for (size_t i = 0;; i++) {
        CHECK(i < count);
        const struct sock_filter *at = &code[i];
        if (at->code == (BPF_RET | BPF_K))
            return at->k;
        if (at->code == (BPF_LD | BPF_W | BPF_ABS))
            value = bpf_load(call, at->k);
        else if (at->code == (BPF_ALU | BPF_AND | BPF_K))
            value &= at->k;
        else if (at->code == (BPF_JMP | BPF_JA))
            i += at->k;
        else {
            CHECK(BPF_CLASS(at->code) == BPF_JMP && BPF_SRC(at->code) == BPF_K);
            i += bpf_jump_taken(at, value) ? at->jt : at->jf;
        }
    }
}
