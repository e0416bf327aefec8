/* What the builder's parts need of each other. */
#pragma once

#include "testgen/builder.h"

enum { BUILDER_DEPTH_MAX = 5 };

/* The variable; or, where a statement would only name what a maker makes inline, that. */
const struct value *builder_var(const struct builder *builder, const struct draft *draft,
                                uint32_t var);

/* A maker of the library, inline, with drawn arguments. */
const struct value *builder_make(const struct builder *builder, struct draft *draft,
                                 uint32_t callable, const struct plan *plan, int depth);

/* A function to be called back with so many arguments. */
const struct value *builder_callback(const struct builder *builder, struct draft *draft,
                                     uint32_t arguments, int depth);
