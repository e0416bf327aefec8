/*
 * Facts: what a language's follower says about a source, in words that the rules of every language
 * share. A follower resolves names through imports, assignments and the like; what it resolves to
 * is a value, and a name may stand for several.
 *
 *   NAME  a dotted name of what is meant: "os.system"; what a call gives is "socket.socket()",
 *         what an index gives "os.environ[]", and "?" is anything unknown: "?.execute"
 *   TEXT  a text that is known as a whole
 *   PART  a text that is made at run time, of which `text` is what is known
 */
#pragma once

#include "base/str.h"
#include <stdbool.h>
#include <stdint.h>

enum value_kind {
    VALUE_UNKNOWN,
    VALUE_NAME,
    VALUE_TEXT,
    VALUE_PART,
    VALUE_NUMBER,
    VALUE_TRUE,
    VALUE_FALSE,
    VALUE_NONE,
    VALUE_OTHER, /* known, and none of these: a list, a function of the source itself */
};

enum { VALUES_MAX = 6, FACT_ARGUMENTS_MAX = 24, FACT_TEXT_MAX = 4096 };

struct source_value {
    enum value_kind kind;
    struct str text;
    int64_t number;
};

struct source_values {
    uint32_t count;
    struct source_value list[VALUES_MAX];
};

struct source_argument {
    struct str keyword; /* empty: by position */
    bool spreads;       /* *list or **mapping: it may stand for any */
    struct str source;  /* as it is written */
    struct source_values value;
};

enum fact_kind {
    FACT_CALL,      /* `what` is called with the arguments */
    FACT_PASSED,    /* `what` is handed to another function, which may call it */
    FACT_IMPORT,    /* the module `what` */
    FACT_ATTRIBUTE, /* an attribute whose own name is `what` */
    FACT_ASSIGN,    /* the first argument's value becomes `what`, a plain name */
    FACT_TEXT,      /* a text in the source */
    FACT_COMPARE,   /* a plain name `what` is compared with the first argument */
    FACT_DYNAMIC,   /* an access through `what` that could not be followed; Python says which name
                       (0), and whether what is reached is called at once (called) */
};

struct source_fact {
    enum fact_kind kind;
    uint32_t start, end; /* bytes */
    struct source_values what;
    uint32_t argument_count;
    const struct source_argument *arguments;
};

typedef void source_hear(void *cookie, const struct source_fact *fact);
