/*
 * What a stranger's program writes to a terminal, made safe for the terminal that shows it.
 *
 * Text, colours, cursor and erasing pass, by a table of what is known to be harmless; so do the
 * modes of screen_modes.def. Everything else is left out: what makes a terminal answer (its answer
 * would be typed input, and might come when somebody else reads it), titles, clipboards, pictures,
 * printing, key translations, the scrollback; bytes that are not UTF-8, controls above ASCII, and
 * marks that turn the order of text come out as U+FFFD.
 *
 * Sequences come out whole or not at all, so the terminal never sees another one than was judged.
 */
#pragma once

#include "base/buf.h"
#include <stdint.h>

enum {
    SCREEN_SEQUENCE_MAX = 64, /* longer ones are left out */
    SCREEN_GROWTH = 3,        /* bytes out for one in, and SCREEN_SEQUENCE_MAX more */
    SCREEN_RESTORE_MAX = 512,
};

enum screen_state {
    SCREEN_TEXT,
    SCREEN_ESCAPE,        /* after ESC */
    SCREEN_ESCAPE_MIDDLE, /* ESC and intermediates */
    SCREEN_CONTROL,       /* ESC [ … */
    SCREEN_STRING,        /* left out up to its end */
    SCREEN_STRING_ESCAPE, /* an ESC within */
};

struct screen {
    enum screen_state state;
    char held[SCREEN_SEQUENCE_MAX]; /* a sequence, or a character, that is still to be completed */
    size_t held_count;
    uint32_t modes; /* bit: this row of screen_modes.def is not as it is at rest */
    uint32_t loose; /* what else was touched */
};

/* A zeroed struct is a screen at rest. Goes on where the last call ended. */
void screen_show(struct screen *screen, struct str bytes, struct buf *out);

/* Puts back what the program has left changed, and forgets what was incomplete. */
void screen_restore(struct screen *screen, struct buf *out);
