/*
 * What a Java source says about itself, as far as starting it needs it: its package, and which of
 * its types starts. The text may be anybody's; what is no Java gives no type.
 */
#pragma once

#include "base/str.h"
#include <stdbool.h>

struct java_source {
    struct str package; /* "a.b", or empty; it may hold blanks and comments, as written */
    struct str type;    /* the first that has a main, else the first of all; or empty */
    bool has_main;
    bool has_tests; /* it names JUnit 4 */
};

struct java_source java_source_read(struct str text);
