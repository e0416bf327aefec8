/*
 * What the parts of Python's follower share: python_scope.c says which names a source binds where,
 * python_value.c what an expression may stand for, python_text.c which texts are known before the
 * program runs, python_follow.c walks the source and tells the facts.
 */
#pragma once

#include "source/follow.h"

enum python_kind {
    PYTHON_ANY,

#define KIND(kind, name) PYTHON_##kind,
#include "source/python_kinds.def"
#undef KIND
    PYTHON_KINDS,
};

enum python_kind python_kind(TSNode node);

/* Does a walk that enters this node enter a scope? */
bool python_opens_scope(enum python_kind kind);

/* The first pass: all bindings of all scopes. */
void python_bind_all(struct follow *python);

/* What an expression may stand for. */
struct source_values python_values(struct follow *python, TSNode node, uint32_t scope, int depth);

/* What a bare name may stand for. */
struct source_values python_values_of_name(struct follow *python, struct str name, uint32_t scope,
                                           int depth);

/* A literal's own text; a PART where it has holes. */
struct source_value python_text_of(struct follow *python, TSNode node, uint32_t scope, int depth);

/* What a call gives where that is known before the program runs: "".join(["a", "b"]), chr(97).
 * `what` is what is called. */
bool python_text_of_call(struct follow *python, TSNode call, const struct source_value *what,
                         uint32_t scope, int depth, struct source_value *ret);
