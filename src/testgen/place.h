/*
 * The places of a program: every value in it that could be another one: arguments, items of
 * containers, keys and values of dicts, arguments of makers. A place is known by its number in a
 * fixed order, so that it can be found again and filled differently.
 */
#pragma once

#include "testgen/program.h"

struct place {
    const struct value *value;
    uint32_t statement;
    bool hashed; /* a key or a member of a set: only what can be one may go there */
    bool nested; /* not an argument itself */
    bool var;    /* an earlier result */
};

/* How many were written, at most `max`: their numbers are their indexes. */
size_t place_list(const struct program *program, struct place *ret, size_t max);

/* The same program with another value there; the rest is shared. */
struct program place_put(struct arena *arena, const struct program *program, size_t number,
                         const struct value *value);

/* May it be a dict's key or a set's member? */
bool place_can_hash(const struct value *value);

/* A copy with item `index` replaced; sets and dicts stay free of equal members. */
const struct value *place_item_put(struct arena *arena, const struct value *value, size_t index,
                                   const struct value *item);

/* The same with other items altogether; of equal members the last stays. */
const struct value *place_many(struct arena *arena, enum value_kind kind,
                               const struct value *const *items, size_t count);

/* A deep copy that borrows nothing from where the program lived. */
struct program place_copy(struct arena *arena, const struct program *program);
