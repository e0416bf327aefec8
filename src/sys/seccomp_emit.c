/*
 * The program is written from its end to its start: whatever an instruction can jump to exists
 * already, so no jump is ever patched.
 *
 * Order: is it our processor's door; then a balanced tree of "number >= n" that ends in returns or
 * in a call's argument rules. Neighbouring numbers with the same answer are one leaf, so the tree
 * has a node for each border between answers, about 100 instead of one for each of 380 calls.
 * It uses only instructions that the kernel can run in advance while it installs the filter: from
 * then on a call that is always allowed skips the filter. A bitmap read by shifts is half as long,
 * but the kernel then runs it for each call.
 */
#include "sys/seccomp.h"

#include <assert.h>
#include <errno.h>
#include <string.h>

#include "sys/seccomp_private.h"

struct emitter {
    struct sock_filter *code;
    int start; /* the newest instruction; the program lies between this and the end */
    enum seccomp_mode mode;
};

/* All numbers from `first` up to the next run's go to the instruction at `target`. */
struct run {
    uint32_t first;
    int target;
};

/* Positions are indexes into code[]. Each function below puts instructions before all that are
 * there and returns the position at which to enter them. */
static int put(struct emitter *out, struct sock_filter instruction)
{
    assert(out->start > 0);
    out->code[--out->start] = instruction;
    return out->start;
}

static int put_load(struct emitter *out, size_t offset)
{
    return put(out, (struct sock_filter)BPF_STMT(BPF_LD | BPF_W | BPF_ABS, (uint32_t)offset));
}

static int put_branch(struct emitter *out, unsigned test, uint32_t value, int yes, int no)
{
    uint8_t yes_distance = (uint8_t)(yes - out->start), no_distance = (uint8_t)(no - out->start);
    return put(out, (struct sock_filter)BPF_JUMP(BPF_JMP | test | BPF_K, value, yes_distance,
                                                 no_distance));
}

/* One return for each value, made when first asked for. */
static int put_return(struct emitter *out, uint32_t value)
{
    for (int i = out->start; i < SECCOMP_CODE_MAX; i++)
        if (out->code[i].code == (BPF_RET | BPF_K) && out->code[i].k == value)
            return i;
    return put(out, (struct sock_filter)BPF_STMT(BPF_RET | BPF_K, value));
}

static int put_answer(struct emitter *out, int answer)
{
    bool explaining = out->mode == SECCOMP_EXPLAIN;
    if (answer == ALLOW || (answer == WATCH && !explaining))
        return put_return(out, SECCOMP_RET_ALLOW);
    if (explaining)
        return put_return(out, SECCOMP_RET_USER_NOTIF);
    return put_return(out, SECCOMP_RET_ERRNO | (uint32_t)answer);
}

static size_t low_half(int argument)
{
    size_t offset = offsetof(struct seccomp_data, args) + (size_t)argument * sizeof(uint64_t);
    return offset + (__BYTE_ORDER__ == __ORDER_BIG_ENDIAN__ ? sizeof(uint32_t) : 0);
}

static size_t high_half(int argument)
{
    return low_half(argument) ^ sizeof(uint32_t);
}

static int put_is_set(struct emitter *out, int argument, int yes, int no)
{
    put_branch(out, BPF_JEQ, 0, no, yes);
    int high = put_load(out, high_half(argument));
    put_branch(out, BPF_JEQ, 0, high, yes);
    return put_load(out, low_half(argument));
}

static int put_test(struct emitter *out, const struct seccomp_condition *when, int yes, int no)
{
    switch ((enum seccomp_test)when->test) {
    case TEST_IS_NOT:
        return put_branch(out, BPF_JEQ, when->value, no, yes);
    case TEST_ABOVE:
        return put_branch(out, BPF_JGT, when->value, yes, no);
    case TEST_HAS:
        return put_branch(out, BPF_JSET, when->value, yes, no);
    case TEST_IS:
    case TEST_IS_SET:
    case TEST_END:
        break;
    }
    return put_branch(out, BPF_JEQ, when->value, yes, no);
}

