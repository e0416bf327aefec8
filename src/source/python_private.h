/*
 * What the parts of Python's follower share: python_scope.c says which names a source binds where,
 * python_value.c what an expression may stand for, python_text.c which texts are known before the
 * program runs, python_follow.c walks the source and tells the facts.
 *
 * Names are followed without regard to order and branches: a name stands for everything that it is
 * bound to anywhere in its scope. Work is bounded by `fuel`, memory by the arena; when either ends,
 * `cut` is set, and what could not be followed is unknown.
 */
#pragma once

#include "base/arena.h"
#include "source/fact.h"
#include "source/kinds.h"

enum python_kind {
    PYTHON_ANY,

#define KIND(kind, name) PYTHON_##kind,
#include "source/python_kinds.def"
#undef KIND
    PYTHON_KINDS,
};

enum binding_kind {
    BINDING_NODE, /* the expression `node`, seen from `scope` */
    BINDING_NAME, /* an import: the dotted name `text` */
    BINDING_OWN,  /* a function or class of the source itself */
    BINDING_UNKNOWN,
};

struct python_binding {
    struct str name;
    uint32_t scope, next; /* next: with the same hash, 0 ends */
    enum binding_kind kind;
    struct str text;
    TSNode node;
    uint32_t seen_from;          /* the scope of `node` */
    bool busy;                   /* it is being evaluated: a name that stands for itself */
    struct source_values *known; /* once it has been */
};

struct python_scope {
    uint32_t parent; /* of scope 0: itself */
    bool is_class;
};

enum { PYTHON_SLOTS = 4096, PYTHON_BINDINGS_MAX = 1 << 20, PYTHON_FUEL = 4000000 };

struct python {
    const struct source_tree *tree;
    struct arena *arena;
    source_hear *hear;
    void *cookie;
    uint32_t scope_count, scope_room, binding_count, binding_room;
    struct python_scope *scopes;     /* in the order in which a walk enters them */
    struct python_binding *bindings; /* from 1 */
    uint32_t slots[PYTHON_SLOTS];
    struct str wildcards[8]; /* modules of `from m import *` */
    uint32_t wildcard_count;
    const void *written; /* the node that the assignment at hand writes to */
    uint32_t fuel;
    bool cut;
};

enum python_kind python_kind(TSNode node);

/* Does a walk that enters this node enter a scope? */
bool python_opens_scope(enum python_kind kind);

/* The first pass: all bindings of all scopes. */
void python_bind_all(struct python *python);
void python_done(struct python *python);

/* The next binding of the name in the scope after `after` (0: the first), or 0. */
uint32_t python_binding_of(const struct python *python, uint32_t scope, struct str name,
                           uint32_t after);

/* What an expression may stand for. */
struct source_values python_values(struct python *python, TSNode node, uint32_t scope, int depth);

/* What a bare name may stand for. */
struct source_values python_values_of_name(struct python *python, struct str name, uint32_t scope,
                                           int depth);

/* A literal's own text; a PART where it has holes. */
struct source_value python_text_of(struct python *python, TSNode node, uint32_t scope, int depth);

/* What a call gives where that is known before the program runs: "".join(["a", "b"]), chr(97).
 * `what` is what is called. */
bool python_text_of_call(struct python *python, TSNode call, const struct source_value *what,
                         uint32_t scope, int depth, struct source_value *ret);

/* `first` `second` `third` in the arena; empty, and cut, when there is no room. */
struct str python_join(struct python *python, struct str first, struct str second,
                       struct str third);

void values_add(struct source_values *values, struct source_value value); /* each only once */
void values_add_all(struct source_values *values, const struct source_values *more);
struct source_values values_of(struct source_value value);

#define VALUE_IS(k) ((struct source_value){.kind = VALUE_##k})
