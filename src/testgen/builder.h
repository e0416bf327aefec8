/*
 * From types to values and calls. A draft is a program in the making: objects become statements of
 * their own, so that later statements can change them and call them again; what only a maker can
 * make (dates, callbacks, members of enums) stands inline.
 */
#pragma once

#include "testgen/belief.h"
#include "testgen/pool.h"

struct builder {
    const struct subject *subject;
    struct random *random;
    const struct pool *pool;
    const struct beliefs *beliefs;
    struct arena *arena;
    uint32_t callable;   /* whose constants fit */
    bool tame;           /* no large numbers */
    const bool *drained; /* by callable: its result is an iterator, to be taken as a list */
    const bool *invoked; /* by callable: its result is a function, to be called */
};

enum { BUILDER_PARAMETERS_MAX = 20, BUILDER_LEAVES_MAX = 12 };

struct draft {
    struct statement statements[PROGRAM_STATEMENTS_MAX];
    int32_t classes[PROGRAM_STATEMENTS_MAX]; /* of which class the variable is, or -1 */
    uint8_t arms[PROGRAM_STATEMENTS_MAX][BUILDER_PARAMETERS_MAX]; /* chosen for each parameter */
    uint32_t count;
    const struct value *leaves[BUILDER_LEAVES_MAX]; /* drawn last, to be met again */
    uint32_t leaf_count;                            /* ever drawn */
    bool failed; /* something cannot be made, or there is no room */
};

/* Is it that class, or derived from it? A class_index of -1 is nothing. */
bool class_is_a(const struct subject *subject, int32_t class_index, uint32_t base);

/* Of which class is what it makes? -1: of none. */
int32_t builder_class_of(const struct subject *subject, const struct statement *statement);

void draft_init(struct draft *draft);
struct program draft_program(struct arena *arena, const struct draft *draft);

/* The variables of an existing program, to build on. */
void draft_resume(struct draft *draft, const struct subject *subject,
                  const struct program *program);

/* The same statement as in another program; what it refers to is there. */
void draft_push(struct draft *draft, const struct subject *subject,
                const struct statement *statement);

/* A drawn value, an object perhaps after some statements that make it. */
const struct value *builder_value(const struct builder *builder, struct draft *draft,
                                  const struct type *type, int depth);

/* Of any kind, of the callable or its module; NULL if there is none of the kind drawn. */
const struct value *builder_constant(const struct builder *builder);

/* The n-th of the simple values of a type, boundaries and constants; NULL past the last. */
const struct value *builder_nth(const struct builder *builder, struct draft *draft,
                                const struct type *type, uint32_t n);

/* Fixed arguments instead of drawn ones, by parameter; NULL: left out if optional, else drawn. */
struct plan {
    const struct value *values[BUILDER_PARAMETERS_MAX];
    uint8_t arms[BUILDER_PARAMETERS_MAX];
    bool simple; /* what is drawn is the simplest there is */
};

/* Appends a call (and what it needs); a result that is an iterator is drained, a
 * context manager entered. */
void builder_call(const struct builder *builder, struct draft *draft, uint32_t callable,
                  const struct plan *plan);

/* Can an argument of this type be made, where the draft and its depth have room? */
bool builder_has_object(const struct builder *builder, const struct draft *draft,
                        const struct type *type, int depth);

/* Is it the call of a function that a statement before gave? Its first argument is that. */
bool builder_is_invocation(const struct subject *subject, const struct statement *statement);

/* An instance of the class in a variable; UINT32_MAX (and failed) if there is no way to one. */
uint32_t builder_object(const struct builder *builder, struct draft *draft, uint32_t class_index,
                        bool simple, int depth);
