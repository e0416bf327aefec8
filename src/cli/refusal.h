/* A refusal in plain words: what was tried, why it was refused, what would change that. */
#pragma once

#include "base/buf.h"
#include "model/box.h"
#include <stdbool.h>

enum { REFUSAL_TEXT_MAX = 320 };

struct refusal_words {
    const char *call;  /* "openat" */
    const char *error; /* "EROFS" */
    char why[REFUSAL_TEXT_MAX];
    char change[REFUSAL_TEXT_MAX];
};

/* False for what nobody wants to hear: programs look for many files that are nowhere. */
bool refusal_explain(const struct box_refusal *refusal, struct refusal_words *ret_words);
