/*
 * What the followers of all languages share: tables of which names a source binds in which scope,
 * values that a name may stand for, texts that are put together, and telling facts.
 *
 * Names are followed without regard to order and branches: a name stands for everything that it is
 * bound to anywhere in its scope. Work is bounded by `fuel`, depth, and memory by the arena; when
 * one ends, `cut` is set, and what could not be followed is unknown.
 */
#pragma once

#include "base/arena.h"
#include "base/buf.h"
#include "source/fact.h"
#include "source/kinds.h"

enum binding_kind {
    BINDING_NODE, /* the expression `node`, seen from `scope` */
    BINDING_PART, /* what has the name `text` in what `node` stands for; without one, any item */
    BINDING_NAME, /* an import: the dotted name `text` */
    BINDING_OWN,  /* a function or class of the source itself */
    BINDING_UNKNOWN,
};

struct follow_binding {
    struct str name;
    uint32_t scope, next; /* next: with the same hash, 0 ends */
    enum binding_kind kind;
    struct str text;
    TSNode node;
    uint32_t seen_from;          /* the scope of `node` */
    bool busy;                   /* it is being evaluated: a name that stands for itself */
    struct source_values *known; /* once it has been */
};

struct follow_scope {
    uint32_t parent; /* of scope 0: itself */
    bool is_class;
};

enum { FOLLOW_SLOTS = 4096, FOLLOW_BINDINGS_MAX = 1 << 20, FOLLOW_FUEL = 4000000 };

struct follow {
    const struct source_tree *tree;
    const struct source_kinds *kinds; /* of the tree's grammar */
    struct arena *arena;
    source_hear *hear;
    void *cookie;
    uint32_t scope_count, scope_room, binding_count, binding_room;
    struct follow_scope *scopes;     /* in the order in which a walk enters them */
    struct follow_binding *bindings; /* from 1 */
    uint32_t slots[FOLLOW_SLOTS];
    struct str wildcards[8]; /* Python: modules of `from m import *` */
    uint32_t wildcard_count;
    const void *written; /* the node that the assignment at hand writes to */
    uint32_t fuel;
    bool cut;
};

/* Releases the tables; what was told lives in the arena. */
void follow_done(struct follow *follow);

uint32_t follow_add_scope(struct follow *follow, uint32_t parent, bool is_class);
void follow_add_binding(struct follow *follow, const struct follow_binding *binding);

/* The next binding of the name in the scope after `after` (0: the first), or 0. */
uint32_t follow_binding_of(const struct follow *follow, uint32_t scope, struct str name,
                           uint32_t after);

void follow_tell(struct follow *follow, enum fact_kind kind, TSNode node,
                 const struct source_values *what, const struct source_argument *arguments,
                 uint32_t count);
void follow_tell_name(struct follow *follow, enum fact_kind kind, TSNode node, struct str name);

/* ---- values ---------------------------------------------------------------------------------- */

void values_add(struct source_values *values, struct source_value value); /* each only once */
void values_add_all(struct source_values *values, const struct source_values *more);
struct source_values values_of(struct source_value value);
struct source_value value_named(struct str name); /* unknown, if it is empty */
bool value_is_named(const struct source_value *value, const char *name);

bool values_may_be(const struct source_values *values, const char *name);
bool values_have_text(const struct source_values *values);         /* or a part of one */
bool values_have_unknown_text(const struct source_values *values); /* anything but a whole text */
bool values_are_text(const struct source_values *values);          /* one, as a whole */

#define VALUE_IS(k) ((struct source_value){.kind = VALUE_##k})

/* ---- texts ----------------------------------------------------------------------------------- */

/* `first` `second` `third` in the arena; empty, and cut, when there is no room. */
struct str follow_join(struct follow *follow, struct str first, struct str second,
                       struct str third);

/* A text under way; one with holes is a PART. Each that begins must end. */
struct follow_text {
    struct buf bytes;
    bool has_holes;
};

struct follow_text follow_text_begin(void);
void follow_text_add(struct follow_text *text, const struct source_values *values);
void follow_text_add_point(struct buf *out, uint32_t point);
struct source_value follow_text_end(struct follow *follow, struct follow_text *text);

/* An escape of a literal with its backslash: "\n", "\x41", "\u0041", "\u{41}", "\101". */
void follow_text_add_escape(struct buf *out, struct str escape);

struct source_value follow_text_of(struct follow *follow, struct str bytes);
struct source_value follow_text_with_case(struct follow *follow, struct source_value value,
                                          bool upper);
struct source_value follow_text_replaced(struct follow *follow, struct str text, struct str old,
                                         struct str new);
struct source_value follow_text_reversed(struct follow *follow, struct source_value value);
struct source_value follow_text_from_hex(struct follow *follow, struct str digits);
struct source_value follow_text_from_base64(struct follow *follow, struct str text);

/* "a" of "a b c"? */
bool follow_is_one_of(struct str name, const char *list);

/* 10, 0x1f, 0o755, 0b1, 1_000, and 0755, which is octal. */
struct source_value follow_value_of_number(struct str literal);

/* Digits of the base; what is none is passed over. */
uint32_t follow_number(struct str digits, uint32_t base);
