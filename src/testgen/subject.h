/*
 * The module under test as its guest describes it: callables with their parameters and what may be
 * passed, classes, goals (what can be covered), compares, mutants, constants, seeds.
 *
 * Made from a stranger's description: everything is checked (indexes in range, no cycle among the
 * goals' parents, names capped), and lives in the arena that the reader was given.
 */
#pragma once

#include "base/error.h"
#include "testgen/program.h"

#define CALLABLE_KINDS(X)                                                                          \
    X(FUNCTION, "function")                                                                        \
    X(METHOD, "method")                                                                            \
    X(CLASSMETHOD, "classmethod")                                                                  \
    X(STATICMETHOD, "staticmethod")                                                                \
    X(CONSTRUCTOR, "constructor")                                                                  \
    X(PROPERTY, "property")                                                                        \
    X(SETTER, "setter")                                                                            \
    X(LIBRARY, "librar"                                                                            \
               "y")

enum callable_kind {

#define X(name, word) CALLABLE_##name,
    CALLABLE_KINDS(X)
#undef X
};

#define TYPE_KINDS(X)                                                                              \
    X(ANY, "any")                                                                                  \
    X(NONE, "none")                                                                                \
    X(BOOL, "bool")                                                                                \
    X(INT, "int")                                                                                  \
    X(FLOAT, "float")                                                                              \
    X(COMPLEX, "complex")                                                                          \
    X(STR, "str")                                                                                  \
    X(BYTES, "bytes")                                                                              \
    X(LIST, "list")                                                                                \
    X(SET, "set")                                                                                  \
    X(FROZENSET, "frozenset")                                                                      \
    X(ITER, "iter")                                                                                \
    X(DICT, "dict")                                                                                \
    X(TUPLE, "tuple")                                                                              \
    X(TUPLES, "tuples")                                                                            \
    X(CALLABLE, "callable")                                                                        \
    X(CLASS, "class")                                                                              \
    X(LITERAL, "literal")                                                                          \
    X(LIBRARY, "library")                                                                          \
    X(UNION, "union")

enum type_kind {

#define X(name, word) TYPE_##name,
    TYPE_KINDS(X)
#undef X
};

struct type {
    enum type_kind kind;
    uint32_t index;                  /* CLASS, LIBRARY: which; CALLABLE: how many arguments */
    const struct type *const *items; /* LIST, DICT, TUPLE, UNION … */
    uint32_t item_count;
    const struct value *literals; /* LITERAL: a tuple of them */
};

struct weighted_type {
    const struct type *type;
    double weight;
};

enum parameter_kind {
    PARAMETER_PLAIN,
    PARAMETER_KEYWORD,
    PARAMETER_VARARGS,
    PARAMETER_VARKW,
    PARAMETER_POSITIONAL
};

struct parameter {
    struct str name;
    enum parameter_kind kind;
    bool optional, annotated;
    const struct value *standard; /* its default, where that is a plain value, else NULL */
    const struct weighted_type *types;
    uint32_t type_count;
};

struct callable {
    struct str name, qual, text, import;
    enum callable_kind kind;
    int32_t owner; /* class, or -1 */
    uint32_t line, end;
    bool public, test, async, generator;
    bool manager;                       /* what it returns is there to be entered */
    const struct parameter *parameters; /* without self and cls */
    uint32_t parameter_count;
    const struct type *returns; /* may be NULL */
    const struct str *raises;
    uint32_t raise_count;
    const struct str *reads;
    uint32_t read_count;
    struct str why;
    struct str define;  /* LIBRARY: what a test has to define before it can speak of it */
    struct str fixture; /* LIBRARY: "file" or "file text", made in the test's folder; else empty */
};

struct class
{
    struct str qual, text, import;
    uint32_t line;
    bool public, abstract, exception;
    const uint32_t *makers, *methods, *bases;
    uint32_t maker_count, method_count, base_count;
};

enum goal_kind { GOAL_ENTRY, GOAL_TRUE, GOAL_FALSE, GOAL_HANDLER };

struct goal {
    enum goal_kind kind;
    int32_t callable, parent; /* or -1 */
    uint32_t line;
    struct str text;
};

#define COMPARE_OPERATORS(X)                                                                       \
    X(EQ, "==")                                                                                    \
    X(NE, "!=")                                                                                    \
    X(LT, "<")                                                                                     \
    X(LE, "<=")                                                                                    \
    X(GT, ">")                                                                                     \
    X(GE, ">=")                                                                                    \
    X(IS, "is")                                                                                    \
    X(ISNOT, "isnot")                                                                              \
    X(IN, "in")                                                                                    \
    X(NOTIN, "notin")                                                                              \
    X(TRUTH, "truth")                                                                              \
    X(ISINSTANCE, "isinstance")                                                                    \
    X(STARTSWITH, "startswith")                                                                    \
    X(ENDSWITH, "endswith")

enum compare_operator {

#define X(name, word) COMPARE_##name,
    COMPARE_OPERATORS(X)
#undef X
};

struct compare {
    int32_t goal_true, goal_false; /* or -1 */
    enum compare_operator operator;
};

struct mutant {
    int32_t callable; /* or -1 */
    uint32_t line;
    struct str operator, before, after;
    bool is_static;
};

struct constant {
    int32_t callable; /* or -1 */
    const struct value *value;
};

struct seed {
    struct program program;
    struct str origin;
};

struct suspicion {
    struct str kind, text, reproducer;
    int32_t callable;
};

struct subject {
    struct str module, path, digest, runtime;
    uint32_t line_count;
    const struct callable *callables;
    const struct class *classes;
    const struct goal *goals;
    const struct compare *compares;
    const struct mutant *mutants;
    const struct constant *constants;
    const struct seed *seeds;
    const struct suspicion *suspicions;
    uint32_t callable_count, class_count, goal_count, compare_count, mutant_count, constant_count,
        seed_count, suspicion_count;
};

/* `description` is the dict of "opened". */
[[nodiscard]] bool subject_read(struct arena *arena, const struct value *description,
                                struct subject *ret, struct error *err);
