/*
 * The calls at which the table could change its mind: for each argument that a rule looks at, the
 * value it names and its neighbours, each bit it asks for, and all of that with the high half set;
 * every combination over the arguments of a call. It is made from the table, so a new rule comes
 * with its edges.
 */
#pragma once

#include <assert.h>

#include "sys/seccomp_private.h"

enum { EDGES_MAX = 400, EDGE_ARGUMENTS = 6 };

struct edges {
    uint64_t values[EDGES_MAX];
    size_t count;
};

static inline void edge_add(struct edges *edges, uint64_t value)
{
    for (size_t i = 0; i < edges->count; i++)
        if (edges->values[i] == value)
            return;
    assert(edges->count < EDGES_MAX);
    edges->values[edges->count++] = value;
}

/* The kernel reads 32 bits of most arguments: what stands above them must change nothing. */
static inline void edge_add_low(struct edges *edges, uint32_t low)
{
    edge_add(edges, low);
    edge_add(edges, low | UINT64_C(1) << 32);
    edge_add(edges, low | UINT64_C(0xffffffff) << 32);
}

static inline void edges_of_condition(struct edges *edges, const struct seccomp_condition *when)
{
    uint32_t unseen = ~when->mask, step = when->mask & -when->mask;
    if (when->test == TEST_IS_SET) {
        edge_add(edges, 1);
        edge_add(edges, UINT64_C(1) << 63);
    }
    for (int bit = 0; bit < 32 && when->test == TEST_HAS; bit++)
        edge_add_low(edges, UINT32_C(1) << bit);
    if (when->test == TEST_HAS)
        edge_add_low(edges, ~when->value);
    edge_add_low(edges, when->value);
    edge_add_low(edges, when->value + step);
    edge_add_low(edges, when->value - step);
    edge_add_low(edges, when->value | unseen);
}

/* Of an argument that no rule looks at: 0 alone. */
static inline void edges_of_argument(struct edges *edges, size_t call, int argument)
{
    *edges = (struct edges){.count = 1};
    for (size_t i = 0; i < seccomp_rule_count; i++)
        for (const struct seccomp_condition *when = seccomp_rules[i].when;
             seccomp_rules[i].call == call && when->test != TEST_END; when++)
            if (when->argument == argument)
                edges_of_condition(edges, when);
}

typedef void edge_visitor(const struct seccomp_data *call, void *context);

/* Returns how many calls were visited. */
static inline size_t edges_visit(size_t call, uint32_t processor, edge_visitor *visit,
                                 void *context)
{
    struct edges edges[EDGE_ARGUMENTS];
    struct seccomp_data data = {.nr = seccomp_calls[call].number[seccomp_column(processor)],
                                .arch = processor};
    size_t total = 1;
    for (int i = 0; i < EDGE_ARGUMENTS; i++) {
        edges_of_argument(&edges[i], call, i);
        total *= edges[i].count;
    }
    for (size_t n = 0; n < total; n++) {
        size_t rest = n;
        for (int i = 0; i < EDGE_ARGUMENTS; rest /= edges[i].count, i++)
            data.args[i] = edges[i].values[rest % edges[i].count];
        visit(&data, context);
    }
    return total;
}
