/*
 * A long series of steps any of which may end the process: parsers of others that meet what they
 * were not made for. A child does the steps; when one kills it, another goes on behind that step,
 * which is then told of as broken. All steps must come in the same order each time.
 *
 *     struct lasting lasting;
 *     if (!lasting_begin(&lasting, err))     returns in the child, once for each that is needed
 *         return false;
 *     for each step
 *         switch (lasting_next(&lasting)) …
 */
#pragma once

#include "base/error.h"
#include <stdint.h>

enum { LASTING_DEATHS_MAX = 100 };

struct lasting {
    uint32_t *shared; /* the step that is done now; the parent reads it when the child is dead */
    uint32_t next, first;
    bool died; /* the step before `first` is the one that killed the last child */
};

enum lasting_turn {
    LASTING_DO,     /* it is this step's turn */
    LASTING_DONE,   /* an earlier child has done it */
    LASTING_BROKEN, /* an earlier child has died of it */
};

/* The parent ends the process as its last child ended. It returns false, with an error, if it
 * cannot go on. Between this and the end nothing else may fork. */
[[nodiscard]] bool lasting_begin(struct lasting *ret, struct error *err);

enum lasting_turn lasting_next(struct lasting *lasting);
