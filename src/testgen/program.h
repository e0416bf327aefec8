/*
 * A program: a few statements, each of which makes the next variable. It is what the search
 * searches, what a guest runs and what an emitter prints. Immutable, in an arena.
 */
#pragma once

#include "base/buf.h"
#include "base/error.h"
#include "testgen/value.h"

enum statement_kind { STATEMENT_CALL, STATEMENT_LITERAL, STATEMENT_DRAIN, STATEMENT_ENTER };

struct argument {
    struct str name; /* empty: by place */
    const struct value *value;
};

struct statement {
    enum statement_kind kind;
    uint32_t callable;                /* CALL */
    const struct argument *arguments; /* CALL: those by place first */
    uint32_t argument_count;
    const struct value *value; /* LITERAL */
    uint32_t var, limit;       /* DRAIN, ENTER: of which variable; DRAIN: how many at most */
};

enum { PROGRAM_STATEMENTS_MAX = 24 };

struct program {
    const struct statement *statements;
    uint32_t count;
};

/* As the protocol wants it: the bytes of a marshalled tuple. */
void program_write(struct buf *out, const struct program *program);

/* A guest's seed: checked against the number of callables; variables only of earlier statements. */
[[nodiscard]] bool program_read(struct arena *arena, struct str bytes, uint32_t callable_count,
                                struct program *ret, struct error *err);

uint32_t program_weight(const struct program *program);
bool program_equal(const struct program *a, const struct program *b);

/* Without statement `index`; false if something later needs it. */
[[nodiscard]] bool program_without(struct arena *arena, const struct program *program,
                                   uint32_t index, struct program *ret);

/* Only what has to do with the last statement: what it uses, and whatever else touches that. What
 * acts by the module's own state alone is left out. */
struct program program_slice(struct arena *arena, const struct program *program);