static bool sees_the_same(const struct seccomp_condition *a, const struct seccomp_condition *b)
{
    return a->argument == b->argument && a->mask == b->mask;
}

static int put_condition(struct emitter *out, const struct seccomp_rule *rule, size_t which,
                         int yes, int no)
{
    const struct seccomp_condition *when = &rule->when[which];
    if (when->test == TEST_IS_SET)
        return put_is_set(out, when->argument, yes, no);
    int test = put_test(out, when, yes, no);
    /* the condition before this one left the same value in the register */
    if (which > 0 && sees_the_same(when - 1, when))
        return test;
    if (when->mask != UINT32_MAX)
        put(out, (struct sock_filter)BPF_STMT(BPF_ALU | BPF_AND | BPF_K, when->mask));
    return put_load(out, low_half(when->argument));
}

static int put_rule(struct emitter *out, const struct seccomp_rule *rule, int no)
{
    int next = put_answer(out, rule->answer);
    size_t count = 0;
    while (rule->when[count].test != TEST_END)
        count++;
    for (size_t i = count; i > 0; i--)
        next = put_condition(out, rule, i - 1, next, no);
    return next;
}

static int put_call(struct emitter *out, size_t id)
{
    if (seccomp_calls[id].answer != ARGS)
        return put_answer(out, seccomp_calls[id].answer);
    int next = put_answer(out, ALLOW);
    for (size_t i = seccomp_rule_count; i > 0; i--)
        if (seccomp_rules[i - 1].call == id)
            next = put_rule(out, &seccomp_rules[i - 1], next);
    return next;
}

static int add_run(struct run *runs, int count, uint32_t first, int target)
{
    if (count > 0 && runs[count - 1].target == target)
        return count;
    runs[count] = (struct run){first, target};
    return count + 1;
}

static int find_runs(struct emitter *out, uint32_t processor, struct run *runs)
{
    int unknown = put_answer(out, ENOSYS), targets[SECCOMP_NUMBERS], count = 0;
    for (int i = 0; i < SECCOMP_NUMBERS; i++)
        targets[i] = unknown;
    for (size_t id = 0; id < CALL_COUNT; id++) {
        int number = seccomp_calls[id].number[seccomp_column(processor)];
        assert(number < SECCOMP_NUMBERS);
        if (number >= 0)
            targets[number] = put_call(out, id);
    }
    for (uint32_t i = 0; i < SECCOMP_NUMBERS; i++)
        count = add_run(runs, count, i, targets[i]);
    if (seccomp_has_x32(processor)) {
        int kill = put_return(out, SECCOMP_RET_KILL_PROCESS);
        count = add_run(runs, count, SECCOMP_X32_FIRST, kill);
        count = add_run(runs, count, SECCOMP_X32_END, unknown);
    }
    return count;
}

static int put_tree(struct emitter *out, const struct run *runs, int count)
{
    if (count == 1)
        return runs[0].target;
    int middle = count / 2;
    int high = put_tree(out, runs + middle, count - middle);
    int low = put_tree(out, runs, middle);
    return put_branch(out, BPF_JGE, runs[middle].first, high, low);
}

void seccomp_build(struct seccomp_program *ret, uint32_t processor, enum seccomp_mode mode)
{
    struct emitter out = {ret->code, SECCOMP_CODE_MAX, mode};
    struct run runs[SECCOMP_NUMBERS + 2];
    int count = find_runs(&out, processor, runs);
    put_tree(&out, runs, count);
    int ours = put_load(&out, offsetof(struct seccomp_data, nr));
    int kill = put_return(&out, SECCOMP_RET_KILL_PROCESS);
    put_branch(&out, BPF_JEQ, processor, ours, kill);
    put_load(&out, offsetof(struct seccomp_data, arch));
    ret->count = (unsigned short)(SECCOMP_CODE_MAX - out.start);
    memmove(ret->code, ret->code + out.start, ret->count * sizeof *ret->code);
}
