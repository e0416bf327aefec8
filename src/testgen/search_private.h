/*
 * The search's insides: a batch of attempts is collected, shown to the guest at once, and what it
 * says goes to the archive, the beliefs and the pools. The passes only fill batches.
 */
#pragma once

#include "testgen/builder.h"
#include "testgen/search.h"
#include "testgen/seen.h"

enum { BATCH_MAX = 512 };

struct attempt {
    struct program program;
    uint32_t target;
    uint8_t arms[PROGRAM_STATEMENTS_MAX][BUILDER_PARAMETERS_MAX];
};

/* What is known of a callable's own search. */
struct effort {
    uint64_t executions;
    uint32_t dry; /* turns in a row that brought nothing */
    uint32_t turns;
    uint32_t out_of_fuel; /* so many programs */
    bool enumerated;
    bool hopeless; /* no way to make an instance */
};

struct search {
    struct engine *engine;
    struct arena batch; /* what lives until the next search_flush */
    struct pool pool;
    struct beliefs beliefs;
    struct effort *efforts; /* by callable */
    bool *drained, *invoked;
    struct seen seen;
    struct attempt *attempts; /* of this batch */
    struct haul *haul;        /* NULL: nobody wants one */
    const uint32_t *lines;    /* not NULL: once more, for what survives there (search_again) */
    size_t line_count;
    uint32_t attempt_count, batch_size;
    uint64_t fresh;          /* goals and behaviours found so far */
    uint64_t executions_end; /* of this part of the work */
    uint64_t batches;
    uint64_t ends[RUN_INVALID + 1]; /* by status: how programs ended */
    bool *tame;        /* by callable: large numbers made it hang, so they are left alone */
    uint32_t *fuel;    /* by callable: enough for what ended so far, many times over */
    uint32_t failures; /* batches that the guest gave up */
};

struct builder search_builder(struct search *search, uint32_t callable);

/* Into the batch, unless it was tried before; a full batch is run, which releases nothing yet.
 * False: the guest is no good any more. */
[[nodiscard]] bool search_try_draft(struct search *search, const struct draft *draft,
                                    uint32_t target, struct error *err);
[[nodiscard]] bool search_try(struct search *search, const struct program *program, uint32_t target,
                              struct error *err);

/* Runs what is in the batch and releases its arena. */
[[nodiscard]] bool search_flush(struct search *search, struct error *err);

/* Runs programs at once, with the operands of the watched compares: a bit for each. The traces live
 * in the batch's arena. */
[[nodiscard]] bool search_probe(struct search *search, const struct program *programs,
                                uint32_t count, uint32_t target, struct str watch,
                                struct trace *ret, struct error *err);

/* Is there budget left for this part? */
bool search_goes_on(struct search *search);

/* A goal is open until a candidate reaches it that ends well, or as its author meant it to. */
bool search_is_open(const struct search *search, uint32_t goal);

/* Its own, and those of what is no target itself but stands behind it. */
uint32_t search_open_goals(const struct search *search, uint32_t callable);

/* Pass A: simple values one parameter at a time, then in pairs. */
[[nodiscard]] bool search_enumerate(struct search *search, uint32_t callable, struct error *err);

/* Drawn by types: calls, and for methods calls before them. */
[[nodiscard]] bool search_draw(struct search *search, uint32_t callable, uint32_t count,
                               struct error *err);

/* Pass B: at open goals one operand of the compare takes the other's place in the program. */
[[nodiscard]] bool search_substitute(struct search *search, uint32_t callable, struct error *err);

/* The same for options that the program does not give: what a compare saw may be a default. */
[[nodiscard]] bool search_options(struct search *search, const struct program *program,
                                  uint32_t target, const struct operands *seen, struct error *err);

/* Pass C: towards open goals by the distance between the operands. */
[[nodiscard]] bool search_descend(struct search *search, uint32_t callable, struct error *err);

/* Pass D and diversity: variations of what the archive holds. `lines`: see search_more. */
[[nodiscard]] bool search_evolve(struct search *search, uint32_t callable, uint32_t count,
                                 const uint32_t *lines, size_t line_count, struct error *err);

/* One small change somewhere in a value. */
const struct value *evolve_value(const struct builder *builder, const struct value *value,
                                 bool hashed);
