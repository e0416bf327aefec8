/*
 * A subject for the engine's tests, and a guest that knows it: both in C, so that each answer is
 * computed from the programs that the engine really sent.
 *
 *     def pick(number: int, word: str = ""):
 *         if number < 0: raise ValueError         goals 1, 2
 *         if number == 471147:                    goals 3, 4
 *             if word == "open sesame":           goals 5, 6
 *
 * Three words make it go round: "spin" for ever if the number is positive, "long" as often as the
 * number says, "steep" a thousand times as often.
 */
#pragma once

#include "testgen/engine.h"

enum { SAMPLE_PICK, SAMPLE_BOX, SAMPLE_PUT, SAMPLE_CALLABLES };

const struct value *sample_dict(struct arena *arena, size_t count,
                                const struct value *const *entries);
const struct value *sample_text(struct arena *arena, const char *text);
const struct value *sample_tuple(struct arena *arena, size_t count,
                                 const struct value *const *items);
#define TUPLE(arena, ...)                                                                          \
    sample_tuple(arena, sizeof((const struct value *[]){__VA_ARGS__}) / sizeof(struct value *),    \
                 (const struct value *[]){__VA_ARGS__})
#define DICT(arena, ...)                                                                           \
    sample_dict(arena, sizeof((const struct value *[]){__VA_ARGS__}) / sizeof(struct value *),     \
                (const struct value *[]){__VA_ARGS__})

/* What the guest says to "open". */
const struct value *sample_description(struct arena *arena);

/* A process that answers on the returned channel until it is closed. */
int sample_guest(void);

/* One that sends these bytes, whatever it is asked, and ends. */
int sample_liar(struct str bytes);
