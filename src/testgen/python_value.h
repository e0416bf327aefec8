/*
 * Values, views and calls as Python expressions, and what they need imported. Everything returns
 * NULL for what cannot be written; `why` says what it was.
 */
#pragma once

#include "testgen/python_text.h"
#include "testgen/subject.h"

enum { PYTHON_IMPORTS_MAX = 64, PYTHON_DEFINITIONS_MAX = 8 };

struct python {
    struct arena *arena;
    const struct subject *subject;
    const struct str *names;                   /* by variable; empty: it has none */
    const struct python_node *const *in_place; /* by variable: written in its place, or NULL */
    struct str imports[PYTHON_IMPORTS_MAX];
    uint32_t import_count;
    struct str definitions[PYTHON_DEFINITIONS_MAX]; /* classes of the test's own, each once */
    uint32_t definition_count;
    const char *why;
};

void python_import(struct python *python, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* How a test speaks of this name, which is now imported. */
struct str python_name(struct python *python, struct str text, struct str import);

const struct python_node *python_value(struct python *python, const struct value *value);

/* The call's values in place of those of the statement: `arguments` has one for each. */
const struct python_node *python_call(struct python *python, const struct statement *statement,
                                      const struct python_node *const *arguments);
struct str python_callable_text(struct python *python, const struct callable *callable);

/* A library's callable without parameters is no call: its text is the value, Color.RED or lambda x:
 * x. */
bool python_callable_is_value(const struct callable *callable);
