/*
 * What was left out of the trees that a reader was given, and that it says so: counts of names, by
 * the reason. Links, devices and fifos are never read, so they are counted and hide nothing of a
 * tree; `cut` and `deep` mean that there was more than could be listed.
 */
#pragma once

#include "base/buf.h"
#include "base/error.h"
#include "base/json_write.h"
#include "base/str.h"
#include <stdbool.h>
#include <stdint.h>

/* NAME, largest */
#define LEFT_OUT(X)                                                                                \
    X(ignored, 1 << 30)                                                                            \
    X(passed_over, 1 << 30)                                                                        \
    X(links, 1 << 30)                                                                              \
    X(special, 1 << 30)                                                                            \
    X(cut, 1)                                                                                      \
    X(deep, 1)

struct left_out {
#define X(name, max) uint32_t name;
    LEFT_OUT(X)
#undef X
};

void left_out_add(struct left_out *sum, const struct left_out *more);

/* "L\t…\n": the numbers in their order. */
void left_out_write(struct buf *out, const struct left_out *left_out);

/* The line may be a stranger's, without its line end. */
bool left_out_is_line(struct str line);
[[nodiscard]] bool left_out_read(struct str line, struct left_out *ret, struct error *err);

void left_out_write_json(struct json_writer *json, const struct left_out *left_out);

/* "3 ignored by .gitignore, 1 folder of others' code or of tools, …", or nothing. */
void left_out_say(struct buf *out, const struct left_out *left_out);
